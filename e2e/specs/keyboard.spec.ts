import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExportPage } from '../pages/export.page';
import { ReviewPage } from '../pages/review.page';
import { WhatIfPage } from '../pages/whatIf.page';
import { type Assay, launchAssay, root, scratchFolder } from '../support/launch';
import { readPdfText } from '../support/pdfText';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('keyboard');
  assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [writeData(scratch.path)] });
});
test.afterAll(async () => {
  await assay.app.close().catch(() => undefined);
  scratch.remove();
});

/** Two classes that two numbers tell apart; every 17th label is the other one. */
function writeData(folder: string): string {
  const lines = Array.from({ length: 240 }, (_, row) => {
    const side = row % 2;
    const label = row % 17 === 3 ? 1 - side : side;
    const [x, y] = [side * 4 + Math.sin(row), Math.cos(row * 7)];
    return `r${row},${x.toFixed(3)},${y.toFixed(3)},${label === 1 ? 'yes' : '<b>no</b>'}`;
  });
  const file = join(folder, 'parts.csv');
  writeFileSync(file, `id,height,width,label\n${lines.join('\n')}\n`);
  return file;
}

/** By Tab alone, as somebody without a mouse finds it. */
async function tabTo(target: Locator): Promise<void> {
  for (let press = 0; press < 60; press += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await assay.page.keyboard.press('Tab');
  }
  throw new Error('It cannot be reached by Tab.');
}

/** Pictures of the screen for a person to look at where they are wanted. */
async function look(): Promise<void> {
  const shots = process.env['ASSAY_SHOTS'];
  if (shots === undefined) return;
  for (const colorScheme of ['dark', 'light'] as const) {
    await assay.page.emulateMedia({ colorScheme });
    await assay.page.screenshot({ path: join(shots, `export-report-${colorScheme}.png`) });
  }
}

test('from a file on the command line to the report, without a mouse', async () => {
  const { page } = assay;
  const press = (keys: string): Promise<void> => page.keyboard.press(keys);
  await expect(new DataPage(page).continueToAudit).toBeEnabled();
  await expect(new AppPage(page).foot).toContainText('saved');
  await press('ControlOrMeta+Enter');
  await expect(new AuditPage(page).run).toBeEnabled();
  await press('ControlOrMeta+Enter');
  await expect(new AuditPage(page).continueToReview).toBeVisible({ timeout: 60_000 });
  await press('ControlOrMeta+Enter');

  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  for (const key of ['x', 'x', 'x', 'x', 'x', 'r', 'k']) {
    const focused = await review.focusedRow.innerText();
    await press(key);
    await expect(review.focusedRow).not.toHaveText(focused, { useInnerText: true });
  }

  await press('ControlOrMeta+4');
  const whatIf = new WhatIfPage(page);
  await tabTo(page.getByRole('radiogroup', { name: 'Rows in question' }).getByRole('radio', { checked: true }));
  while (!(await whatIf.subject('Removal list').isChecked())) await press('ArrowRight');
  await expect(whatIf.verify).toBeEnabled();
  await press('v');
  await expect(whatIf.verdict).toContainText('measured by retraining', { timeout: 60_000 });
  const mark = page.getByRole('region', { name: 'Verified by retraining' }).getByRole('button', { name: 'in report' });
  await tabTo(mark);
  await press('Space');
  await expect(mark).toHaveAttribute('aria-pressed', 'true');

  await press('ControlOrMeta+7');
  const exporting = new ExportPage(page);
  const preview = page.getByRole('status').filter({ hasText: 'as HTML' });
  await expect(preview).toContainText('parts: 6 of 240 labels found wrong so far');
  await expect(preview).toContainText('marked to be in it: 1 verification');
  await tabTo(exporting.file('Report as PDF'));
  await press('Space');
  await look();
  const out = join(scratch.path, 'out');
  await assay.choose(out);
  await press('ControlOrMeta+Enter');
  await expect(exporting.result).toContainText('report.pdf', { timeout: 60_000 });

  const html = readFileSync(join(out, 'report.html'), 'utf8');
  expect(html).toContain('<h1>parts: 6 of 240 labels found wrong so far</h1>');
  expect(html).toContain('7 inspected: 1 relabelled, 5 removed, 1 kept');
  expect(html).toContain('Removing those 5 rows lowers the validation loss');
  expect(html).toContain('&lt;b&gt;no&lt;/b&gt;');
  expect(html).not.toContain('<b>no</b>');
  const { pages } = readPdfText(readFileSync(join(out, 'report.pdf')));
  expect(pages.length).toBeGreaterThan(1);
  pages.forEach((text, at) => expect(text).toContain(`page ${at + 1} of ${pages.length}`));
  expect(pages[0]).toContain('parts: 6 of 240 labels found wrong so far');
  expect(pages[0]).toContain('7 inspected: 1 relabelled, 5 removed, 1 kept');
  expect(pages.join(' ')).toContain('<b>no</b>');

  // The command line prints the same, also where there is no display.
  await assay.close();
  const env: NodeJS.ProcessEnv = { ...process.env };
  delete env['DISPLAY'];
  delete env['WAYLAND_DISPLAY'];
  const file = join(scratch.path, 'again.pdf');
  const project = join(scratch.path, 'user', 'projects', 'parts.assay');
  const command = [join(root, 'out/main/assay.js'), 'report', '--project', project, '--out', file];
  const ended = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  expect(ended.status).toBe(0);
  const printed = readPdfText(readFileSync(file)).pages;
  expect(printed).toHaveLength(pages.length);
  expect(printed[0]).toBe(pages[0]);
});
