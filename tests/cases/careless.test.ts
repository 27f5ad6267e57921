import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from '../cli/builtCli';

/**
 * Commands that a person types in haste, or that somebody prepared: each ends in words before the work begins, and
 * leaves nothing.
 */

const folder = mkdtempSync(join(tmpdir(), 'assay-cases-careless-'));
const at = (...names: string[]): string => join(folder, ...names);
const data = at('data.csv');
const fast = ['--label', 'label', '--l2', '0.01', '--backend', 'float64'];
const project = at('done.assay');
let cli: BuiltCli;

beforeAll(async () => {
  const random = createRandom(3);
  const rows = Array.from({ length: 60 }, (_, row) => `r${row},${(random.normal() + (row % 2)).toFixed(3)},${row % 2}`);
  writeFileSync(data, `id,x,label\n${rows.join('\n')}\n`);
  symlinkSync(data, at('link.csv'));
  symlinkSync(at('gone'), at('nowhere'));
  execFileSync('mkfifo', [at('pipe')]);
  cli = await buildCli();
  const run = await cli.run('audit', data, ...fast, '--out', at('done'), '--project', project);
  expect(run.stderr).not.toMatch(/^assay:/m);
  expect(run.code).toBe(0);
}, 180_000);
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('a reader that goes away', () => {
  it.each(['stdout', 'stderr'] as const)('does not end the work: %s', async (stream) => {
    const out = at(`without-${stream}`);
    const close = (child: ChildProcess): void => void child[stream]?.destroy();
    const run = await cli.watch(/columns:/, close, 'audit', data, ...fast, '--out', out);
    expect([run.code, run.signal]).toEqual([0, null]);
    expect(readdirSync(out)).toContain('manifest.json');
  });

  it.runIf(existsSync('/dev/full'))('is told apart from a disk that is full', () => {
    const full = openSync('/dev/full', 'w');
    const run = spawnSync(process.execPath, [cli.entry, '--help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(run.stderr).toMatch(/could not be printed: ENOSPC/);
    expect(run.stderr).not.toMatch(/^ +at /m);
    expect(run.status).toBe(1);
  });
});

describe('a command that cannot work', () => {
  let before: string[];
  beforeEach(() => {
    before = readdirSync(folder);
  });

  const audit = ['audit', data, ...fast];
  it.each<[string, RegExp, number, string[]]>([
    ['no name for the results', /'--out <dir>' argument '' is invalid\. It is empty/, 2, [...audit, '--out', '']],
    [
      'no name for the project',
      /--project <dir>' argument '' is invalid/,
      2,
      [...audit, '--out', at('o'), '--project='],
    ],
    [
      'no name for problems',
      /--problems <file>' argument '' is invalid/,
      2,
      [...audit, '--out', at('o'), '--problems='],
    ],
    ['no name for the data', /value '' is invalid for argument 'data'/, 2, ['audit', '', ...fast, '--out', at('o')]],
    ['no name for a removal file', /argument '' is invalid/, 2, ['verify', '--project', project, '--remove', '']],
    ['a file as a folder', /data\.csv is a file, not a folder/, 2, [...audit, '--out', data]],
    ['a folder in a file', /data\.csv is a file, not a folder/, 2, [...audit, '--out', join(data, 'in', 'it')]],
    [
      'results in the new project',
      /--out lies in the folder of --project/,
      2,
      [...audit, '--out', at('p', 'o'), '--project', at('p')],
    ],
    [
      'problems in the new project',
      /--problems lies in the folder of --project/,
      2,
      [...audit, '--out', at('o'), '--project', at('p'), '--problems', at('p', 'x.csv')],
    ],
    [
      'problems in place of the results',
      /--problems and --out have the same name/,
      2,
      [...audit, '--out', at('o'), '--problems', at('.', 'o')],
    ],
    [
      'validation by the data',
      /--validation names the data file itself/,
      2,
      [...audit, '--out', at('o'), '--validation', data],
    ],
    [
      'validation by a link to the data',
      /--validation names the data file itself/,
      2,
      [...audit, '--out', at('o'), '--validation', at('link.csv')],
    ],
    [
      'a pipe that nobody writes to',
      /--remove: .*pipe is a pipe or a device/,
      2,
      ['verify', '--project', project, '--remove', at('pipe')],
    ],
    [
      'a removal file without an end',
      /\/dev\/zero is a pipe or a device/,
      2,
      ['verify', '--project', project, '--remove', '/dev/zero'],
    ],
    ['a folder of removals', /--remove: .* is a folder/, 2, ['verify', '--project', project, '--remove', folder]],
    [
      'two roles for a column',
      /--label and --split both name the column “label”/,
      2,
      [...audit, '--out', at('o'), '--split', 'label'],
    ],
  ])('says why: %s', async (_, message, code, args) => {
    const run = await cli.run(...args);
    expect(run.stderr).toMatch(message);
    expect(run.stdout).toBe('');
    expect(run.code).toBe(code);
    expect(readdirSync(folder)).toEqual(before);
  });

  it.runIf(existsSync('/proc/self'))(
    'ends where the system makes no folders',
    async () => {
      for (const command of [
        ['export', '--project', project, '--out', '/proc/assay'],
        ['export', '--project', project, '--out', '/proc/assay/in/it'],
        ['influence', '--project', project, '--out', '/proc/assay/in.csv'],
        ['fidelity', '--project', project, '--lds', '0', '--repeats', '1', '--sizes', '5%', '--out', '/proc/assay'],
        [...audit, '--out', at('o'), '--project', '/proc/assay/in/it'],
        [...audit, '--out', at('nowhere', 'in')],
      ]) {
        const run = await cli.run(...command);
        expect(run.stderr).toMatch(/the system allows none there|is a link that leads nowhere/);
        expect(run.code).toBeGreaterThan(0);
        expect(readdirSync(folder)).toEqual(before);
      }
    },
    60_000,
  );
});
