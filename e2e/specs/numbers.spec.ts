import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExportPage } from '../pages/export.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
test.beforeEach(() => void (scratch = scratchFolder('numbers')));
test.afterEach(() => scratch.remove());

/** Flats whose rent follows their area and age; every twentieth is ten times too high. */
function writeRents(): string {
  const lines = Array.from({ length: 200 }, (_, row) => {
    const area = 30 + ((row * 37) % 97);
    const age = (row * 53) % 89;
    const rent = 9 * area - 2 * age + 12 * Math.sin(row * 12.9898) + 300;
    return `flat-${row},${area},${age},${(row % 20 === 7 ? 10 * rent : rent).toFixed(2)}`;
  });
  const path = join(scratch.path, 'rents.csv');
  writeFileSync(path, `flat,area,age,price\n${lines.join('\n')}\n`);
  return path;
}

test('wrong numbers are found, replaced by typed and suggested ones, and exported', async () => {
  const path = writeRents();
  const out = join(scratch.path, 'out');
  mkdirSync(out);
  const assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const { page } = assay;
  await expect(new HomePage(page).title).toBeVisible();
  await assay.choose(path);
  await new HomePage(page).open.click();
  const data = new DataPage(page);
  await data.setRole('price', 'label');
  await expect(data.task).toContainText('a number of 200 values');
  await data.continueToAudit.click();

  const audit = new AuditPage(page);
  await expect(audit.choice('Head', 'Auto (ridge)')).toBeChecked();
  await audit.run.click();
  await expect(audit.labels).toBeVisible({ timeout: 60_000 });
  await expect(audit.matrix).toBeHidden();
  await expect(audit.metrics).toContainText('R²');
  await audit.continueToReview.click();

  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  await expect(review.evidence).toContainText('What rows like this one have');
  await expect(review.evidence).toContainText('Nearest rows, with their labels');
  const first = await review.focusedRowId();
  expect(Number(first.slice(5)) % 20).toBe(7);

  await page.keyboard.press('/');
  await review.newLabel.fill('12 rooms');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Type a number')).toBeVisible();
  await review.newLabel.fill('640,5');
  await page.keyboard.press('Enter');
  await expect(review.newLabel).toBeHidden();
  await expect.poll(() => review.focusedRowId()).not.toBe(first);
  const second = await review.focusedRowId();
  await page.keyboard.press('r');
  await expect.poll(() => review.focusedRowId()).not.toBe(second);
  const removed = await review.decide('x');

  await new AppPage(page).exportTab.click();
  const exporting = new ExportPage(page);
  await exporting.file('Scores').check();
  await assay.choose(out);
  await exporting.start.click();
  await expect(exporting.result).toContainText('relabelled.csv');
  const relabelled = readFileSync(join(out, 'relabelled.csv'), 'utf8');
  expect(relabelled).toMatch(new RegExp(`^${first},\\d+,\\d+,640\\.5$`, 'm'));
  const given = readFileSync(path, 'utf8');
  const lineOf = (text: string, id: string): string => text.split('\n').find((line) => line.startsWith(`${id},`)) ?? '';
  const taken = Number(lineOf(relabelled, second).split(',')[3]);
  expect(taken / Number(lineOf(given, second).split(',')[3])).toBeLessThan(0.2);
  expect(readFileSync(join(out, 'removal_list.csv'), 'utf8')).toContain(removed);
  expect(readFileSync(join(out, 'scores.csv'), 'utf8').split('\n')[0]).toContain('suggested_low,suggested_high');
  await assay.close();
});
