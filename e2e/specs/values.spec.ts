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

test('the data screen says how cells are read, weighs rows, and joins the vectors of a second file', async () => {
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

  const vectors = join(scratch.path, 'vectors.csv');
  const lists = Array.from({ length: 120 }, (_, row) => `${row},${row % 7},${row % 11},${row % 13}`);
  writeFileSync(vectors, ['number,v0,v1,v2', ...lists].join('\n'));
  await assay.choose(vectors);
  await data.embeddings.getByRole('button', { name: 'Choose a file' }).click();
  await expect(data.embeddings).toContainText('vectors.csv, joined by column 1');
  await expect(data.column('vectors')).toContainText('embedding');
  await expect(data.cell('[1,1,1]')).toBeVisible();
  await expect(data.column('weight')).toContainText('weight');
  await data.embeddings.getByRole('button', { name: 'Take it away' }).click();
  await expect(data.embeddings).toContainText('joined by column 1');
  await expect(data.column('vectors')).toHaveCount(0);
  await expect(data.column('weight')).toContainText('weight');
  await data.setRole('column 1', 'ignore');
  await data.embeddings.getByRole('combobox', { name: 'Column to join by' }).click();
  await assay.page.getByRole('option', { name: 'column 1' }).click();
  await data.embeddings.getByRole('button', { name: 'Choose a file' }).click();
  await expect(data.embeddings).toContainText('vectors.csv, joined by column 1');
  await assay.close();
});
