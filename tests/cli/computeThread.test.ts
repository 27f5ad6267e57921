import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from './builtCli';

/** Who starts the compute thread, which loads TensorFlow: commands that were found to be in order, and no others. */

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-thread-'));
const at = (name: string): string => join(folder, name);
const data = at('data.csv');
const started = at('started');
let cli: BuiltCli;

beforeAll(async () => {
  writeFileSync(data, `a,b,label\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${'xy'[i % 2]}\n`).join('')}`);
  cli = await buildCli();
  setThread("throw new Error('no thread');");
}, 180_000);

/** In place of the thread another one, which says that it was started. */
function setThread(script: string): void {
  const telling = `require('node:fs').writeFileSync(${JSON.stringify(started)}, '');`;
  writeFileSync(join(dirname(cli.entry), 'compute.js'), `${telling} ${script}`);
}

beforeEach(() => rmSync(started, { force: true }));

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

const label = ['--label', 'label'];

it.each([
  [0, ['--help']],
  [0, ['--version']],
  [0, ['audit', '--help']],
  [2, ['audit', '--nonsense']],
  [2, ['audit', data, '--out', at('out'), '--l2', 'much']],
  [2, ['audit', data, '--out', at('out'), '--project', at('out')]],
  [2, ['audit', at('nowhere.csv'), '--out', at('out')]],
  [2, ['annotators', at('nowhere.csv'), '--annotators', 'a*', '--out', at('out')]],
  [2, ['groups', data, '--by', 'a', '--project', at('nowhere.assay')]],
  [2, ['groups', at('nowhere.csv'), '--by', 'a']],
  [2, ['groups', '--by', 'a', '--project', at('nowhere.assay')]],
  [2, ['verify', '--project', at('nowhere.assay'), '--top', '3']],
  [2, ['export', '--project', at('nowhere.assay'), '--out', at('out')]],
])('%i: %j does not', async (code, args) => {
  const run = await cli.run(...args);
  expect(run.code).toBe(code);
  expect(existsSync(started)).toBe(false);
});

it.each([
  ['audit', data, ...label, '--out', at('out')],
  ['groups', data, ...label, '--by', 'a'],
  ['annotators', data, '--annotators', 'a,b,label', '--out', at('out')],
  ['info'],
])('%s does', async (...args) => {
  expect((await cli.run(...args)).code).toBe(1);
  expect(existsSync(started)).toBe(true);
});

it('a signal ends a command whose thread never comes to answer, and leaves nothing', async () => {
  const forEver = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)';
  setThread(`require('node:worker_threads').parentPort.on('message', () => ${forEver});`);
  const run = await cli.interrupt('SIGINT', /^features/m, 'audit', data, ...label, '--out', at('new/out'));
  expect(existsSync(started)).toBe(true);
  expect(run.code ?? run.signal).toBe('SIGINT');
  expect(run.stderr).toMatch(/cancelled; nothing was written/);
  expect(existsSync(at('new'))).toBe(false);
});
