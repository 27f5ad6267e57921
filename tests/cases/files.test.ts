import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from '../cli/builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cases-files-'));
const at = (...names: string[]): string => join(folder, ...names);
const plain = at('plain.csv');
const fast = ['--label', 'label', '--l2', '0.01', '--backend', 'float64'];
let cli: BuiltCli;

/** As case 11: labels + and −, ids that begin with signs, one label wrong here and there. */
function writeSigned(file: string, idOf: (row: number) => string): string[] {
  const random = createRandom(11);
  const ids: string[] = [];
  const lines = Array.from({ length: 80 }, (_, row) => {
    const side = row % 2;
    ids.push(idOf(row));
    const label = (side === 1) !== (row % 20 === 7) ? '-' : '+';
    const cells = [2 * side + random.normal() / 2, random.normal()].map((value) => value.toFixed(3));
    return Papa.unparse([[ids[row] ?? '', ...cells, label]]);
  });
  writeFileSync(file, `id,x1,x2,label\n${lines.join('\n')}\n`);
  return ids;
}

beforeAll(async () => {
  writeSigned(plain, (row) => `r${row}`);
  cli = await buildCli();
}, 180_000);
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

const shaOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const rowsOf = (path: string): string[][] => Papa.parse<string[]>(readFileSync(path, 'utf8').trim()).data;
const audit = (data: string, out: string, ...more: string[]): ReturnType<BuiltCli['run']> =>
  cli.run('audit', data, ...fast, '--out', out, ...more);

describe('11: labels + and −, ids that begin with a sign', () => {
  it('join with the data, and the ids of the list and of the file name the same rows', async () => {
    const idOf = (row: number): string =>
      ['-k', '@k', '=k', '+k', '＝k', "'=k", '00', 'a,b ', '"q" '][row % 9] + String(row);
    const ids = writeSigned(at('signed.csv'), idOf);
    const project = at('signed.assay');
    const run = await audit(at('signed.csv'), at('signed'), '--id', 'id', '--top', '12', '--project', project);
    expect(run.stderr + run.stdout).not.toMatch(/fault of Assay/);
    expect(run.code).toBe(0);
    const scores = rowsOf(at('signed', 'scores.csv')).slice(1);
    expect(scores.map(([, id]) => id)).toEqual(ids);
    expect(new Set(scores.map((cells) => cells[3]))).toEqual(new Set(['+', '-']));
    const list = rowsOf(at('signed', 'removal_list.csv')).slice(1);
    const wanted = list.map(([row]) => Number(row)).sort((a, b) => a - b);
    expect(list.every(([, id]) => !/^[=+\-@＝]/.test(id ?? ''))).toBe(true);

    const removed = async (name: string, text: string): Promise<number[]> => {
      writeFileSync(at(name), text);
      const verified = await cli.run('verify', '--project', project, '--remove', at(name), '--repeats', '0', '--json');
      expect(verified.stderr).not.toMatch(/^assay:/m);
      return (JSON.parse(verified.stdout) as { rows: number[] }).rows.sort((a, b) => a - b);
    };
    const listed = Papa.unparse(list.map(([, id]) => [id]));
    expect(await removed('whole.csv', readFileSync(at('signed', 'removal_list.csv'), 'utf8'))).toEqual(wanted);
    expect(await removed('listed.txt', `${listed}\n`)).toEqual(wanted);
    expect(await removed('own.txt', `${wanted.map((row) => ids[row]).join('\n')}\n`)).toEqual(wanted);
  });
});

describe('20: paths with any character', () => {
  it.each([
    ['is it a cat?.csv'],
    ['a#b%20c&d=e.csv'],
    ['[x]*{y}\'"`$;|.csv'],
    ['two\nlines\t.csv'],
    ['-n.csv'],
    ['  blanks  .csv'],
    ['ünï-🐈.csv'],
    [`${'x'.repeat(250)}.csv`],
  ])('audits %j as any other file, into folders of such names', async (name) => {
    const place = at(`in ${name.slice(0, 200)}`);
    mkdirSync(place);
    const file = join(place, name);
    copyFileSync(plain, file);
    const run = await audit(
      file,
      join(place, `out ${name.slice(0, 200)}`),
      '--project',
      join(place, `p${name.slice(0, 200)}.assay`),
    );
    expect([run.code, run.stderr.match(/^assay:.*/m)?.[0]]).toEqual([0, undefined]);
    expect(rowsOf(join(place, `out ${name.slice(0, 200)}`, 'scores.csv'))).toHaveLength(81);
    const project = join(place, `p${name.slice(0, 200)}.assay`);
    expect((await cli.run('export', '--project', project, '--out', join(place, 'again?'))).code).toBe(0);
    expect(readdirSync(place)).toHaveLength(4);
  });

  it('says clearly what cannot be: a name that is no UTF-8, one that is too long', async () => {
    execFileSync('sh', ['-c', `cp "$1" "$2/$(printf 'caf\\351').csv"`, 'sh', plain, folder]);
    const raw = readdirSync(folder).find((name) => name.startsWith('caf')) ?? '';
    const run = await audit(at(raw), at('raw'));
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/no UTF-8: rename it/);
    const long = await audit(at(`${'x'.repeat(300)}.csv`), at('raw'));
    expect([long.code, existsSync(at('raw'))]).toEqual([2, false]);
    expect(long.stderr).toMatch(/longer than the system takes/);
  });
});

describe('a command never writes over what it reads', () => {
  type Plant = (data: string, target: string) => void;
  const ways: readonly (readonly [string, Plant])[] = [
    ['a symbolic link', (data, target) => symlinkSync(data, target)],
    ['a hard link', (data, target) => linkSync(data, target)],
  ];

  it.each(ways)('by %s in the results, of any command, whatever is allowed', async (_, plant) => {
    const place = mkdtempSync(at('over-'));
    const data = join(place, 'data.csv');
    const validation = join(place, 'validation.csv');
    copyFileSync(plain, data);
    copyFileSync(plain, validation);
    const before = shaOf(data);
    const targets: readonly (readonly [string, string, readonly string[]])[] = [
      ['scores.csv', data, ['audit', data, '--out']],
      ['manifest.json', validation, ['audit', data, '--validation', validation, '--out']],
      ['fidelity.csv', data, ['fidelity', data, '--out']],
      ['effects.csv', data, ['influence', data, '--out']],
      ['effects.parquet', validation, ['influence', data, '--validation', validation, '--out']],
      ['problems.csv', data, ['audit', data, '--out', join(place, 'elsewhere'), '--problems']],
    ];
    for (const [k, [name, read, command]] of targets.entries()) {
      const out = join(place, `out${k}`);
      mkdirSync(out);
      plant(read, join(out, name));
      const target = /effects|problems/.test(name) ? join(out, name) : out;
      const run = await cli.run(...command, target, ...fast, '--overwrite');
      expect([name, run.code]).toEqual([name, 2]);
      expect(run.stderr).toMatch(/is the (data|validation) file itself/);
      expect(readdirSync(out)).toEqual([name]);
      expect([shaOf(data), shaOf(validation)]).toEqual([before, before]);
    }
  });

  it('by the same path: results named like the data, data named as the output', async () => {
    const place = mkdtempSync(at('same-'));
    const data = join(place, 'cleaned.csv');
    copyFileSync(plain, data);
    const before = shaOf(data);
    for (const command of [
      ['audit', data, '--out', join(place, '.', 'x', '..'), '--overwrite'],
      ['influence', data, '--out', data, '--overwrite'],
      ['audit', data, '--out', join(place, 'out'), '--problems', data, '--overwrite'],
    ]) {
      const run = await cli.run(...command, ...fast);
      expect([run.code, shaOf(data)]).toEqual([2, before]);
      expect(run.stderr).toMatch(/is the data file itself/);
    }
    expect(readdirSync(place)).toEqual(['cleaned.csv']);
  });

  it('nor the source of a project, nor the project itself', async () => {
    const place = mkdtempSync(at('project-'));
    const data = join(place, 'scores.csv');
    copyFileSync(plain, data);
    const project = join(place, 'p.assay');
    expect((await audit(data, join(place, 'out'), '--project', project)).code).toBe(0);
    const before = shaOf(data);
    for (const [out, message] of [
      [place, /is the data file itself/],
      [project, /is an Assay project/],
      [join(project, 'arrays'), /lies in the Assay project/],
    ] as const) {
      const run = await cli.run('export', '--project', project, '--out', out, '--overwrite');
      expect([run.code, shaOf(data)]).toEqual([2, before]);
      expect(run.stderr).toMatch(message);
    }
    const same = await audit(data, join(place, 'q'), '--project', join(place, 'q', '..', 'q'));
    expect([same.code, existsSync(join(place, 'q'))]).toEqual([2, false]);
    expect((await cli.run('verify', '--project', project, '--top', '2', '--repeats', '0')).code).toBe(0);
  });

  it('nor through a planted link, nor over files of others unless told to', async () => {
    const place = mkdtempSync(at('planted-'));
    const out = join(place, 'out');
    mkdirSync(out);
    writeFileSync(join(place, 'elsewhere'), 'precious');
    symlinkSync(join(place, 'elsewhere'), join(out, 'scores.csv'));
    writeFileSync(join(out, 'cleaned.csv'), 'mine');
    const refused = await audit(plain, out);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/cleaned\.csv, scores\.csv.*--overwrite/);
    expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).toBe('mine');
    expect((await audit(plain, out, '--overwrite')).code).toBe(0);
    expect(readFileSync(join(place, 'elsewhere'), 'utf8')).toBe('precious');
    // Its own are replaced, through a link to the folder too.
    symlinkSync(out, join(place, 'link'));
    expect((await audit(plain, join(place, 'link'))).code).toBe(0);
    expect(rowsOf(join(out, 'scores.csv'))).toHaveLength(81);
    expect(readdirSync(dirname(out)).sort()).toEqual(['elsewhere', 'link', 'out']);
  });
});

describe('a project that someone sends', () => {
  it('has no file copied out that it was not made from, and none read', async () => {
    const place = mkdtempSync(at('sent-'));
    const project = join(place, 'p.assay');
    const data = join(place, 'data.csv');
    copyFileSync(plain, data);
    expect((await audit(data, join(place, 'out'), '--project', project)).code).toBe(0);
    // Another file of the same size under the path that the project names.
    writeFileSync(data, 's'.repeat(readFileSync(plain).length));
    const run = await cli.run('export', '--project', project, '--out', join(place, 'leak'));
    expect([run.code, existsSync(join(place, 'leak'))]).toEqual([2, false]);
    expect(run.stderr).toMatch(/has changed since it was read/);
  });
});
