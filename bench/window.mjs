/**
 * Measures the real window on large tables and on many pictures:
 *     node bench/window.mjs open     LARGE.csv   first rows, loading, the engine's memory
 *     node bench/window.mjs table    LARGE.csv   the same, then an audit without neighbours, then scrolling and sorting
 *     node bench/window.mjs facets   LARGE.csv   an audit without neighbours, then sorting, facets, brushing, selecting
 *     node bench/window.mjs decisions BLOBS.csv  an audit, then 500 decisions and undos in table and gallery
 *     node bench/window.mjs audit    BLOBS.csv   progress, cancelling in the middle of each stage, time and memory
 *     node bench/window.mjs map      BLOBS.csv   an audit without neighbours, then the map of all rows
 *     node bench/window.mjs pictures FOLDER      opening, cancelling and killing while pictures are encoded, an audit
 *                                                by pixels, scrolling
 * Make these with scripts/make-large-csv.mjs, make-blobs-csv.mjs and make-picture-folder.mjs. Needs a display
 * (xvfb-run) and a build.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { measureDecisions } from './window/decisions.mjs';
import { measureFacets } from './window/facets.mjs';
import { measureMap } from './window/map.mjs';
import { engineMemory, frames, openWindow, say, scroll, seconds } from './window/measuredWindow.mjs';
import { measurePictures } from './window/pictures.mjs';

const [what, file] = process.argv.slice(2);
if (!['open', 'table', 'facets', 'decisions', 'audit', 'map', 'pictures'].includes(what) || file === undefined) {
  console.error('Usage: node bench/window.mjs open|table|facets|decisions|audit|map FILE.csv, or pictures FOLDER');
  process.exit(2);
}

const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'assay-bench-cache-'));
const measured = await openWindow({ ASSAY_CACHE: cache });
const { app, page } = measured;

async function open() {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, path.resolve(file));
  const start = performance.now();
  await page.getByRole('button', { name: 'Open file…' }).click();
  await page.getByRole('table', { name: 'First rows' }).getByRole('cell').nth(5).waitFor();
  say('first rows on screen after', seconds(start));
  const reading = page.getByRole('status', { name: 'Reading the file' });
  await reading.waitFor();
  say(
    'frames while the rest is read',
    await frames(page, () => reading.waitFor({ state: 'hidden', timeout: 300_000 })),
  );
  say('loaded after', seconds(start));
  say('engine memory', engineMemory(measured));
  await page.getByRole('button', { name: 'Continue to audit' }).click();
}

async function audit({ neighbours }) {
  if (!neighbours) await page.getByRole('checkbox', { name: 'Nearest neighbours' }).press('Space');
  const start = performance.now();
  await page.getByRole('button', { name: 'Run the audit' }).click();
  let last = '';
  let changedAt = performance.now();
  let longest = 0;
  const stages = page.getByRole('list', { name: 'Stages' });
  const done = page.getByRole('button', { name: 'Continue to review' });
  while (!(await done.isVisible())) {
    // The list goes away with the last stage.
    const text = await stages.innerText({ timeout: 1000 }).catch(() => last);
    if (text !== last) {
      longest = Math.max(longest, performance.now() - changedAt);
      changedAt = performance.now();
      last = text;
    }
    // Twenty looks a second at the progress line.
    await page.waitForTimeout(50);
  }
  say('audited after', seconds(start));
  say('longest time without a visible change of the stages', `${(longest / 1000).toFixed(2)} s`);
  say('engine memory', engineMemory(measured));
  await done.click();
}

async function table() {
  const grid = page.getByRole('grid', { name: 'Ranked rows' });
  await grid.waitFor();
  const queues = page.getByRole('complementary', { name: 'Queues and filters' });
  let start = performance.now();
  await queues.getByRole('button', { name: /^All/ }).click();
  await grid.locator('[role=row][data-row-id]').nth(5).waitFor();
  say('every row listed after', seconds(start));
  // Work that follows the first rows ends before scrolling is measured.
  await page.waitForTimeout(1500);
  await scroll(page, grid);
  await grid.focus();
  say(
    'ArrowDown, 100 times',
    await frames(page, async () => {
      for (let i = 0; i < 100; i++) await page.keyboard.press('ArrowDown');
    }),
  );
  const top = () => grid.locator('[aria-rowindex="2"]').getAttribute('data-row-id');
  await page.keyboard.press('Home');
  await grid.locator('[aria-rowindex="2"]').waitFor();
  for (const column of ['id', 'suspicion', 'suspicion']) {
    const before = await top();
    start = performance.now();
    let took = '';
    const drawn = await frames(page, async () => {
      await grid.getByRole('button', { name: `Sort by ${column}`, exact: true }).click();
      // Asked every 10 ms: the time until another row is on top.
      while ([null, before].includes(await top().catch(() => null))) await page.waitForTimeout(10);
      took = seconds(start);
    });
    say(`sorted by ${column} after ${took}`, drawn);
    // One sort's last frames are not the next one's.
    await page.waitForTimeout(500);
  }
  say('engine memory', engineMemory(measured));
}

/** Starts the audit, waits until `stage` is running, cancels, and tells how long the engine took to stop. */
async function cancelIn(stage) {
  const run = page.getByRole('button', { name: /^Run the audit|^Run again/ }).first();
  // An audit that was over too soon shows its result in place of the settings.
  const change = page.getByRole('button', { name: 'Change settings and run again…' });
  await run.or(change).first().waitFor();
  if (await change.isVisible()) await change.click();
  await run.click();
  const item = page.getByRole('list', { name: 'Stages' }).getByRole('listitem').filter({ hasText: stage });
  const end = performance.now() + 180_000;
  while (performance.now() < end) {
    const text = await item.innerText().catch(() => '');
    if (!text.includes('waiting') && text !== '') break;
    // How exactly the time is known.
    await page.waitForTimeout(10);
  }
  // The stage has work in hand when it is cancelled.
  await page.waitForTimeout(400);
  const start = performance.now();
  const cancel = page.getByRole('button', { name: 'Cancel' });
  // A stage may be over by now, and the audit with it.
  const wasRunning = await cancel.isVisible();
  if (wasRunning) await cancel.click().catch(() => undefined);
  await run.or(change).first().waitFor();
  say(`cancelled in “${stage}” after`, wasRunning ? seconds(start) : 'over before it could be cancelled');
}

try {
  if (what === 'pictures') await measurePictures(measured, path.resolve(file), cache);
  else await open();
  if (what === 'table') {
    await audit({ neighbours: false });
    await table();
  }
  if (what === 'facets') {
    await audit({ neighbours: false });
    await measureFacets(measured);
  }
  if (what === 'decisions') {
    await audit({ neighbours: false });
    await measureDecisions(measured);
  }
  if (what === 'map') {
    await audit({ neighbours: false });
    await measureMap(measured);
  }
  if (what === 'audit') {
    for (const stage of ['Choose λ', 'Fit the head', 'Leverage', 'Nearest neighbours', 'Rank rows'])
      await cancelIn(stage);
    await audit({ neighbours: true });
  }
} finally {
  await measured.close();
  fs.rmSync(cache, { recursive: true, force: true });
}
