import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { makePng } from '../../src/worker/pictures/testPictures';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay | undefined;
test.beforeEach(() => void (scratch = scratchFolder('issues')));
test.afterEach(async () => {
  await assay?.app.close().catch(() => undefined);
  assay = undefined;
  scratch.remove();
});

/** Pictures with a text each: row 5 is dark, row 7 large, row 9 a copy of row 11; the text of row 13 is German. */
function writeRows(): string {
  const lines = Array.from({ length: 120 }, (_, row) => {
    const isRed = row % 2 === 0;
    const seed = row === 9 ? 11 : row;
    const light = row === 5 ? 0.1 : 1;
    const size = row === 7 ? 400 : 64;
    const spot = [(seed * 37) % 50, (seed * 53) % 50].map((place) => ((7 + place) * size) / 64);
    const picture = makePng(size, size, (x, y) => {
      const near = Math.exp(-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / (size * 4));
      const grain = ((x * 7 + y * 13 + seed * 5) % 23) - 11;
      const level = (value: number): number => Math.max(0, Math.min(255, Math.round(light * (value + grain))));
      const at = 60 + ((seed * 29) % 40);
      return isRed ? [level(at + 150 * near), level(at), level(50)] : [level(50), level(at), level(at + 150 * near)];
    });
    writeFileSync(join(scratch.path, `${row}.png`), picture);
    const words = ['garden', 'river', 'letter', 'window', 'bread', 'horse', 'road', 'song'];
    const said = Array.from({ length: 6 + (row % 9) }, (_word, k) => words[(row * 31 + k * k * 7) % 8]).join(' or a ');
    const text =
      row === 13
        ? 'Das ist alles, was sie über den Garten und den Brief gesagt haben.'
        : `This was about a ${said} there`;
    return `r${row},${row}.png,"${text}, ${row * 1_001}",${isRed ? 'red' : 'blue'}`;
  });
  const file = join(scratch.path, 'table.csv');
  writeFileSync(file, `id,picture,text,label\n${lines.join('\n')}\n`);
  return file;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`what is odd about pictures and texts is counted, shown and filtered by (${colorScheme})`, async () => {
    assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [writeRows()], colorScheme });
    const { page } = assay;
    await page.emulateMedia({ colorScheme });
    const shots = process.env['ASSAY_SHOTS'];
    const shoot = async (name: string): Promise<void> => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
    };
    await new DataPage(page).continueToAudit.click();
    const audit = new AuditPage(page);
    const odd = page.getByRole('checkbox', { name: 'Pictures of odd size' });
    await expect(odd).toBeChecked();
    await odd.uncheck();
    await odd.scrollIntoViewIfNeeded();
    await shoot('issues-settings');
    await audit.run.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    const counts = page.getByRole('listitem').filter({ hasText: 'dark picture' });
    await expect(counts).toHaveText('1 dark picture');
    await expect(page.getByText('picture of odd size')).toHaveCount(0);
    await counts.scrollIntoViewIfNeeded();
    await shoot('issues-result');

    await audit.continueToReview.click();
    const review = new ReviewPage(page);
    const rows = review.grid.getByRole('row').filter({ has: page.getByRole('gridcell') });
    const oddities = page.getByRole('region', { name: 'Pictures and texts' });
    await oddities.getByRole('button', { name: /exact copy of another row/ }).click();
    await expect(review.queue('All')).toHaveAttribute('aria-current', 'true');
    await expect(rows).toHaveCount(2);
    await oddities.getByRole('button', { name: /another language/ }).click();
    await oddities.getByRole('button', { name: /dark picture/ }).click();
    await expect(rows).toHaveCount(4);
    await shoot('issues-review');
    await page.getByRole('button', { name: 'Columns' }).click();
    await expect(page.getByRole('menuitemcheckbox', { name: /^picture: dark|^dark/ })).toBeVisible();
    await expect(page.getByRole('menuitemcheckbox', { name: /odd size/ })).toHaveCount(0);
    await shoot('issues-columns');
  });
}
