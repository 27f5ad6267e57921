/** The real window with a folder of user data of its own, and what is measured of it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { _electron } from '@playwright/test';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

/** @returns the application, its page, and how to close it; `env`: of its processes, beside this one's. */
export async function openWindow(env = {}) {
  const setup = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/.assay/setup.json'), 'utf8'));
  const userData = fs.mkdtempSync(path.join(os.tmpdir(), 'assay-bench-'));
  const app = await _electron.launch({
    executablePath: setup.electron.path,
    args: [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--user-data-dir=${userData}`],
    env: { ...process.env, ...env },
  });
  const page = await app.firstWindow();
  await page.getByRole('heading', { level: 1 }).waitFor();
  // The engine is up when it has said what it runs on: long before a person has chosen a file.
  await page.getByRole('contentinfo').getByText('threads').waitFor();
  const close = async () => {
    await app.close();
    fs.rmSync(userData, { recursive: true, force: true });
  };
  return { app, page, userData, close };
}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(2)} s`;
export const say = (name, value) => console.log(`${name.padEnd(58)}${value}`);

const isEngine = (command) => command.includes('--utility-sub-type=node.mojom.NodeService');

/** Processes of the application, by their command lines. */
function processes(userData, only) {
  return fs.readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return false;
    try {
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return command.includes(userData) && command.includes('electron') && only(command);
    } catch {
      // It ended while we looked.
      return false;
    }
  });
}

/** The engine's process: the utility process that runs Node. */
export function enginePid({ userData }) {
  const [pid] = processes(userData, isEngine);
  if (pid === undefined) throw new Error('The engine process was not found.');
  return Number(pid);
}

export function engineMemory(window) {
  return memoryOf(enginePid(window));
}

/** Of the process that draws the page. */
export function pageMemory({ userData }) {
  return processes(userData, (command) => command.includes('--type=renderer'))
    .map(memoryOf)
    .join('; ');
}

function memoryOf(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (key) => Math.round(Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return `${read('VmRSS')} MiB now, ${read('VmHWM')} MiB at its peak`;
}

/** The longest and the 99th percentile frame while `act` runs, by the page's own clock. */
export async function frames(page, act) {
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

/** Scrolls the review table by the wheel, then by its bar. */
export async function scroll(page, grid) {
  await grid.hover();
  say(
    'scrolling by the wheel, 200 steps',
    await frames(page, async () => {
      for (let i = 0; i < 200; i++) await page.mouse.wheel(0, 240);
    }),
  );
  say(
    'jumping through the whole table by its scroll bar, 40 steps',
    await frames(page, async () => {
      for (let i = 1; i <= 40; i++) {
        await grid.evaluate((element, share) => {
          element.scrollTop = share * element.scrollHeight;
        }, i / 41);
        // A step every 40 ms, as a hand drags the bar.
        await page.waitForTimeout(40);
      }
    }),
  );
}
