import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExportPage } from '../pages/export.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('second');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

/** What axe finds in both themes, and pictures for a person to look at where they are wanted. */
async function look(name: string): Promise<void> {
  const { page } = assay;
  const shots = process.env['ASSAY_SHOTS'];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => new AppPage(page).drawnTheme()).toBe(colorScheme);
    if (shots !== undefined) await page.screenshot({ path: join(shots, `second-${name}-${colorScheme}.png`) });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** 120 rows of two classes; the labels of some are wrong. */
function writeData(folder: string): string {
  const lines = Array.from({ length: 120 }, (_, row) => {
    const side = row % 2;
    const label = row % 17 === 3 ? 1 - side : side;
    return `r${row},${(side * 3 + Math.sin(row)).toFixed(3)},${Math.cos(row * 7).toFixed(3)},${label === 1 ? 'yes' : 'no'}`;
  });
  const file = join(folder, 'shared.csv');
  writeFileSync(file, `id,height,width,label\n${lines.join('\n')}\n`);
  return file;
}

test('decisions travel by file; a second, blind pass is compared, and what differs is settled', async () => {
  const { page } = assay;
  const app = new AppPage(page);
  const review = new ReviewPage(page);
  const dialog = page.getByRole('dialog');
  await assay.choose(writeData(scratch.path));
  await new HomePage(page).open.click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await audit.continueToReview.click({ timeout: 60_000 });

  // The first decides four rows, and exports what was decided; the name is asked for there.
  await review.queue('All').click();
  await expect.poll(async () => (await review.shownCounts()).shown).toBe(120);
  await expect.poll(() => review.focusedRowId()).not.toBe('');
  const decided = new Map<string, string>();
  for (const key of ['k', 'x', 'k', 'x']) decided.set(await review.decide(key), key);
  const ids = [...decided.keys()];
  await app.exportTab.click();
  const exporting = new ExportPage(page);
  await page.getByRole('checkbox', { name: /^Decisions/ }).check();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
  await page.getByRole('textbox', { name: 'Your name' }).press('Enter');
  await assay.choose(scratch.path);
  await exporting.start.click();
  await expect(exporting.result).toContainText('decisions.csv');

  // A second pass sees nothing of it.
  await app.reviewTab.click();
  await page.getByRole('button', { name: 'Second pass…' }).click();
  await expect(dialog).toContainText('4 of 4 decided rows.');
  await dialog.getByRole('textbox', { name: 'Whose pass' }).fill('Ben');
  await look('begin');
  await dialog.getByRole('button', { name: 'Begin the pass' }).click();
  const banner = page.getByRole('region', { name: 'Second pass' });
  await expect(banner).toContainText('Second pass of Ben: 0 of 4 rows decided.');
  await expect(review.queue('Pending')).toContainText('4');
  await expect(review.queue('Decided')).toContainText('0');
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toBeDisabled();
  await expect(review.evidence).toContainText('not decided');
  const passOrder: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    const id = await review.focusedRowId();
    passOrder.push(id);
    // Of the second row the two think otherwise.
    const first = decided.get(id) ?? '';
    await page.keyboard.press(id === ids[1] ? 'k' : first);
    if (at < 3) await expect.poll(() => review.focusedRowId()).not.toBe(id);
  }
  expect([...passOrder].sort()).toEqual([...ids].sort());
  await expect(banner).toContainText('4 of 4 rows decided');
  await look('pass');
  await app.exportTab.click();
  await expect(page.getByText('A second pass is not over')).toBeVisible();
  await app.reviewTab.click();

  // Compared, and settled by the second's decision.
  await banner.getByRole('button', { name: 'End and compare' }).click();
  await expect(dialog).toContainText('3, 75 % (95 %: 30 % to 95 %)');
  await expect(dialog).toContainText('1 of 1 difference still to be settled.');
  await look('compared');
  await dialog.getByRole('button', { name: 'Settle 1 difference' }).click();
  const card = page.getByRole('region', { name: 'Two decisions' });
  await expect(card).toContainText('0 of 1 settled');
  await expect(card).toContainText('removed');
  await look('settle');
  await page.keyboard.press(']');
  await expect(card).toContainText('1 of 1 settled');
  await expect(review.row(ids[1])).toContainText(/kept/i);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(card).toContainText('0 of 1 settled');
  await card.getByRole('button', { name: 'Done' }).click();

  // A colleague's file: one line says otherwise, one is about a row that is not here, one cannot be read.
  const file = join(scratch.path, 'decisions.csv');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const changed = lines.map((line) => (line.includes(`,${ids[0]},`) ? line.replace(',keep,', ',remove,') : line));
  writeFileSync(file, [...changed, '999,gone,r1-0,no,keep,,,,Ben,', '5,r5,,,perhaps,,,,Ben,'].join('\n'));
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', {
      type,
      x: 500,
      y: 400,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
  }
  await expect(dialog).toContainText('Decisions from decisions.csv');
  await expect(dialog.getByRole('button', { name: '1 Decided otherwise' })).toHaveAttribute('aria-pressed', 'true');
  await expect(dialog.getByRole('button', { name: 'Nothing to take over' })).toBeDisabled();
  await dialog.getByRole('button', { name: '1 Unreadable' }).click();
  await expect(dialog).toContainText('“perhaps” is no decision');
  await dialog.getByRole('button', { name: '1 Decided otherwise' }).click();
  await dialog
    .getByRole('radiogroup', { name: `Which counts for ${ids[0]}` })
    .getByText('Theirs')
    .click();
  await look('import');
  await dialog.getByRole('button', { name: 'Take over 1 decision' }).click();
  await expect(dialog).toHaveCount(0);
  await review.queue('Decided').click();
  await expect(review.row(ids[0])).toContainText(/removed/i);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(review.row(ids[0])).toContainText(/kept/i);
});
