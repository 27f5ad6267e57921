import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { WhatIfPage } from '../pages/whatIf.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('what-if');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

/** Pictures of the screen for a person to look at where they are wanted, and what axe finds, in both themes. */
async function look(name: string, { axe = false } = {}): Promise<void> {
  const { page } = assay;
  const shots = process.env['ASSAY_SHOTS'];
  if (shots === undefined && !axe) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => new AppPage(page).drawnTheme()).toBe(colorScheme);
    if (shots !== undefined) await page.screenshot({ path: join(shots, `whatif-${name}-${colorScheme}.png`) });
    if (!axe) continue;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('selected rows are verified, cancelled and compared with earlier runs', async () => {
  const { page } = assay;
  const app = new AppPage(page);
  await new HomePage(page).sample('Digits').click();
  const data = new DataPage(page);
  await data.continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });

  const whatIf = new WhatIfPage(page);
  await page.keyboard.press('ControlOrMeta+4');
  await expect(page.getByText('Nothing has been verified in this project yet.')).toBeVisible();
  await expect(whatIf.subject('Pending suspects')).toBeChecked();
  await expect(whatIf.predicted).toContainText('Newton step');
  await expect(whatIf.relabelled).toContainText(/accuracy [\d.]+ %/);
  await expect(whatIf.moved.getByRole('row').nth(1)).toContainText(/becomes (right|wrong)|wrong either way/);
  await page.getByRole('radio', { name: 'If relabelled' }).check({ force: true });
  await expect(page.getByRole('region', { name: 'Classes' }).getByRole('row')).toHaveCount(11);
  await look('shift');
  await whatIf.subject('Relabel list').check({ force: true });
  await expect(page.getByText('No row is decided to get another label yet.')).toBeVisible();
  await whatIf.subject('Removal list').check({ force: true });
  await expect(page.getByText('The removal list is empty')).toBeVisible();
  await expect(whatIf.verify).toBeDisabled();
  await look('empty');

  await app.reviewTab.click();
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  for (let rows = 0; rows < 8; rows++) await page.keyboard.press('Shift+ArrowDown');
  await expect(review.effects).toContainText('9 rows');
  await expect(review.effects.getByRole('button', { name: 'Verify' })).toBeEnabled();
  await look('strip');
  await page.keyboard.press('v');

  await expect(whatIf.verdict).toContainText('Removing these 9 rows', { timeout: 60_000 });
  await expect(whatIf.verdict).toContainText(/of 20 random removals of the same size and class mix/);
  await expect(whatIf.subject('Selected rows')).toBeChecked();
  await expect(whatIf.predicted).toContainText('Newton step');
  const measured = await whatIf.measured('validation loss, label errors discounted');
  expect(measured[7]).toMatch(/^[\d.]+ of 21$/);
  await look('verified');

  await whatIf.subject('Most suspicious').check({ force: true });
  await expect(whatIf.predicted).toHaveAccessibleName('Remove 50 rows, predicted');
  await whatIf.repeats.fill('1000');
  await whatIf.verify.click();
  await expect(whatIf.cancel).toBeVisible();
  await look('running');
  await whatIf.cancel.click();
  await expect(whatIf.cancelled).toBeVisible();
  await expect(whatIf.verdict).toContainText('these 9 rows');
  await whatIf.repeats.fill('10');
  await whatIf.verify.click();
  await expect(whatIf.verdict).toContainText('these 50 rows', { timeout: 60_000 });
  await expect(whatIf.runs.getByRole('row')).toHaveCount(3);
  await look('compared', { axe: true });
  await whatIf.runs.scrollIntoViewIfNeeded();
  await look('runs');
  await whatIf.run('9 rows selected in Review').click();
  await expect(whatIf.verdict).toContainText('these 9 rows');
});
