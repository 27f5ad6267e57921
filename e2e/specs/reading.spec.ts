import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
test.beforeEach(() => void (scratch = scratchFolder('reading')));
test.afterEach(() => scratch.remove());

/** 80 rows below a title; one of them has a cell too many. */
function titledTable(): string {
  const rows = Array.from({ length: 80 }, (_, row) => {
    const shift = row % 2 === 0 ? 2 : -2;
    const cells = [(shift + ((row * 37) % 100) / 40).toFixed(3), (((row * 53) % 100) / 30).toFixed(3)];
    return [...(row === 20 ? ['9'] : []), ...cells, row % 2 === 0 ? 'A' : 'B'].join(',');
  });
  return ['Measurements of May', '', 'height,width,label', ...rows].join('\n');
}

test('a title is no header, and a damaged row takes no part until the analyst says so', async () => {
  const file = join(scratch.path, 'titled.csv');
  writeFileSync(file, titledTable());
  const assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [file] });
  const data = new DataPage(assay.page);
  await expect(data.summary).toContainText('80 rows');
  await expect(assay.page.getByText('2 classes').first()).toBeVisible();
  await expect(data.column('height')).toContainText('number');
  await expect(data.notes.filter({ hasText: 'stands above the header (line 3)' })).toBeVisible();
  await expect(data.notes.filter({ hasText: '1 row has too many cells' })).toBeVisible();
  await assay.page.getByRole('link', { name: 'Audit' }).click();
  const audit = new AuditPage(assay.page);
  const useDamaged = assay.page.getByRole('checkbox', { name: 'Use them as they are' });
  await expect(useDamaged).not.toBeChecked();
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 60_000 });
  await expect(
    assay.page.getByText('1 row with surplus or missing cells takes no part in the fit').first(),
  ).toBeVisible();
  await assay.close();
});
