import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exists } from './files.mjs';
import { withLock } from './lock.mjs';

let folder;
let file;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'assay-lock-'));
  file = path.join(folder, 'setup.lock');
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

it('lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)]);
  expect(most).toBe(1);
  expect(await exists(file)).toBe(false);
});

it('is released when the work fails', async () => {
  await expect(
    withLock(file, () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await withLock(file, async () => 'in')).toBe('in');
});

it('takes over from a process that is gone', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await fs.writeFile(file, JSON.stringify({ pid, host: hostname() }));
  expect(await withLock(file, async () => 'in')).toBe('in');
});

it('takes over from another machine that went silent, but not before', async () => {
  await fs.writeFile(file, JSON.stringify({ pid: 1, host: 'another-machine' }));
  let waited = false;
  const entered = withLock(
    file,
    async () => 'in',
    () => {
      waited = true;
      const longAgo = new Date(Date.now() - 61_000);
      return fs.utimes(file, longAgo, longAgo);
    },
  );
  expect(await entered).toBe('in');
  expect(waited).toBe(true);
});
