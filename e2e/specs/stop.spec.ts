import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { StopPage } from '../pages/stop.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('stop');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

async function look(name: string, { axe = false } = {}): Promise<void> {
  const { page } = assay;
  const shots = process.env['ASSAY_SHOTS'];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => new AppPage(page).drawnTheme()).toBe(colorScheme);
    if (shots !== undefined) await page.screenshot({ path: join(shots, `stop-${name}-${colorScheme}.png`) });
    if (!axe) continue;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('what is left is estimated, planted errors are looked for, and rows are spot-checked', async () => {
  const { page } = assay;
  const stop = new StopPage(page);
  const review = new ReviewPage(page);
  await new HomePage(page).sample('Digits').click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });

  // Before any decision: by suspicion alone, and it says so.
  await page.keyboard.press('ControlOrMeta+3');
  await expect(review.focusedRow).toBeVisible();
  await page.keyboard.press('q');
  await expect(stop.advice).toContainText(/Go on to rank \d+, then stop: \d+ more rows\./);
  await expect(page.getByText('Nothing is decided yet: this is by suspicion alone.')).toBeVisible();
  await expect(stop.card('Decided')).toContainText(/0 of \d+ suspects/);
  await look('undecided');

  // Most of the first 24 rows are wrong; every sixth is kept.
  await page.keyboard.press('Escape');
  await expect(review.focusedRow).toBeVisible();
  for (let k = 0; k < 24; k++) await review.decide(k % 6 === 5 ? 'k' : 'r');
  await page.keyboard.press('q');
  await expect(stop.card('Decided')).toContainText(/24 of \d+ suspects/);
  await expect(stop.card('Decided')).toContainText('a decision at your pace');
  await expect(stop.card('Wrong among decided')).toContainText('83 % 64–93 %');
  await expect(stop.card('Wrong among decided')).toContainText('20 of 24 relabelled or removed');
  await expect(stop.card('Wrong labels left in the queue')).toContainText(/\d+ \d+–\d+, of \d+ rows/);
  await expect(stop.card('Wrong labels below the threshold')).toContainText('by suspicion');
  await expect(stop.expected).toBeVisible();

  // Another limit, and another stop by keys.
  const sentence = await stop.advice.innerText();
  await stop.limit.click();
  await page.getByRole('option', { name: '1 in 2 are wrong' }).click();
  await expect(stop.advice).not.toHaveText(sentence);
  await stop.stop.press('ArrowLeft');
  await expect(stop.advice).toContainText(/^Stopping after rank \d+/);
  await page.getByRole('button', { name: 'back to the recommended stop' }).click();
  await expect(stop.advice).toContainText(/^Go on to rank/);

  // The seeded audit: cancelled, then whole.
  await expect(stop.runSeeded).toBeVisible();
  await page.keyboard.press('a');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('The seeded audit was cancelled')).toBeVisible();
  await stop.runSeeded.click();
  await expect(stop.rankings.getByRole('row')).toHaveCount(7, { timeout: 120_000 });
  // Wrong rows that were kept above count as right, so it is not all of them.
  const ours = await stop.rankings.getByRole('row', { name: /suspicion \(Assay\), used/ }).innerText();
  expect(Number(/([\d.]+) ±/.exec(ours)?.[1])).toBeGreaterThan(0.8);
  await expect(stop.seeded).toContainText(/\d+ labels flipped in each of 3 copies/);
  await expect(stop.card('Wrong labels below the threshold')).toContainText('by the seeded audit');
  await look('decided', { axe: true });

  // Rows below the threshold, drawn at random: what is decided about them counts.
  await stop.spotCheck.click();
  await expect(page.getByRole('list', { name: 'Filters in use' })).toContainText('drawn at random');
  await expect(review.focusedRow).toBeVisible();
  expect((await review.shownCounts()).shown).toBe(40);
  for (let k = 0; k < 3; k++) await review.decide('k');
  await page.keyboard.press('q');
  await expect(stop.card('Wrong labels below the threshold')).toContainText('3 rows drawn at random');
  await expect(stop.spotCheck).toContainText('go on with the spot check: 37 left');
  await expect(stop.card('Decided')).toContainText(/24 of \d+ suspects/);

  // Back to the pending rows, at the first of them.
  const rank = /\d+/.exec(await stop.goOn.innerText())?.[0];
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(review.focusedRow).toContainText(rank ?? '');
  await expect(page.getByRole('list', { name: 'Filters in use' })).not.toContainText('drawn at random');
  expect((await review.shownCounts()).shown).toBeGreaterThan(100);
});
