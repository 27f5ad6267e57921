/**
 * Kills the real window at random moments, seeded, and looks at what is left:
 *     node bench/windowKills.mjs [kills] [seed]
 * By turns while a file is read, an audit runs, decisions are made by key, and files are exported; the whole
 * application or its engine alone. Counted as faults: a decision that the window had counted and that is gone, an
 * export that is neither whole nor absent, temporary files after the next export, a project that does not open again.
 * Needs a display (xvfb-run) and a build.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron } from '@playwright/test';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const [kills = 20, seed = 1] = process.argv.slice(2).map(Number);
const setup = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/.assay/setup.json'), 'utf8'));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'assay-window-kills-'));
const userData = path.join(scratch, 'user');
const out = path.join(scratch, 'out');
const faults = [];

/** Mulberry32: the same kills every time. */
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function writeData(file) {
  const normal = () => random() + random() + random() - 1.5;
  const lines = Array.from({ length: 6000 }, (_, row) => {
    const label = row % 3;
    const given = row % 12 === 5 ? (label + 1) % 3 : label;
    const numbers = Array.from({ length: 12 }, (_unused, k) => (normal() + (k % 3 === label ? 1 : 0)).toFixed(3));
    return `r${row},${numbers.join(',')},${'ABC'[given]}`;
  });
  fs.writeFileSync(
    file,
    `name,${Array.from({ length: 12 }, (_, k) => `x${k}`).join(',')},label\n${lines.join('\n')}\n`,
  );
}

/** Processes of this run's application: all that name its folder of user data. */
function processes(only = () => true) {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return command.includes(userData) && command.includes('electron') && only(command) ? [Number(name)] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

function kill(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

const isEngine = (command) => command.includes('--utility-sub-type=node.mojom.NodeService');
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function launch(file) {
  const app = await _electron.launch({
    executablePath: setup.electron.path,
    args: [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--user-data-dir=${userData}`, file],
    env: { ...process.env, XDG_STATE_HOME: path.join(scratch, 'state') },
  });
  const page = await app.firstWindow();
  await app.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [folder] });
  }, out);
  return { app, page };
}

const runButton = (page) => page.getByRole('button', { name: /^Run the audit|^Run again/ }).first();
const tab = (page, name) => page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name });

/** The number that the window shows of decided rows: what it says is acknowledged. */
async function decided(page) {
  const queues = page.getByRole('complementary', { name: 'Queues and filters' });
  const text = await queues.getByRole('button', { name: /^Decided [\d,]+$/ }).innerText({ timeout: 60_000 });
  return Number(/[\d,]+/.exec(text.replace(/\D*/, ''))[0].replaceAll(',', ''));
}

async function auditOnce(page) {
  await tab(page, 'Audit').click();
  await runButton(page).click();
  await page.getByRole('button', { name: 'Continue to review' }).click({ timeout: 120_000 });
}

function checkExport(when) {
  if (!fs.existsSync(out)) return;
  const names = fs.readdirSync(out);
  if (names.length === 0) return;
  if (!names.includes('manifest.json')) faults.push(`${when}: ${names.join(', ')} without a manifest`);
  else {
    const { outputs } = JSON.parse(fs.readFileSync(path.join(out, 'manifest.json'), 'utf8'));
    for (const { file, sha256 } of outputs) {
      const found = createHash('sha256')
        .update(fs.readFileSync(path.join(out, file)))
        .digest('hex');
      if (found !== sha256) faults.push(`${when}: ${file} is not what the manifest says`);
    }
  }
}

async function exportAll(page) {
  await tab(page, 'Export').click();
  await page.getByRole('button', { name: /^Export \d+ files?…$/ }).click();
}

const data = path.join(scratch, 'data.csv');
writeData(data);
const counts = { reading: 0, audit: 0, decisions: 0, export: 0 };
let acknowledged = 0;
let made = 0;
try {
  let { app, page } = await launch(data);
  await page.getByRole('button', { name: 'Continue to audit' }).click({ timeout: 60_000 });
  await auditOnce(page);
  for (let k = 0; k < kills; k++) {
    const phase = ['decisions', 'audit', 'decisions', 'export', 'reading'][k % 5];
    const whole = k % 2 === 0;
    if (phase === 'reading') {
      // A second file, new every time.
      const other = path.join(scratch, `other-${k}.csv`);
      writeData(other);
      await app.close();
      ({ app, page } = await launch(other));
      await wait(random() * 600);
    } else if (phase === 'audit') {
      await tab(page, 'Audit').click();
      await page.getByRole('button', { name: 'Change settings and run again…' }).click();
      await runButton(page).click();
      await wait(random() * 2500);
    } else if (phase === 'export') {
      fs.rmSync(out, { recursive: true, force: true });
      await exportAll(page);
      await wait(random() * 500);
    } else {
      await tab(page, 'Review').click();
      await page.getByRole('grid', { name: 'Ranked rows' }).locator('[aria-current="true"]').waitFor();
      const before = await decided(page);
      const presses = 10 + Math.floor(random() * 30);
      for (let press = 0; press < presses; press++) await page.keyboard.press(random() < 0.5 ? 'k' : 'x');
      await wait(random() * 300);
      acknowledged = await decided(page);
      made += acknowledged - before;
    }
    counts[phase]++;
    kill(whole ? processes() : processes(isEngine));
    if (!whole && phase !== 'reading') await page.getByText('was started again').first().waitFor({ timeout: 60_000 });
    await app.close().catch(() => undefined);
    kill(processes());
    if (phase === 'export') checkExport(`kill ${k + 1}`);
    ({ app, page } = await launch(data));
    await tab(page, 'Review').click({ timeout: 60_000 });
    const found = await decided(page);
    if (found < acknowledged) faults.push(`kill ${k + 1}, ${phase}: ${acknowledged} decided, ${found} found`);
    acknowledged = found;
  }
  fs.rmSync(out, { recursive: true, force: true });
  await exportAll(page);
  await page.getByRole('region', { name: 'Exported' }).waitFor({ timeout: 60_000 });
  checkExport('the end');
  const left = fs.readdirSync(out).filter((name) => name.startsWith('.') || name.includes('part'));
  const beside = fs.readdirSync(scratch).filter((name) => name.includes('.part'));
  if (left.length + beside.length > 0) faults.push(`left behind: ${[...left, ...beside].join(', ')}`);
  await app.close();
} finally {
  kill(processes());
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
console.log(
  `${kills} killed (${Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}), ` + `${made} decisions counted by the window, ${faults.length} faults`,
);
faults.forEach((fault) => console.log(`  ${fault}`));
process.exitCode = faults.length > 0 ? 1 : 0;
