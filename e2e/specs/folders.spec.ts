import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { DataPage } from '../pages/data.page';
import { DialectPage } from '../pages/dialect.page';
import { HomePage } from '../pages/home.page';
import { launchAssay, scratchFolder } from '../support/launch';
import { greyPng } from '../support/smallPictures';

test('a folder of pictures opens by its dialog, one of texts by dropping it, and opening is given up', async () => {
  const scratch = scratchFolder('folders');
  const pictures = join(scratch.path, 'pictures');
  const texts = join(scratch.path, 'texts');
  const projects = join(scratch.path, 'user', 'projects');
  // A table of a million lines takes seconds to go through.
  const described = join(scratch.path, 'described');
  mkdirSync(described);
  writeFileSync(join(described, '0.txt'), 'some text');
  const lines = Array.from({ length: 1_000_000 }, (_, k) => `{"file_name":"${k}.txt","label":"a"}\n`);
  writeFileSync(join(described, 'metadata.jsonl'), lines.join(''));
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
    // Nothing has been read yet, so there is no project and no job: what is done is told where it was asked for.
    const made = readdirSync(projects);
    await assay.choose(described);
    await home.openFolder.click();
    await expect(home.opening).toContainText(/Opening .*described…/);
    await expect(home.opening).toContainText(/(Reading metadata\.jsonl: [\d,]+ lines|Looking at described)/);
    await home.opening.getByRole('button', { name: 'Cancel' }).click();
    await expect(home.opening).toBeHidden({ timeout: 1_000 });
    await expect(home.failure).toHaveCount(0);
    expect(readdirSync(projects)).toEqual(made);
    await expect(home.recentProject('pictures')).toBeVisible();
    await assay.close();
  } finally {
    scratch.remove();
  }
});
