import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, lastLines, run } from './run.mjs';
import { SetupError } from './setupError.mjs';

let folder;
const before = process.env.ASSAY_CACHE;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'assay-run-'));
  process.env.ASSAY_CACHE = folder;
});
afterEach(async () => {
  if (before === undefined) delete process.env.ASSAY_CACHE;
  else process.env.ASSAY_CACHE = before;
  await fs.rm(folder, { recursive: true, force: true });
});

const node = (script, options) => run(process.execPath, ['-e', script], { log: 'test', seconds: 30, ...options });

it('gives standard output and keeps both outputs in a log', async () => {
  expect(await node('console.log("out"); console.error("err")')).toBe('out\n');
  const log = await fs.readFile(path.join(folder, 'logs', 'test.log'), 'utf8');
  expect(log).toContain('out');
  expect(log).toContain('err');
});

it('says what failed, with the last lines and where the log is', async () => {
  const error = await node('console.error("no route"); process.exit(3)').catch((reason) => reason);
  expect(error).toBeInstanceOf(SetupError);
  expect(error.message).toContain('exit code 3');
  expect(error.message).toContain('no route');
  expect(error.advice).toContain(path.join(folder, 'logs', 'test.log'));
});

it('says that a command was not found', async () => {
  await expect(run('assay-no-such-command', [], { log: 'test' })).rejects.toThrow('was not found');
});

it('ends a command that takes too long', async () => {
  await expect(node('setInterval(() => {}, 1000)', { seconds: 0.5 })).rejects.toThrow('took longer than 0.5 s');
});

it('ends a download that gets no data, together with what it started', async () => {
  const script = `
    const { spawn } = require('child_process');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    require('fs').writeFileSync(${JSON.stringify(path.join(folder, 'pid'))}, String(child.pid));
    setInterval(() => {}, 1000);`;
  const stalled = node(script, { stall: { folders: [path.join(folder, 'download')], seconds: () => 1 } });
  await expect(stalled).rejects.toThrow('got no data for 1 s');
  const pid = Number(await fs.readFile(path.join(folder, 'pid'), 'utf8'));
  await expect.poll(() => isRunning(pid)).toBe(false);
});

it('lets a download go on as long as data arrives', async () => {
  const growing = path.join(folder, 'download');
  await fs.mkdir(growing);
  const script = `
    const fs = require('fs');
    let ticks = 0;
    const timer = setInterval(() => {
      fs.appendFileSync(${JSON.stringify(path.join(growing, 'file'))}, 'data');
      if (++ticks === 8) { clearInterval(timer); console.log('complete'); }
    }, 500);`;
  expect(await node(script, { stall: { folders: [growing], seconds: () => 2 } })).toBe('complete\n');
});

/** A process that has ended but has not been waited for yet still answers signals on Linux: look at its state there. */
async function isRunning(pid) {
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) return !/\) [ZX] /.test(stat);
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it('asks quick questions without failing', async () => {
  expect(await ask(process.execPath, ['-p', '6 * 7'])).toBe('42\n');
  expect(await ask('assay-no-such-command', [])).toBeUndefined();
  expect(await ask(process.execPath, ['-e', 'process.exit(1)'])).toBeUndefined();
});

it('strips colours and blank lines from what it quotes', () => {
  expect(lastLines('one\n\n\u001b[31mtwo\u001b[0m\r\nthree\n', 2)).toBe('    two\n    three');
});
