/**
 * Measures the real window on large tables:
 *     node bench/window.mjs open  LARGE.csv   first rows, loading, the engine's memory
 *     node bench/window.mjs table LARGE.csv   the same, then an audit without neighbours, then scrolling and sorting
 *     node bench/window.mjs audit BLOBS.csv   progress, cancelling in the middle of each stage, time and memory
 * Make the tables with scripts/make-large-csv.mjs and scripts/make-blobs-csv.mjs. Needs a display (xvfb-run) and a
 * build.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { _electron } from '@playwright/test';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const [what, file] = process.argv.slice(2);
if (!['open', 'table', 'audit'].includes(what) || file === undefined) {
  console.error('Usage: node bench/window.mjs open|table|audit FILE.csv');
  process.exit(2);
}

const setup = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/.assay/setup.json'), 'utf8'));
const userData = fs.mkdtempSync(path.join(os.tmpdir(), 'assay-bench-'));
const app = await _electron.launch({
  executablePath: setup.electron.path,
  args: [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--user-data-dir=${userData}`],
});
const page = await app.firstWindow();
await page.getByRole('heading', { level: 1 }).waitFor();
// The engine is up when it has said what it runs on: long before a person has chosen a file.
await page.getByRole('contentinfo').getByText('threads').waitFor();

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(2)} s`;
const say = (name, value) => console.log(`${name.padEnd(58)}${value}`);

/** The engine's process: the utility process that runs Node. */
function enginePid() {
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (command.includes('--utility-sub-type=node.mojom.NodeService') && command.includes(userData)) return name;
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error('The engine process was not found.');
}

function engineMemory() {
  const status = fs.readFileSync(`/proc/${enginePid()}/status`, 'utf8');
  const read = (key) => Math.round(Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return `${read('VmRSS')} MiB now, ${read('VmHWM')} MiB at its peak`;
}

/** The longest and the 99th percentile frame while `act` runs, by the page's own clock. */
async function frames(act) {
  await page.evaluate(() => {
    const times = [];
    let on = true;
    const tick = (now) => {
      times.push(now);
      if (on) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    window.stopFrames = () => {
      on = false;
      return times;
    };
  });
  await act();
  const times = await page.evaluate(() => window.stopFrames());
  const gaps = times
    .slice(1)
    .map((time, i) => time - times[i])
    .sort((a, b) => a - b);
  const at = (share) => gaps[Math.min(gaps.length - 1, Math.floor(share * gaps.length))].toFixed(0);
  return `longest ${at(1)} ms, 99 % under ${at(0.99)} ms, median ${at(0.5)} ms, ${gaps.length} frames`;
}

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
  say('frames while the rest is read', await frames(() => reading.waitFor({ state: 'hidden', timeout: 300_000 })));
  say('loaded after', seconds(start));
  say('engine memory', engineMemory());
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
  say('engine memory', engineMemory());
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
  await grid.hover();
  say(
    'scrolling by the wheel, 200 steps',
    await frames(async () => {
      for (let i = 0; i < 200; i++) await page.mouse.wheel(0, 240);
    }),
  );
  say(
    'jumping through the whole table by its scroll bar, 40 steps',
    await frames(async () => {
      for (let i = 1; i <= 40; i++) {
        await grid.evaluate((element, share) => {
          element.scrollTop = share * element.scrollHeight;
        }, i / 41);
        // A step every 40 ms, as a hand drags the bar.
        await page.waitForTimeout(40);
      }
    }),
  );
  await grid.focus();
  say(
    'ArrowDown, 100 times',
    await frames(async () => {
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
    const drawn = await frames(async () => {
      await grid.getByRole('button', { name: `Sort by ${column}`, exact: true }).click();
      // Asked every 10 ms: the time until another row is on top.
      while ([null, before].includes(await top().catch(() => null))) await page.waitForTimeout(10);
      took = seconds(start);
    });
    say(`sorted by ${column} after ${took}`, drawn);
    // One sort's last frames are not the next one's.
    await page.waitForTimeout(500);
  }
  say('engine memory', engineMemory());
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
  await open();
  if (what === 'table') {
    await audit({ neighbours: false });
    await table();
  }
  if (what === 'audit') {
    for (const stage of ['Choose λ', 'Fit the head', 'Leverage', 'Nearest neighbours', 'Rank rows'])
      await cancelIn(stage);
    await audit({ neighbours: true });
  }
} finally {
  await app.close();
  fs.rmSync(userData, { recursive: true, force: true });
}
