import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
test.beforeEach(() => void (scratch = scratchFolder('labels')));
test.afterEach(() => scratch.remove());

/** A table of two numbers, a code that is the label in other words, and labels in several spellings. */
function writeTable(): string {
  const spellings = [
    ['good', 'Good', 'good\u200b'],
    ['worn', 'WORN', 'worn'],
  ];
  const lines = Array.from({ length: 120 }, (_, row) => {
    const label = row % 2;
    const wobble = Math.sin(row * 12.9898) * 1.4;
    const other = Math.cos(row * 78.233);
    return `${(wobble + 2 * label).toFixed(3)},${other.toFixed(3)},${label + 1},${spellings[label][row % 7 === 0 ? 1 : row % 11 === 0 ? 2 : 0]}`;
  });
  const path = join(scratch.path, 'press.csv');
  writeFileSync(path, `pressure,temp,outcome_code,verdict\n${lines.join('\n')}\n`);
  return path;
}

async function open(assay: Assay, path: string): Promise<DataPage> {
  const home = new HomePage(assay.page);
  await expect(home.title).toBeVisible();
  await assay.choose(path);
  await home.open.click();
  return new DataPage(assay.page);
}

test('labels that look alike are merged by a click, which survives a restart and is undone by another', async () => {
  const path = writeTable();
  const before = readFileSync(path);
  let assay = await launchAssay({ userData: join(scratch.path, 'user') });
  let data = await open(assay, path);
  await expect(data.similarLabels).toContainText('5 spellings seem to mean 2 classes');
  await expect(data.alert).toContainText('look alike');
  await expect(data.continueToAudit).toBeDisabled();
  await expect(data.task).toContainText('5 classes');

  await data.similarLabels.getByRole('button', { name: 'Merge into 2 classes' }).click();
  await expect(data.mergedLabels).toBeVisible();
  await expect(data.task).toContainText('2 classes');
  await expect(data.continueToAudit).toBeEnabled();
  await assay.close();

  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await new HomePage(assay.page).recentProject('press').click();
  data = new DataPage(assay.page);
  await expect(data.mergedLabels).toContainText('Assay reads 2 classes');
  await data.mergedLabels.getByRole('button', { name: 'Undo' }).click();
  await expect(data.similarLabels).toBeVisible();
  await expect(data.continueToAudit).toBeDisabled();
  await data.similarLabels.getByRole('button', { name: 'Keep 5 as they are' }).click();
  await expect(data.task).toContainText('5 classes');
  await expect(data.continueToAudit).toBeEnabled();
  await assay.close();
  expect(readFileSync(path)).toEqual(before);
});

test('a column that gives the label away is left out by a click, or said to be a real feature', async () => {
  const assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const data = await open(assay, writeTable());
  await data.similarLabels.getByRole('button', { name: 'Merge into 2 classes' }).click();
  const leak = data.leak('outcome_code');
  await expect(leak).toContainText(/100\.0\s%/);
  await leak.getByRole('button', { name: 'It is a real feature' }).click();
  await expect(leak).toHaveCount(0);
  await expect(data.column('outcome_code')).toHaveAccessibleName(/feature/);
  await assay.close();

  const again = await launchAssay({ userData: join(scratch.path, 'other') });
  const fresh = await open(again, writeTable());
  await fresh.similarLabels.getByRole('button', { name: 'Merge into 2 classes' }).click();
  await fresh.leak('outcome_code').getByRole('button', { name: 'Ignore outcome_code' }).click();
  await expect(fresh.leak('outcome_code')).toHaveCount(0);
  await expect(fresh.column('outcome_code')).toHaveAccessibleName(/ignore/);
  await fresh.continueToAudit.click();
  const audit = new AuditPage(again.page);
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible();
  await expect(again.page.getByText('not to be trusted')).toHaveCount(0);

  // Labels read otherwise than when they were audited: every screen that shows the result says so.
  const app = new AppPage(again.page);
  await app.dataTab.click();
  await fresh.mergedLabels.getByRole('button', { name: 'Undo' }).click();
  await expect(fresh.similarLabels).toBeVisible();
  for (const tab of [app.auditTab, app.exportTab]) {
    await tab.click();
    await expect(audit.alert.filter({ hasText: 'out of date' })).toBeVisible();
  }
  await again.close();
});
