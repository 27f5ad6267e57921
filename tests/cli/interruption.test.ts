import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-interrupted-'));
const at = (name: string): string => join(folder, name);
/** Large enough for every stage to be seen from outside. */
const large = at('large.csv');
const small = at('small.csv');
let cli: BuiltCli;

function writeData(file: string, rows: number, features: number): void {
  const random = createRandom(rows);
  const names = Array.from({ length: features }, (_, j) => `x${j}`);
  const lines = [[...names, 'label'].join(',')];
  for (let i = 0; i < rows; i++) {
    const side = i % 2;
    const cells = names.map((_, j) => (random.normal() + (j === 0 ? side : 0)).toFixed(2));
    lines.push([...cells, side === 1 ? 'yes' : 'no'].join(','));
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

beforeAll(async () => {
  writeData(large, 12_000, 20);
  writeData(small, 60, 2);
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

const auditOf = (data: string, name: string): readonly string[] => [
  ...['audit', data, '--label', 'label', '--l2', '0.01'],
  ...['--project', at(`${name}/data.assay`), '--out', at(`${name}-results`)],
];

it.each([
  ['SIGINT', /^reading/m],
  ['SIGTERM', /^features/m],
  ['SIGHUP', /^(fit|influence)/m],
  ['SIGINT', /^neighbours/m],
] as const)('%s while the last line is %s leaves nothing of the project and of the results', async (signal, when) => {
  const run = await cli.interrupt(signal, when, ...auditOf(large, 'interrupted'));
  expect(run.stdout).toBe('');
  // By the signal itself where a native call would have gone on.
  expect(run.code ?? run.signal).toBe(run.code === null ? signal : 130);
  expect(run.stderr.match(/cancelled; nothing was written/g)).toHaveLength(1);
  // Nor of the folder above it, which was made for it.
  expect(existsSync(at('interrupted'))).toBe(false);
  expect(existsSync(at('interrupted-results'))).toBe(false);
});

it('a signal that comes twice, as from a terminal and from npm, is one', async () => {
  const run = await cli.watch(
    /^(fit|influence)/m,
    (child) => {
      child.kill('SIGTERM');
      child.kill('SIGHUP');
      setTimeout(() => child.kill('SIGTERM'), 5);
    },
    ...auditOf(large, 'twice-told'),
  );
  expect(run.stdout).toBe('');
  expect(run.code ?? 130).toBe(130);
  expect(existsSync(at('twice-told'))).toBe(false);
});

it('a second signal ends it at once, and leaves nothing either', async () => {
  const started = createRandom(8);
  for (let round = 0; round < 3; round++) {
    const run = await cli.watch(
      /^(fit|influence|neighbours)/m,
      (child) => {
        child.kill('SIGINT');
        setTimeout(() => child.kill('SIGINT'), 260 + started.integer(200));
      },
      ...auditOf(large, 'impatient'),
    );
    expect(run.code ?? run.signal).toBe(run.code === null ? 'SIGINT' : 130);
    expect(existsSync(at('impatient'))).toBe(false);
    expect(existsSync(at('impatient-results'))).toBe(false);
  }
});

it('a killed command leaves no project, and the next one with the same name succeeds', async () => {
  const project = at('killed/data.assay');
  const killed = await cli.interrupt('SIGKILL', /^(fit|influence|neighbours)/m, ...auditOf(large, 'killed'));
  expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' });
  const opened = await cli.run('verify', '--project', project, '--top', '3');
  expect(opened.code).toBe(2);
  expect(opened.stderr).toMatch(/was never finished.*Run it again/);
  const again = await cli.run(...auditOf(small, 'killed'));
  expect(again.code).toBe(0);
  expect(readdirSync(project).sort()).toEqual(['arrays', 'manifest.json', 'origin.json', 'project.duckdb']);
  expect((await cli.run('verify', '--project', project, '--top', '3', '--repeats', '1')).code).toBe(0);
  // A project that is whole is never cleared.
  const third = await cli.run(...auditOf(small, 'killed'));
  expect(third.code).toBe(2);
  expect(third.stderr).toMatch(/There is a project in .* already/);
  expect(existsSync(join(project, 'manifest.json'))).toBe(true);
});

it('refuses a place where another process is making a project, and does not disturb it', async () => {
  let second: ReturnType<BuiltCli['run']> | undefined;
  const first = cli.watch(
    /^(fit|influence)/m,
    () => (second = cli.runAlone(...auditOf(small, 'twice'))),
    ...[...auditOf(large, 'twice'), '--experts', 'neighbours10'],
  );
  expect((await first).code).toBe(0);
  const refused = await second;
  expect(refused?.code).toBe(1);
  expect(refused?.stderr).toMatch(/A project is being made in .*data\.assay by another program/);
});

it('leaves nothing when the data cannot be audited, and takes an empty folder that is there', async () => {
  mkdirSync(at('failed/data.assay'), { recursive: true });
  const failed = await cli.run(...auditOf(small, 'failed'), '--id', 'nowhere');
  expect(failed.code).toBe(2);
  expect(readdirSync(at('failed/data.assay'))).toEqual([]);
  expect((await cli.run(...auditOf(small, 'failed'))).code).toBe(0);
});

it('keeps its hands off a folder with other files', async () => {
  mkdirSync(at('other/data.assay'), { recursive: true });
  writeFileSync(at('other/data.assay/thesis.tex'), 'x');
  const run = await cli.run(...auditOf(small, 'other'));
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/holds other files/);
  expect(readdirSync(at('other/data.assay'))).toEqual(['thesis.tex']);
});

// Needs a small file system of its own: only root can make one.
it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'leaves nothing on a disk that is full before the audit is done',
  async () => {
    const disk = at('disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    try {
      const run = await cli.run('audit', large, '--project', join(disk, 'a/data.assay'), '--out', at('disk-results'));
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(/The disk that holds .* is full/);
      expect(readdirSync(disk)).toEqual([]);
      expect(existsSync(at('disk-results'))).toBe(false);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  },
);
