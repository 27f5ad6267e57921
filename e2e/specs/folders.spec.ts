import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { DataPage } from '../pages/data.page';
import { DialectPage } from '../pages/dialect.page';
import { HomePage } from '../pages/home.page';
import { launchAssay, scratchFolder } from '../support/launch';
import { greyPng } from '../support/smallPictures';

test('a folder of pictures opens by its dialog, one of texts by dropping it', async () => {
  const scratch = scratchFolder('folders');
  const pictures = join(scratch.path, 'pictures');
  const texts = join(scratch.path, 'texts');
  for (let k = 0; k < 24; k++) {
    const label = k % 2 === 0 ? 'dark' : 'bright';
    mkdirSync(join(pictures, 'train', label), { recursive: true });
    writeFileSync(join(pictures, 'train', label, `${k}.png`), greyPng(k % 2 === 0 ? k : 255 - k));
    const kind = k % 2 === 0 ? 'ham' : 'spam';
    mkdirSync(join(texts, kind), { recursive: true });
    writeFileSync(join(texts, kind, `${k}.txt`), k % 2 === 0 ? `see you at ${k} o'clock` : `win ${k} prizes now`);
  }
  writeFileSync(join(pictures, 'train', 'dark', 'torn.png'), '');
  const assay = await launchAssay({ userData: join(scratch.path, 'user') });
  try {
    const home = new HomePage(assay.page);
    const data = new DataPage(assay.page);
    await assay.choose(pictures);
    await home.openFolder.click();
    await expect(data.task).toContainText('2 classes');
    await expect(data.summary).toHaveText('all 25 rows, each a file');
    await expect(data.cell('train/bright/1.png').first()).toBeVisible();
    await expect(data.column('picture')).toBeVisible();
    await expect(data.column('split')).toBeVisible();
    await expect(data.problems.filter({ hasText: 'train/dark/torn.png is empty.' })).toHaveCount(1);
    // There is nothing to be said of how a folder is written.
    await expect(new DialectPage(assay.page).card).toHaveCount(0);

    const session = await assay.page.context().newCDPSession(assay.page);
    const dropped = { items: [], files: [texts], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data: dropped });
    }
    await expect(data.classes).toContainText(['ham', 'spam']);
    await expect(data.cell("see you at 0 o'clock")).toBeVisible();
    await expect(data.notes.filter({ hasText: 'No unreadable files.' })).toHaveCount(1);

    await new AppPage(assay.page).home.click();
    await expect(home.recentProject('pictures')).toBeVisible();
    await assay.close();
  } finally {
    scratch.remove();
  }
});
