import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli, type CliRun } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-reading-'));
const at = (name: string): string => join(folder, name);
let cli: BuiltCli;

interface Manifest {
  readonly input: { readonly rows: number; readonly dialect: Record<string, unknown>; readonly said: unknown };
  readonly columns: readonly { readonly name: string; readonly role: string }[];
  readonly settings: unknown;
}

/** 60 rows of two numbers and a label, each line as `write` makes it. */
function makeRows(write: (a: string, b: string, label: string, row: number) => string): string[] {
  const random = createRandom(5);
  return Array.from({ length: 60 }, (_, row) => {
    const label = 'AB'[row % 2];
    return write((random.normal() + (row % 2)).toFixed(2), random.normal().toFixed(2), label, row);
  });
}

function save(name: string, lines: readonly string[]): string {
  writeFileSync(at(name), `${lines.join('\n')}\n`);
  return at(name);
}

async function audit(file: string, ...options: readonly string[]): Promise<CliRun & { manifest: Manifest }> {
  const out = at('out');
  rmSync(out, { recursive: true, force: true });
  const run = await cli.run('audit', file, '--out', out, '--backend', 'float64', ...options);
  const manifest = existsSync(join(out, 'manifest.json'))
    ? (JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest)
    : ({} as Manifest); // Nothing of it is looked at where the command failed.
  return { ...run, manifest };
}

beforeAll(async () => {
  cli = await buildCli();
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('options of reading', () => {
  it('reads as it is told, whatever detection would say, and keeps what was said in the manifest', async () => {
    // A semicolon in every cell of a table with commas: both fit.
    const file = save('both.csv', ['a;x,b;y,label', ...makeRows((a, b, label) => `${a};1,${b};2,${label}`)]);
    const run = await audit(file, '--delimiter', 'comma', '--label', 'label', '--features', 'a;x', '--features', 'b;y');
    expect(run.stderr + run.code).toMatch(/0$/);
    expect(run.manifest.columns.map(({ name, role }) => [name, role])).toEqual([
      ['a;x', 'feature'],
      ['b;y', 'feature'],
      ['label', 'label'],
    ]);
    expect(run.manifest.input.said).toEqual({ delimiter: ',' });
  });

  it('takes no header where it is told so', async () => {
    const file = save('plain.csv', ['a,b,label', ...makeRows((a, b, label) => `${a},${b},${label}`)]);
    const run = await audit(file, '--header', 'no', '--label', 'column 3');
    expect(run.code).toBe(0);
    expect(run.manifest.input.rows).toBe(61);
    expect(run.manifest.input.dialect).toMatchObject({ header: false });
  });

  it('holds for the validation file and for studies', async () => {
    const lines = ['a~b~label', ...makeRows((a, b, label) => `${a}~${b}~${label}`)];
    const [file, validation] = [save('tilde.txt', lines), save('tilde-validation.txt', lines)];
    const told = ['--delimiter', '~', '--label', 'label'];
    const run = await audit(file, ...told, '--validation', validation, '--json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ audit: { validation: { rows: 60 } } });
    const study = await cli.run('subset', file, ...told, '--size', '2', '--json', '--backend', 'float64');
    expect(study.code).toBe(0);
    expect(JSON.parse(study.stdout)).toMatchObject({ rows: expect.arrayContaining([expect.any(Number)]) });
    expect(study.stderr).toContain('note: columns: label label, 2 features');
  });

  it.each([
    [['--delimiter', ''], /comma, tab/],
    [['--encoding', 'koi8-r'], /utf-8.*windows-1252/],
    [['--header', 'perhaps'], /yes or no/],
    [['--skip-lines', '-3'], /0 to 1,000,000/],
    [['--decimal', ';'], /point and comma/],
    [['--delimiter', "'", '--quote', 'single'], /the same character/],
    [['--label', 'lable'], /nearest is “label”/],
  ])('refuses %j with exit code 2 and what is allowed', async (options, message) => {
    const file = save('plain.csv', ['a,b,label', ...makeRows((a, b, label) => `${a},${b},${label}`)]);
    const run = await audit(file, ...options);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(message);
    expect(existsSync(at('out'))).toBe(false);
  });
});

describe('names of columns', () => {
  it('can name whatever a header holds', async () => {
    const names = ['price, net', '-x', 'say "x"', 'label'];
    const header = Papa.unparse([names]);
    const file = save('odd.csv', [header, ...makeRows((a, b, label, row) => `${a},${b},${row % 7}.5,${label}`)]);
    const run = await audit(file, '--label', 'label', '--features', '"price, net",-x', '--features=say "x"');
    expect(run.code).toBe(0);
    expect(run.manifest.columns.map(({ role }) => role)).toEqual(['feature', 'feature', 'feature', 'label']);
    const less = await audit(file, '--label', 'label', '--ignore', 'price, net', '--ignore=-x');
    expect(less.manifest.columns.map(({ role }) => role)).toEqual(['ignore', 'ignore', 'feature', 'label']);
  });
});

describe('messages', () => {
  const makeDamaged = (): string =>
    save('damaged.csv', [
      'key,a,b,note,label',
      ...makeRows((a, b, label, row) =>
        row < 24 && row % 2 === 1 ? `k${row},${a},${b}` : `k${row},${a},${b},${'word '.repeat(3)}${row},${label}`,
      ),
    ]);

  it('says on stderr what the window says: roles with reasons, the first ten problems and their count', async () => {
    const run = await audit(makeDamaged(), '--label', 'label', '--json');
    expect(run.code).toBe(0);
    expect(() => JSON.parse(run.stdout) as unknown).not.toThrow();
    expect(run.stderr).toMatch(/^note: columns: label label.*left out: note \(.*as “word word/m);
    const problems = run.stderr.match(/^warning: line \d+ \(row \d+\).*/gm) ?? [];
    expect(problems).toHaveLength(10);
    expect(problems[0]).toMatch(/^warning: line 3 \(row 1\).*3 cells instead of 5/);
    expect(run.stderr).toMatch(
      /^warning: 12 problems found while reading damaged.csv, the first 10 above; all of them with --problems FILE$/m,
    );
  });

  it('writes all problems to a file, and never over the data', async () => {
    const file = makeDamaged();
    const before = readFileSync(file, 'utf8');
    const run = await audit(file, '--label', 'label', '--problems', at('problems.csv'));
    expect(run.code).toBe(0);
    const { data } = Papa.parse<string[]>(readFileSync(at('problems.csv'), 'utf8').trim());
    expect(data[0]).toEqual(['row', 'line', 'column', 'kind', 'message']);
    expect(data.slice(1).map(([row]) => Number(row))).toEqual(Array.from({ length: 12 }, (_, k) => 2 * k + 1));
    const refused = await audit(file, '--label', 'label', '--problems', file);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/the data file itself/);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('counts rows that repeat, with the id as it was chosen', async () => {
    const rows = makeRows((a, b, label, row) => `${row},${a},${b},${label}`);
    const again = rows.slice(0, 3).map((line, index) => line.replace(/^\d+/, String(60 + index)));
    const file = save('repeated.csv', ['number,a,b,label', ...rows, ...again]);
    const run = await audit(file, '--label', 'label', '--id', 'number');
    expect(run.stderr).toMatch(/^warning: 3 rows repeat another row exactly\.$/m);
  });
});
