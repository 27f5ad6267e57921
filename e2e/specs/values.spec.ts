import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { DataPage } from '../pages/data.page';
import { launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
test.beforeEach(() => void (scratch = scratchFolder('values')));
test.afterEach(() => scratch.remove());

/** 120 rows: a row number, prices in euros, doses with markers and a limit, weights, yes or no. */
function tableOfAmounts(): string {
  const rows = Array.from({ length: 120 }, (_, row) => {
    const price = `${1 + (row % 9)}.${String(100 + ((row * 37) % 900))},${String(10 + ((row * 7) % 90))} €`;
    const dose =
      row % 12 === 3 ? '#N/A' : row === 20 ? 'oops' : row % 15 === 4 ? '<0,5' : `${row % 8},${(row * 3) % 10}`;
    return `${row};${price};${dose};${1 + (row % 3)};${row % 2 === 0 ? 'yes' : 'no'}`;
  });
  return [';price;dose;weight;label', ...rows].join('\n');
}

test('the data screen says how numbers are read, what was missing, and what was left out', async () => {
  const file = join(scratch.path, 'amounts.csv');
  writeFileSync(file, tableOfAmounts());
  const assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [file] });
  const data = new DataPage(assay.page);
  await expect(data.summary).toContainText('120 rows');
  await expect(data.column('column 1')).toContainText('id');
  await expect(data.column('price')).toContainText('number');
  await data.column('price').click();
  await expect(data.columnMenu).toContainText('Read: numbers in €, with a decimal comma, with separated thousands');
  await assay.page.keyboard.press('Escape');
  await data.column('dose').click();
  await expect(data.columnMenu).toContainText('as “<0,5”, read as the limit');
  await expect(data.columnMenu).toContainText('1 cell not read, as “oops”');
  await expect(data.columnMenu).toContainText('missing: “#N/A” (10)');
  await assay.page.keyboard.press('Escape');
  await expect(data.notes.filter({ hasText: 'dose is “oops”' })).toBeVisible();
  await expect(data.column('weight')).toContainText('ignore');
  await data.setRole('weight', 'weight');
  await expect(data.column('weight')).toContainText('weight');
  await expect(data.notes.filter({ hasText: 'Rows count by their weights in weight (1 to 3)' })).toBeVisible();
  await expect(data.task).toContainText('weightweight');
  await assay.close();
});
