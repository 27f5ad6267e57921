import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
let shot = 0;
test.beforeAll(async () => {
  scratch = scratchFolder('accessibility');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

/** What axe finds on the screen that is shown, in the three themes. */
async function findings(): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ['light', 'dark', 'contrast'] as const) {
    const contrast = theme === 'contrast' ? 'more' : 'no-preference';
    await assay.page.emulateMedia({ colorScheme: theme === 'light' ? 'light' : 'dark', contrast });
    await expect.poll(() => new AppPage(assay.page).drawnTheme()).toBe(theme);
    const shots = process.env['ASSAY_SHOTS'];
    if (shots !== undefined) await assay.page.screenshot({ path: join(shots, `axe-${++shot}-${theme}.png`) });
    // The other mode opens a page of its own, which an Electron window cannot.
    const { violations } = await new AxeBuilder({ page: assay.page }).setLegacyMode().withTags(rules).analyze();
    for (const { id, nodes } of violations)
      found.push(`${theme}: ${id} at ${nodes[0]?.target.join(' ')}: ${nodes[0]?.failureSummary}`);
  }
  return found;
}

test('every screen passes WCAG 2.2 AA as far as a program can tell, in three themes', async () => {
  // Some 24 runs of a program that looks at every element.
  test.slow();
  const { page } = assay;
  const app = new AppPage(page);
  const home = new HomePage(page);
  await expect(home.title).toBeVisible();
  expect(await findings(), 'Home').toEqual([]);

  await home.sample('Digits').click();
  const data = new DataPage(page);
  await expect(data.continueToAudit).toBeEnabled();
  expect(await findings(), 'Data').toEqual([]);

  await data.continueToAudit.click();
  const audit = new AuditPage(page);
  await expect(audit.run).toBeEnabled();
  expect(await findings(), 'Audit, settings').toEqual([]);

  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
  expect(await findings(), 'Audit, result').toEqual([]);

  await audit.continueToReview.click();
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  await review.decide('r');
  await expect(review.effects).toContainText('validation loss');
  // A row that was decided has a history.
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('list', { name: 'History of the row' })).toContainText('digit-');
  expect(await findings(), 'Review').toEqual([]);

  // A set too large for one Newton step to be sure of: its figures say so, and on hovering why.
  await page.keyboard.press('Control+a');
  await review.care.hover();
  await expect(page.getByRole('tooltip')).toContainText(/\d+ % of the training rows/);
  expect(await findings(), 'Review, many rows').toEqual([]);
  await page.keyboard.press('Escape');

  await app.exportTab.click();
  await expect(page.getByRole('checkbox', { name: /^Scores/ })).toBeVisible();
  expect(await findings(), 'Export').toEqual([]);

  await page.keyboard.press('?');
  await expect(app.help).toBeVisible();
  expect(await findings(), 'Keys').toEqual([]);
});

test('with reduced motion a change of the theme reaches every text at once', async () => {
  const { page } = assay;
  await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference', reducedMotion: 'reduce' });
  await expect.poll(() => new AppPage(page).drawnTheme()).toBe('light');
  const onTheirWay = await page.evaluate(() => {
    document.documentElement.dataset['theme'] = 'dark';
    return document.getAnimations().filter((one) => one instanceof CSSTransition && one.transitionProperty === 'color')
      .length;
  });
  expect(onTheirWay).toBe(0);
});
