import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { makePng } from '../../src/worker/pictures/testPictures';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay | undefined;
test.beforeEach(() => void (scratch = scratchFolder('pictures')));
test.afterEach(async () => {
  await assay?.app.close().catch(() => undefined);
  assay = undefined;
  scratch.remove();
});

/** Pictures of two kinds: row 0 is labelled wrong, the file of row 2 is missing, that of row 4 is no picture. */
function writePictures(): string {
  const folder = join(scratch.path, 'data');
  mkdirSync(join(folder, 'files'), { recursive: true });
  const lines = Array.from({ length: 160 }, (_, row) => {
    const isRed = row % 2 === 0;
    const place = join(folder, 'files', `${row}.png`);
    const shade = (row * 37) % 90;
    const picture = makePng(200 + row, 150, (x, y) =>
      (x - 100) ** 2 + (y - 75) ** 2 < 3000 ? (isRed ? [220, shade, 30] : [30, shade, 220]) : [245, 245, 235],
    );
    if (row === 4) writeFileSync(place, 'not a picture');
    else if (row !== 2) writeFileSync(place, picture);
    const x = (isRed ? 2 : -2) + ((row * 31) % 17) / 8;
    const label = isRed === (row !== 0) ? 'red' : 'blue';
    return `r${row},files/${row}.png,${x.toFixed(2)},${((row * 7) % 11).toFixed(1)},${label}`;
  });
  const file = join(folder, 'table.csv');
  writeFileSync(file, `id,picture,x,y,label\n${lines.join('\n')}\n`);
  return file;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`pictures stand beside their rows, and large on Space (${colorScheme})`, async () => {
    assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [writePictures()], colorScheme });
    const { page } = assay;
    await page.emulateMedia({ colorScheme });
    const shots = process.env['ASSAY_SHOTS'];
    const shoot = async (name: string): Promise<void> => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
    };
    const data = new DataPage(page);
    await data.continueToAudit.click();
    const audit = new AuditPage(page);
    await audit.run.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    await audit.continueToReview.click();
    const review = new ReviewPage(page);
    await review.queue('All').click();

    // What cannot be shown says why.
    const missing = page.getByRole('img', { name: 'The file is missing.' });
    const noPicture = page.getByRole('img', { name: /^The file is no picture; PNG/ });
    await page.keyboard.press('Home');
    await review.find.fill('r2');
    await expect(missing.first()).toBeVisible();
    await review.find.fill('r4');
    await expect(noPicture.first()).toBeVisible();
    await review.find.fill('');
    await expect(review.row('r0')).toBeVisible();
    await review.row('r0').click();

    const card = review.evidence.getByRole('img', { name: 'Picture of r0' });
    await expect(card).toBeVisible();
    // The disc in the middle is red: it is the picture of this row.
    const colour = await card.evaluate((canvas: HTMLCanvasElement) => {
      const { data: pixel } = canvas.getContext('2d')?.getImageData(64, 48, 1, 1) ?? { data: [] };
      return [...pixel];
    });
    expect(colour).toEqual([220, 0, 30, 255]);
    await expect(review.evidence.getByRole('list', { name: /^Nearest rows/ }).first()).toBeVisible();
    await shoot('pictures');

    await page.keyboard.press('Space');
    const dialog = page.getByRole('dialog', { name: 'Picture of r0' });
    await expect(dialog.getByRole('img', { name: 'Picture of r0' })).toBeVisible();
    await expect(dialog).toContainText('200 × 150 pixels');
    await shoot('picture-large');
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('dialog', { name: 'Picture of r0' })).toHaveCount(0);
    const title = page.getByRole('dialog').getByRole('heading');
    const next = (await title.innerText()).replace('Picture of ', '');
    await page.keyboard.press('x');
    await expect(title).not.toHaveText(`Picture of ${next}`);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(review.row(next)).toContainText('remove');
  });
}
