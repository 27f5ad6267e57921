import fs from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { readJson } from './files.mjs';
import { SetupError } from './setupError.mjs';

const heartbeatSeconds = 5;
const staleSeconds = 60;
const waitLimitSeconds = 60 * 60;

/**
 * Runs `work` while holding the lock file, so that two set-ups never write the same cache at once.
 * A lock whose owner is gone (its process ended, or its heartbeat stopped) is taken over.
 */
export async function withLock(file, work, onWait = () => {}) {
  await fs.mkdir(path.dirname(file), { recursive: true });
  await acquire(file, onWait);
  const heartbeat = setInterval(() => {
    const now = new Date();
    fs.utimes(file, now, now).catch(() => {});
  }, heartbeatSeconds * 1000);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await fs.rm(file, { force: true });
  }
}

async function acquire(file, onWait) {
  const deadline = Date.now() + waitLimitSeconds * 1000;
  let said = false;
  for (;;) {
    try {
      await fs.writeFile(file, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(file)) {
      await takeAway(file);
      continue;
    }
    if (Date.now() > deadline) {
      throw new SetupError(
        `Another set-up has held ${file} for an hour.`,
        'If none is running, delete that file and try again.',
      );
    }
    if (!said) onWait();
    said = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/**
 * Removes an abandoned lock. Another waiter may have replaced it since we looked: what was moved away is looked at
 * again, and put back when its owner is alive.
 */
async function takeAway(file) {
  const aside = `${file}.${process.pid}.stale`;
  await fs.rename(file, aside).catch(() => {});
  if (!(await isAbandoned(aside))) await fs.link(aside, file).catch(() => {});
  await fs.rm(aside, { force: true });
}

async function isAbandoned(file) {
  const stat = await fs.stat(file).catch(() => undefined);
  if (!stat) return true;
  const silence = (Date.now() - stat.mtimeMs) / 1000;
  const owner = await readJson(file);
  // An owner that has just created the file may not have written its name yet.
  if (!owner) return silence > heartbeatSeconds;
  if (owner.host === hostname() && !isAlive(owner.pid)) return true;
  return silence > staleSeconds;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
