import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { zipOf } from '../../src/worker/archives/testZip';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExportPage } from '../pages/export.page';
import { HomePage } from '../pages/home.page';
import { launchAssay, scratchFolder } from '../support/launch';
import { greyPng } from '../support/smallPictures';

const pictures = Array.from({ length: 60 }, (_, k) => {
  const isDark = k % 2 === 0;
  return { name: `${isDark ? 'dark' : 'bright'}/${k}.png`, bytes: greyPng(isDark ? k : 255 - k) };
});

test('a folder of files is made of a folder of pictures, by links, and of a zip archive, by copies', async () => {
  test.setTimeout(240_000);
  const scratch = scratchFolder('export-folders');
  const folder = join(scratch.path, 'pictures');
  for (const { name, bytes } of pictures) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const archive = join(scratch.path, 'packed.zip');
  writeFileSync(archive, zipOf(pictures));
  const assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const shots = process.env['ASSAY_SCREENSHOTS'];
  const shoot = async (name: string): Promise<void> => {
    if (shots === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await assay.page.emulateMedia({ colorScheme });
      await assay.page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
    }
  };
  const audit = async (): Promise<void> => {
    await expect(new DataPage(assay.page).task).toContainText('2 classes');
    await new DataPage(assay.page).continueToAudit.click();
    const screen = new AuditPage(assay.page);
    await screen.run.click();
    await screen.continueToReview.click({ timeout: 100_000 });
    await new AppPage(assay.page).exportTab.click();
  };
  const exporting = new ExportPage(assay.page);
  const links = assay.page.getByRole('radio', { name: 'Hard links' });
  try {
    await assay.choose(folder);
    await new HomePage(assay.page).openFolder.click();
    await audit();
    await exporting.file('Folder of files').check({ force: true });
    await links.check({ force: true });
    await shoot('export-folder');
    await assay.choose(join(scratch.path, 'linked'));
    await exporting.start.click();
    await expect(exporting.result).toContainText('60 files (60 as hard links)');
    await shoot('exported-folder');
    expect(readdirSync(join(scratch.path, 'linked', 'dataset')).sort()).toEqual(['bright', 'dark', 'metadata.jsonl']);
    // Never over what is there.
    await exporting.start.click();
    await expect(exporting.alert).toContainText('holds dataset already');

    await new AppPage(assay.page).home.click();
    await assay.choose(archive);
    await new HomePage(assay.page).open.click();
    await expect(new DataPage(assay.page).summary).toHaveText('all 60 rows, each a file');
    await shoot('data-zip');
    await audit();
    await exporting.file('Folder of files').check({ force: true });
    await expect(links).toBeDisabled();
    await shoot('export-zip');
    await assay.choose(join(scratch.path, 'copied'));
    await exporting.start.click();
    await expect(exporting.result).toContainText('60 files (60 as copies)');
    const copy = readFileSync(join(scratch.path, 'copied', 'dataset', 'dark', '2.png'));
    expect(copy).toEqual(pictures[2].bytes);
    await assay.close();
  } finally {
    scratch.remove();
  }
});
