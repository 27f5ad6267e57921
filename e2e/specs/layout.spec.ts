import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeEach(() => void (scratch = scratchFolder('layout')));
test.afterEach(async () => {
  await assay.close();
  scratch.remove();
});

const classes = ['adenocarcinoma in situ', 'squamous cell carcinoma', 'benign nevus'];

/** Three classes with long names that two numbers tell, every ninth label wrong, under long ids. */
function writeLongNames(): string {
  const lines = Array.from({ length: 450 }, (_, row) => {
    const kind = row % 3;
    const wrong = row % 9 === Math.floor(row / 9) % 9;
    const x = (kind === 0 ? 3 : 0) + Math.sin(row * 12.9898);
    const y = (kind === 1 ? 3 : 0) + Math.sin(row * 78.233);
    const id = `patient-2026-${String(row).padStart(5, '0')}`;
    return `${id},${x.toFixed(3)},${y.toFixed(3)},${classes[(kind + (wrong ? 1 : 0)) % 3]}`;
  });
  const path = join(scratch.path, 'clinic.csv');
  writeFileSync(path, `patient,x,y,diagnosis\n${lines.join('\n')}\n`);
  return path;
}

/** Whether text is cut off, or has to be scrolled to. */
const isCut = (element: Locator): Promise<boolean> =>
  element.evaluate((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);

/** Where the classes begin below the sentence of the evidence card, the card scrolled to its top. */
async function topOfClasses(page: Page): Promise<number> {
  const heading = page.getByRole('heading', { name: 'Which class, leaving this row out' });
  await expect(heading).toBeVisible();
  return (await heading.boundingBox())?.y ?? Number.NaN;
}

for (const [width, height] of [
  [1280, 800],
  [1000, 700],
  [1680, 1050],
] as const) {
  test(`nothing is cut off or jumps from row to row at ${width}×${height}`, async () => {
    assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [writeLongNames()] });
    const { app, page } = assay;
    await app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      { width, height },
    );
    await new DataPage(page).continueToAudit.click();
    const audit = new AuditPage(page);
    await audit.run.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    await audit.continueToReview.click();
    const review = new ReviewPage(page);
    await expect(review.effects).toContainText('as given');

    const tops = new Set<number>();
    for (let rows = 0; rows < 12; rows++) {
      tops.add(await topOfClasses(page));
      const id = await review.focusedRowId();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => review.focusedRowId()).not.toBe(id);
      await expect(review.evidence).toContainText('As given it');
    }
    expect([...tops]).toHaveLength(1);
    for (const name of ['given', 'suggested']) {
      expect(await isCut(review.evidenceLabel(name))).toBe(false);
    }
    // What was decided has its place before it is.
    await page.keyboard.press('k');
    await review.queue('Decided').click();
    await expect(review.evidence).toContainText('kept');
    tops.add(await topOfClasses(page));
    expect([...tops]).toHaveLength(1);

    // Rows that help by the labels as given, errors and all, and harm by those that are believed.
    await expect(review.evidence).toContainText('probably some validation labels are wrong');
    await expect(review.otherWay).toBeVisible();
    expect(await isCut(review.effects)).toBe(false);
    await review.otherWay.hover();
    await expect(page.getByRole('tooltip')).toContainText('some validation labels are wrong');

    await review.queue('Pending').click();
    await expect(review.evidence).toContainText('not decided');
    await review.grid.focus();
    await page.keyboard.press('Shift+ArrowDown');
    await expect(review.effects).toContainText('2 rows');
    await expect(review.effects).toContainText('as given');
    expect(await isCut(review.effects)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  });
}
