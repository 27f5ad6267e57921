import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExportPage } from '../pages/export.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, root, scratchFolder } from '../support/launch';

const sample = join(root, 'resources/samples/digits.csv');

/** The decisions of this audit, one key each; the last two are undone. */
const keys = [...'rrrrrxxxxxkkkkkfffrx'];

let scratch: ReturnType<typeof scratchFolder>;
test.beforeEach(() => void (scratch = scratchFolder('audit')));
test.afterEach(() => scratch.remove());

test('an audit from the CSV to the exported files, with a break in the middle', async () => {
  let assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await openDigits(assay);
  await auditOnNative(assay);
  const decided = await decideTwenty(assay);
  await assay.close();

  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const home = new HomePage(assay.page);
  await home.recentProject('digits').click();
  const review = new ReviewPage(assay.page);
  await expect(review.queue('Decided')).toContainText('15');
  await expect(review.queue('Later')).toContainText('3');
  await review.queue('All').click();
  for (const { id, key } of decided) await expect(review.row(id)).toContainText(wordsOf(key));

  const out = join(scratch.path, 'out');
  await exportAll(assay, out);
  await assay.close();
  checkExports(out, decided);
});

async function openDigits(assay: Assay): Promise<void> {
  const home = new HomePage(assay.page);
  await expect(home.title).toBeVisible();
  await assay.choose(sample);
  await home.open.click();
  const data = new DataPage(assay.page);
  await expect(data.cell('digit-0000')).toBeVisible();
  await expect(data.task).toContainText('10 classes');
  await expect(data.summary).toContainText('1,797 rows');
  await data.continueToAudit.click();
}

async function auditOnNative(assay: Assay): Promise<void> {
  const audit = new AuditPage(assay.page);
  await audit.choice('Backend', 'Native').press('Space');
  await expect(audit.choice('Backend', 'Native')).toBeChecked();
  await audit.run.click();
  await expect(audit.stages.first()).toBeVisible();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
  await expect(audit.head).toContainText('native');
  await expect(new AppPage(assay.page).foot).toContainText('native');
  await audit.continueToReview.click();
}

async function decideTwenty(assay: Assay): Promise<{ id: string; key: string }[]> {
  const review = new ReviewPage(assay.page);
  await expect(review.focusedRow).toBeVisible();
  const decided: { id: string; key: string }[] = [];
  for (const key of keys) {
    const id = await review.focusedRowId();
    await assay.page.keyboard.press(key);
    await expect.poll(() => review.focusedRowId()).not.toBe(id);
    decided.push({ id, key });
  }
  await expect(review.queue('Decided')).toContainText('17');
  const app = new AppPage(assay.page);
  await assay.page.keyboard.press('Control+z');
  await assay.page.keyboard.press('Control+z');
  await expect(review.queue('Decided')).toContainText('15');
  await expect(app.foot).toContainText('saved');
  return decided.slice(0, -2);
}

function wordsOf(key: string): RegExp {
  return { r: /→/, x: /removed/, k: /kept/, f: /later/ }[key] ?? /^$/;
}

async function exportAll(assay: Assay, out: string): Promise<void> {
  await new AppPage(assay.page).exportTab.click();
  const exporting = new ExportPage(assay.page);
  await exporting.file('Scores').check();
  await assay.choose(out);
  await exporting.start.click();
  await expect(exporting.result).toContainText('manifest.json', { timeout: 60_000 });
}

function checkExports(out: string, decided: readonly { id: string; key: string }[]): void {
  const read = (name: string): string => readFileSync(join(out, name), 'utf8');
  const source = readFileSync(sample, 'utf8');
  const idsOf = (key: string): Set<string> => new Set(decided.filter((entry) => entry.key === key).map(({ id }) => id));
  const lineId = (line: string): string => line.slice(0, line.indexOf(','));
  const lines = source.match(/.*\r?\n/g) ?? [];

  const removed = idsOf('x');
  expect(read('cleaned.csv')).toBe(lines.filter((line) => !removed.has(lineId(line))).join(''));

  const list = read('removal_list.csv').trim().split('\n');
  expect(list[0]).toBe('row,id,reason,score,rank,decision,reviewer,time,note');
  expect(new Set(list.slice(1).map((line) => line.split(',')[1]))).toEqual(removed);

  const scores = read('scores.csv')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  expect(scores).toHaveLength(1798);
  const suggested = new Map(scores.slice(1).map((cells) => [cells[1], cells[4]]));
  const relabelled = idsOf('r');
  const expected = lines.map((line) =>
    relabelled.has(lineId(line)) ? line.replace(/,[^,]*?(\r?\n)$/, `,${suggested.get(lineId(line))}$1`) : line,
  );
  expect(read('relabelled.csv')).toBe(expected.join(''));
  expect(read('relabelled.csv')).not.toBe(source);

  const manifest = JSON.parse(read('manifest.json')) as {
    outputs: { file: string; sha256: string }[];
    audit: { backend: { name: string } };
  };
  expect(manifest.audit.backend.name).toBe('native');
  for (const { file, sha256 } of manifest.outputs) {
    expect(
      createHash('sha256')
        .update(readFileSync(join(out, file)))
        .digest('hex'),
    ).toBe(sha256);
  }
}
