import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli, type CliRun } from '../cli/builtCli';

/** Sequences that recolour, move, retitle, ask, and reorder, wherever a file or a command line can hold them. */
const ansi = '\u001b[31m\u001b[2J\u001b]0;title\u0007\u009b1A\u0008\u007f';
const bidi = '\u202eevil\u202c\u2066\u200f\u061c\u200b\ufeff.';
const raw = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
// One control character a row and no more: a file of many is refused as no text.
const labels = ['good \u001b[31m or so', `bad${bidi}`];
const idColumn = `id${bidi}`;
const labelColumn = `label${ansi}`;

let folder: string;
let data: string;
let project: string;
let cli: BuiltCli;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-terminal-'));
  data = join(folder, `ta${bidi}\u001b[1mble.csv`);
  project = join(folder, `pro\u001b[31mject.assay`);
  const random = createRandom(3);
  const lines = Array.from({ length: 120 }, (_, row) => {
    const label = row % 2;
    const x = random.normal() + 2 * label;
    const group = row === 5 ? `gr${ansi}` : 'a plain group';
    return `r${row}${row === 3 ? bidi : ''},${x.toFixed(4)},${random.normal().toFixed(4)},${group},${labels[row === 7 ? 1 - label : label]}`;
  });
  writeFileSync(data, `${idColumn},x,y${ansi},group${bidi},${labelColumn}\n${lines.join('\n')}\n1,2\n`);
  cli = await buildCli();
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

function expectQuiet(run: CliRun, code: number): void {
  expect(`${run.code ?? run.signal}: ${run.stderr}`).toMatch(new RegExp(`^${code}:`));
  for (const stream of [run.stdout, run.stderr]) {
    expect(stream.replace(/\n/g, '')).not.toMatch(raw);
    for (const line of stream.split('\n')) expect(line.length).toBeLessThan(25_000);
  }
}

const columns = (): string[] => ['--label', labelColumn, '--id', idColumn];

describe('text of the data on the terminal', () => {
  it('audit: labels, columns, paths and problems', async () => {
    const out = join(folder, `out${bidi}`);
    const run = await cli.runAlone('audit', data, ...columns(), '--project', project, '--out', out);
    expectQuiet(run, 0);
    expect(run.stdout).toContain('⟨U+202E⟩');
    // The files are data: they have the labels as they are.
    expect(readFileSync(join(out, 'scores.csv'), 'utf8')).toContain(labels[0]);
  }, 60_000);

  it('audit --json: the same values, escaped', async () => {
    const run = await cli.runAlone('audit', data, ...columns(), '--out', join(folder, 'json'), '--json');
    expectQuiet(run, 0);
    const { audit } = JSON.parse(run.stdout) as { audit: { head: { classes: string[] } } };
    expect([...audit.head.classes].sort()).toEqual([...labels].sort());
  }, 60_000);

  it.each<readonly [string, number, readonly string[]]>([
    ['verify', 0, ['verify', '--top', '3', '--repeats', '2']],
    ['influence', 2, ['influence', '--out', 'OUT.csv', '--measure', `slice:${idColumn}=r${ansi}1`]],
    ['subset', 0, ['subset', '--size', '3']],
    ['subset --flip', 0, ['subset', '--flip', '1']],
    ['export', 0, ['export', '--out', `OUT${bidi}`]],
    ['export to a bad place', 2, ['export', '--out', `DATA/${ansi}`]],
    ['fidelity', 0, ['fidelity', '--out', `OUT${ansi}f`, '--repeats', '1', '--lds', '0', '--sizes', '0.05']],
    ['a removal file', 2, ['verify', '--remove', 'REMOVE']],
  ])(
    '%s',
    async (_name, code, args) => {
      const removal = join(folder, 'remove.txt');
      writeFileSync(removal, `r1${ansi}\n${bidi}\n`);
      const filled = args.map((arg) => {
        if (arg.startsWith('OUT')) return join(folder, arg);
        return arg === 'REMOVE' ? removal : arg.replace(/^DATA/, data);
      });
      expectQuiet(await cli.runAlone(...filled, '--project', project), code);
    },
    60_000,
  );

  it.each([
    ['a file that is not there', [`/nowhere/${ansi}\n${bidi}.csv`]],
    ['a column that is not there', ['DATA', '--label', `no${ansi}${bidi}\nsuch`]],
    ['an option that is not there', ['DATA', `--no${ansi}${bidi}`]],
    ['a value that is not allowed', ['DATA', '--head', `${ansi}${bidi}`]],
  ])(
    'audit, %s',
    async (_name, args) => {
      const run = await cli.runAlone(
        'audit',
        ...args.map((arg) => (arg === 'DATA' ? data : arg)),
        '--out',
        join(folder, 'x'),
      );
      expectQuiet(run, 2);
      expect(run.stderr).toMatch(/\\x1b/);
    },
    60_000,
  );

  it('a command that is not there', async () => {
    expectQuiet(await cli.runAlone(`au${ansi}dit${bidi}`), 2);
  }, 60_000);
});
