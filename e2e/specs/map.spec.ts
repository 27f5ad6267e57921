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
test.beforeEach(() => void (scratch = scratchFolder('map')));
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

async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
}

test('the map shares focus, selection and decisions with the other views, by mouse and by keys', async () => {
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const { page } = assay;
  await new HomePage(page).sample('Digits').click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await audit.continueToReview.click({ timeout: 90_000 });
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  const { shown } = await review.shownCounts();
  await page.keyboard.press('m');
  await expect(review.map).toBeFocused();
  await expect(review.grid).toHaveCount(0);
  await expect(review.mapPicture).toHaveAccessibleName(
    `1,797 rows placed by principal components, ${shown} of the list, 0 selected.`,
  );
  await shoot('map', page);

  // Without the mouse: everything in sight is the whole list.
  const selected = async (): Promise<number> => (await review.shownCounts()).selected;
  await page.keyboard.press('i');
  await expect.poll(selected).toBe(shown);
  await expect(page.getByRole('status', { name: 'Under the lasso' })).toContainText(`${shown} rows selected`);
  await shoot('map-selected', page);
  await page.keyboard.press('Alt+i');
  await expect.poll(selected).toBe(0);
  for (let step = 0; step < 4; step++) await page.keyboard.press('+');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('i');
  const near = await selected();
  expect(near).toBeGreaterThan(0);
  expect(near).toBeLessThan(shown);
  await page.keyboard.press('z');
  await page.keyboard.press('Shift+i');
  await expect.poll(selected).toBe(shown);
  await page.keyboard.press('Escape');
  await expect.poll(selected).toBe(0);

  // A lasso by Shift, from corner to corner; less one half by Alt.
  const box = await review.mapPicture.boundingBox();
  if (box === null) throw new Error('The map is not on screen.');
  const drag = async (corners: readonly (readonly [number, number])[]): Promise<void> => {
    const [first, ...others] = corners.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const);
    if (first === undefined) return;
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const corner of others) await page.mouse.move(...corner, { steps: 4 });
  };
  const all = [
    [0.08, 0.01],
    [0.99, 0.01],
    [0.99, 0.99],
    [0.08, 0.99],
  ] as const;
  await page.keyboard.down('Shift');
  await drag(all);
  await shoot('map-lasso', page);
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect.poll(selected).toBe(shown);
  await page.keyboard.down('Alt');
  await drag([
    [0.5, 0.02],
    [0.98, 0.02],
    [0.98, 0.98],
    [0.5, 0.98],
  ]);
  await page.mouse.up();
  await page.keyboard.up('Alt');
  await expect.poll(selected).toBeLessThan(shown);
  const half = await selected();
  expect(half).toBeGreaterThan(0);
  // Lasso mode draws without Shift, and begins anew.
  await review.map.focus();
  await page.keyboard.press('a');
  await expect(page.getByRole('button', { name: 'Lasso' })).toHaveAttribute('aria-pressed', 'true');
  await drag(all);
  await page.mouse.up();
  await expect.poll(selected).toBe(shown);
  await page.keyboard.press('a');

  // What is selected here is selected in the table, and keys decide on it.
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await expect(review.grid).toBeVisible();
  await review.map.focus();
  const before = await review.focusedRowId();
  await page.keyboard.press('l');
  await expect.poll(() => review.focusedRowId()).not.toBe(before);
  await page.keyboard.press('k');
  await page.getByRole('combobox', { name: /^Colour/ }).click();
  await page.getByRole('option', { name: 'decision' }).click();
  await expect(page.getByRole('list', { name: 'Colours' })).toContainText('keep1');
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('list', { name: 'Colours' })).not.toContainText('keep');
  await page.getByRole('combobox', { name: /^Colour/ }).click();
  await page.getByRole('option', { name: /^suspicion/ }).click();
  await expect(page.getByText('not in the list', { exact: true })).toBeVisible();
  await shoot('map-beside', page);
  await axe(page);

  // Among their neighbours: a job, that can be cancelled, and is kept.
  await review.map.focus();
  await page.keyboard.press('s');
  await page.getByRole('radio', { name: 'UMAP' }).check({ force: true });
  await page.getByRole('button', { name: 'Compute the map' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('The map was cancelled')).toBeVisible();
  await shoot('map-cancelled', page);
  await axe(page);
  await page.getByRole('button', { name: 'Compute the map' }).click();
  await shoot('map-running', page);
  await expect(review.mapPicture).toHaveAccessibleName(/1,797 rows placed by UMAP/, { timeout: 60_000 });
  await page.getByRole('combobox', { name: /^Colour/ }).click();
  await page.getByRole('option', { name: 'given label' }).click();
  await review.mapPicture.hover();
  await shoot('map-umap', page);

  // Two columns; the empty list leaves the points where they are.
  await page.getByRole('radio', { name: 'Columns' }).check({ force: true });
  await expect(review.mapPicture).toHaveAccessibleName(/1,797 rows placed by two columns/);
  await shoot('map-columns', page);
  await review.queue('Later').click();
  await expect(review.mapPicture).toHaveAccessibleName(/, 0 of the list/);
  await review.queue('Pending').click();

  // The project opens again as it was left.
  await page.getByRole('radio', { name: 'UMAP' }).check({ force: true });
  await expect(review.mapPicture).toHaveAccessibleName(/by UMAP/);
  // The layout is written after .4 s without a change; nothing on the screen says when.
  await page.waitForTimeout(600);
  await assay.close();
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await new HomePage(assay.page).recentProject('digits').click();
  await expect(new ReviewPage(assay.page).mapPicture).toHaveAccessibleName(/1,797 rows placed by UMAP/);
  await expect(assay.page.getByRole('combobox', { name: 'Colour: given label' })).toBeVisible();
});
