import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExplainPage } from '../pages/explain.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('explain');
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
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => new AppPage(page).drawnTheme()).toBe(colorScheme);
    if (shots !== undefined) await page.screenshot({ path: join(shots, `explain-${name}-${colorScheme}.png`) });
    if (!axe) continue;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('a prediction is explained, and the rows behind it are reviewed', async () => {
  const { page } = assay;
  const explain = new ExplainPage(page);
  await new HomePage(page).sample('Digits').click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });

  await page.keyboard.press('ControlOrMeta+5');
  await expect(page.getByText('Why does the model say so?')).toBeVisible();
  await look('empty');

  // By the list: the validation row that the model gets most wrong.
  await explain.hardest.getByRole('button').first().click();
  await expect(explain.flip).toContainText(/Without (these \d+ training rows|this one training row) it is \d\./, {
    timeout: 60_000,
  });
  await expect(explain.flip).toContainText('retrained');
  await expect(explain.prediction).toContainText('the model was fitted without it');
  await expect(explain.list('Most harmful to this prediction').getByRole('row')).toHaveCount(11);
  await expect(explain.list('Most helpful to it').getByRole('row')).toHaveCount(11);
  await expect(explain.rarity).toContainText(/of 100 other validation rows/);
  await expect(explain.rarity).toContainText('0 of 200');
  await look('wrong', { axe: true });

  await expect(explain.values.getByRole('row')).toHaveCount(16);

  // A changed copy of it, which is in no file; what was pasted and is no row is said.
  await page.keyboard.press('t');
  await explain.typed.getByRole('textbox', { name: 'paste a row' }).fill('1,2,3');
  await expect(explain.typed).toContainText('3 cells were pasted; a row has 66 of them, 61 of which are features');
  await explain.typed.getByRole('button', { name: /^Copy / }).click();
  await expect(explain.typed.getByRole('textbox', { name: 'px20' })).not.toHaveValue('');
  await explain.typed.getByRole('textbox', { name: 'px20' }).fill('16');
  await look('typed', { axe: true });
  await page.keyboard.press('Control+Enter');
  await expect(explain.prediction).toContainText('typed: it is in no file', { timeout: 60_000 });
  await expect(explain.values.getByRole('row')).toHaveCount(16);
  await look('typed-row');

  // By its id, typed; and what is no row.
  await page.keyboard.press('/');
  await explain.row.fill('digit-9999');
  await page.keyboard.press('Enter');
  await expect(page.getByText('there is no row “digit-9999”')).toBeVisible();
  await explain.row.fill('digit-0003');
  await page.keyboard.press('Enter');
  await expect(explain.prediction).toContainText('digit-0003', { timeout: 60_000 });
  await expect(explain.before.getByRole('button')).toHaveCount(3);

  // Those behind it in Review, and only those; from there the focused row is explained.
  const rows = await explain.flipRows.getByRole('button').count();
  await explain.flip.getByRole('button', { name: /^Review these/ }).click();
  const review = new ReviewPage(page);
  await expect(page.getByRole('list', { name: 'Filters in use' })).toContainText('behind the prediction of digit-0003');
  await expect(review.focusedRow).toBeVisible();
  if (rows < 24) expect((await review.shownCounts()).shown).toBe(rows);
  await expect(review.focusedRow).toBeVisible();
  await page.keyboard.press('e');
  await expect(explain.before.getByRole('button')).toHaveCount(4, { timeout: 60_000 });
  await expect(explain.prediction).toContainText('the model was fitted to it');
  await explain.before.getByRole('button').last().click();
  await expect(explain.prediction).toContainText('the model was fitted without it');

  await explain.flip.getByRole('button', { name: 'What if they go' }).click();
  await expect(page.getByRole('radio', { name: 'Selected rows' })).toBeChecked();
  await expect(page.getByText(/\d+ rows? selected in Review/)).toBeVisible();
});
