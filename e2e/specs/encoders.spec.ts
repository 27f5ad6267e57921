import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import own from '../../tests/encoders/data/ownEncoders.json';
import { encodersSkipReason } from '../../tests/encoders/installedEncoder';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { launchAssay, scratchFolder } from '../support/launch';
import { greyPng } from '../support/smallPictures';

// Where set-up could not get encoders there may be no onnxruntime either.
test.skip(encodersSkipReason() !== undefined, encodersSkipReason());

test('pictures are taken by an encoder of one’s own, or by their pixels alone, and it is said', async () => {
  const scratch = scratchFolder('encoders');
  const pictures = join(scratch.path, 'pictures');
  for (let k = 0; k < 40; k++) {
    const label = k % 2 === 0 ? 'dark' : 'bright';
    mkdirSync(join(pictures, label), { recursive: true });
    writeFileSync(join(pictures, label, `${k}.png`), greyPng(k % 2 === 0 ? k : 255 - k));
  }
  const put = (name: 'tokens' | 'colours', file: string, json: unknown): string => {
    const folder = join(scratch.path, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'model.onnx'), Buffer.from(own.models[name], 'base64'));
    writeFileSync(join(folder, file), JSON.stringify(json));
    return join(folder, 'model.onnx');
  };
  const ofTexts = put('tokens', 'tokenizer.json', own.tokenizer);
  const ofPictures = put('colours', 'preprocessor_config.json', {
    image_mean: [0.4, 0.4, 0.4],
    image_std: [0.2, 0.2, 0.2],
  });
  const assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [pictures] });
  try {
    const { page } = assay;
    await new DataPage(page).continueToAudit.click();
    const audit = new AuditPage(page);
    await assay.choose(ofTexts);
    await audit.ownEncoder('pictures').click();
    await expect(audit.alert).toHaveText(/is an encoder of texts\. Choose one of pictures\.$/);
    await assay.choose(ofPictures);
    await audit.ownEncoder('pictures').click();
    await expect(page.getByText('colours/model.onnx')).toBeVisible();
    await expect(audit.alert).toHaveCount(0);
    const shots = process.env['ASSAY_SHOTS'];
    if (shots !== undefined) {
      await page.getByText('colours/model.onnx').scrollIntoViewIfNeeded();
      await page.screenshot({ path: join(shots, 'own-encoder.png') });
    }
    await audit.run.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText('colours/model.onnx').first()).toBeVisible();

    await audit.changeSettings.click();
    await audit.choice('Pictures', 'Pixels').check({ force: true });
    await expect(page.getByText('Pictures are taken by their pixels alone.')).toBeVisible();
    await audit.runAgain.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText('small pixels and colours').first()).toBeVisible();
    await expect(page.getByText('colours/model.onnx')).toHaveCount(0);
    await assay.close();
  } finally {
    await assay.app.close().catch(() => undefined);
    scratch.remove();
  }
});
