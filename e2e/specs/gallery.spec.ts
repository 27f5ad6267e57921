import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay | undefined;
test.beforeEach(() => void (scratch = scratchFolder('gallery')));
test.afterEach(async () => {
  await assay?.app.close().catch(() => undefined);
  assay = undefined;
  scratch.remove();
});

async function shoot(name: string, page: Page): Promise<void> {
  const shots = process.env['ASSAY_SHOTS'];
  if (shots === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('the gallery shares rows, focus, selection and keys with the table, beside it or alone', async () => {
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const { page, app } = assay;
  await new HomePage(page).sample('Fashion').click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.choice('Pictures', 'Pixels').check({ force: true });
  await audit.run.click();
  await audit.continueToReview.click({ timeout: 90_000 });
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  const first = await review.focusedRowId();

  // Alone: the same row has the focus, and arrows move in two dimensions.
  await page.keyboard.press('g');
  await expect(review.gallery).toBeFocused();
  await expect(review.grid).toHaveCount(0);
  await expect(review.focusedCard).toHaveAttribute('data-row-id', first);
  await expect(review.focusedCard.locator('canvas')).toBeVisible();
  const columns = Number(await review.gallery.getAttribute('aria-colcount'));
  expect(columns).toBeGreaterThan(2);
  await page.keyboard.press('ArrowDown');
  await expect(review.focusedCard).toHaveAttribute('data-place', String(columns));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  await expect(review.focusedCard).toHaveAttribute('data-place', '1');
  await page.keyboard.press('Shift+ArrowRight');
  expect((await review.shownCounts()).selected).toBe(2);
  await shoot('gallery', page);
  await page.keyboard.press('x');
  await expect(review.card(1)).toContainText('remove');
  await expect(review.card(2)).toContainText('remove');
  await page.keyboard.press('Control+z');
  await expect(review.card(1)).not.toContainText('remove');

  // Larger cards are fewer in a line.
  await review.cardSize.fill('200');
  await expect.poll(async () => Number(await review.gallery.getAttribute('aria-colcount'))).toBeLessThan(columns);
  await review.gallery.focus();
  await page.keyboard.press('End');
  await expect(review.focusedCard.locator('canvas')).toBeVisible();
  await shoot('gallery-large', page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');

  // Side by side.
  await page.keyboard.press('s');
  await expect(review.grid).toBeVisible();
  await expect(review.gallery).toBeVisible();
  await review.card(1).click();
  const second = await review.focusedRowId();
  expect(await review.focusedCard.getAttribute('data-row-id')).toBe(second);
  await page.keyboard.press('k');
  await expect(review.row(second)).toContainText('kept');
  await review.card(0).click({ modifiers: ['Control'] });
  await expect(review.selectedRows).toHaveCount(2);
  const edge = page.getByRole('separator', { name: 'Edge between the two views' });
  const widthBefore = (await review.grid.boundingBox())?.width ?? 0;
  await edge.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await review.grid.boundingBox())?.width).toBeCloseTo(widthBefore + 24, 0);
  const evidenceBefore = (await review.evidence.boundingBox())?.width ?? 0;
  await page.getByRole('separator', { name: 'Edge of the evidence' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await review.evidence.boundingBox())?.width).toBeCloseTo(evidenceBefore + 24, 0);
  await shoot('gallery-beside', page);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);

  // The project opens again as it was left.
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1000, 700));
  await shoot('gallery-narrow', page);
  await assay.close();
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await new HomePage(assay.page).recentProject('fashion').click();
  const again = new ReviewPage(assay.page);
  await expect(again.gallery).toBeVisible();
  await expect(again.grid).toBeVisible();
  await expect(again.cardSize).toHaveValue('200');
});

test('the matrix and the histogram of a score filter the rows that all views show', async () => {
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const { page } = assay;
  await new HomePage(page).sample('Digits').click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await audit.continueToReview.click({ timeout: 90_000 });
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  await page.keyboard.press('c');
  await expect(review.grid).toHaveCount(0);
  const shown = async (): Promise<number> => (await review.shownCounts()).shown;
  const pending = await shown();
  const cell = review.matrix.getByRole('button', { name: /^\d+ rows? labelled \S+, believed/ });
  const count = Number((await cell.first().getAttribute('aria-label'))?.split(' ')[0]);
  await page.keyboard.press('s');
  await expect(review.grid).toBeVisible();
  await expect(review.matrix.getByRole('row')).toHaveCount(12);
  await cell.first().click();
  await expect(cell.first()).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(shown).toBe(count);
  await shoot('matrix', page);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await page.keyboard.press('ArrowRight');
  await expect(cell.first()).not.toBeFocused();
  await cell.first().click();
  await expect.poll(shown).toBe(pending);

  await review.queue('All').click();
  await expect.poll(shown).toBe(1797);
  await page.getByRole('button', { name: 'Filter suspicion' }).click();
  const line = page.getByRole('slider', { name: 'Smallest suspicion, a line' });
  await line.focus();
  await page.keyboard.press('PageUp');
  await expect.poll(shown).toBeLessThan(1797);
  const beyond = await shown();
  await shoot('histogram', page);
  await expect(page.getByText(`${beyond} rows between the lines`)).toBeVisible();
  await page.keyboard.press('Home');
  await expect.poll(shown).toBe(1797);
});
