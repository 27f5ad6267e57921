import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
test.beforeAll(() => {
  scratch = scratchFolder('tour');
});
test.afterAll(() => scratch.remove());

const launch = (): Promise<Assay> => launchAssay({ userData: join(scratch.path, 'user') });

test('the first run shows how it goes on the sample, can be skipped, and does not come back', async () => {
  let assay = await launch();
  let { page } = assay;
  const tour = page.getByRole('region', { name: 'Tour' });
  const shots = process.env['ASSAY_SHOTS'];
  const look = async (name: string): Promise<void> => {
    if (shots !== undefined) await page.screenshot({ path: join(shots, `tour-${name}.png`) });
  };
  await look('offer');
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await expect(tour).toContainText('Open the sample Digits');
  const sample = new HomePage(page).sample('Digits');
  await expect(sample).toHaveAttribute('data-tour-here', '');
  await look('home');
  await sample.click();
  await expect(tour).toContainText('See what Assay made of the columns');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(tour).toContainText('Run the audit');
  await expect(new AuditPage(page).run).toBeEnabled();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(tour).toContainText('Go to Review', { timeout: 90_000 });
  await page.keyboard.press('ControlOrMeta+3');
  await expect(tour).toContainText('Decide about the first row');
  await expect(new ReviewPage(page).focusedRow).toBeVisible();
  await look('review');
  await page.keyboard.press('r');
  await expect(tour).toContainText('change your mind');
  await tour.getByRole('button', { name: 'Next' }).click();
  await page.keyboard.press('ControlOrMeta+4');
  await expect(tour).toContainText('Prove it');
  await look('what-if');
  await new AppPage(page).run('Skip the rest of the tour');
  await expect(tour).toHaveCount(0);
  await assay.close();

  assay = await launch();
  ({ page } = assay);
  await expect(new HomePage(page).recentProject('digits')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take the tour' })).toHaveCount(0);
  // Whoever wants it again finds it.
  await new AppPage(page).run('Take the tour');
  await expect(page.getByRole('region', { name: 'Tour' })).toContainText('Open the sample Digits');
  await assay.close();
});
