import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from '../cli/builtCli';
import { average, casePath, readValues } from './readValues';

/** The cells of a column of a case file, without its quotes. */
function cellsOf(path: string, name: string): string[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const at = header.split(',').indexOf(name);
  return lines.map((line) => (line.match(/"[^"]*"|[^,]+|(?<=,|^)(?=,|$)/g)?.[at] ?? '').replace(/"/g, ''));
}

describe('numbers with signs around them', () => {
  it.each([
    ['07-percent-money/percent.csv', '%', (cell: string) => Number(cell.replace('%', ''))],
    ['07-percent-money/dollar.csv', '$', (cell: string) => Number(cell.replace(/[$,]/g, ''))],
    ['07-percent-money/euro.csv', '€', (cell: string) => Number(cell.replace(' €', ''))],
  ] as const)('%s: share is a number in %s', async (file, unit, plain) => {
    const path = casePath(file);
    const read = await readValues(path);
    const { type, role, reading, missing } = read.column('share');
    expect({ type, role, unit: reading?.unit, missing }).toEqual({ type: 'number', role: 'feature', unit, missing: 0 });
    const cells = cellsOf(path, 'share');
    expect(read.mean('share')).toBeCloseTo(average(cells.map(plain)), 9);
    expect(read.told).toContain(`share is in ${unit} (“${read.column('share').range?.[0] ?? ''}” reads`);
    expect(read.issues).toEqual([]);
  });

  it('09: U+2212 is a minus', async () => {
    const path = casePath('09-minus-nbsp/minus.csv');
    const read = await readValues(path);
    expect(read.column('change')).toMatchObject({ type: 'number', role: 'feature', missing: 0 });
    const numbers = cellsOf(path, 'change').map((cell) => Number(cell.replace('\u2212', '-')));
    expect(numbers.some((value) => value < 0)).toBe(true);
    expect(read.mean('change')).toBeCloseTo(average(numbers), 12);
  });
});

describe('missing markers', () => {
  it.each([
    ['excel', '#N/A'],
    ['pandas', '<NA>'],
    ['sas', '.'],
  ])('08 %s: cells with %s are missing in a column of numbers', async (file, marker) => {
    const path = casePath(`08-missing-markers/${file}.csv`);
    const read = await readValues(path);
    const cells = cellsOf(path, 'dose');
    const numbers = cells.filter((cell) => cell !== marker).map(Number);
    expect(read.column('dose')).toMatchObject({
      type: 'number',
      role: 'feature',
      missing: cells.length - numbers.length,
      distinct: new Set(numbers).size,
    });
    expect(read.mean('dose')).toBeCloseTo(average(numbers), 12);
    expect(read.told).toContain(`“${marker}” in ${cells.length - numbers.length} cells of dose`);
    expect(read.pipeline.features.map(({ name }) => name)).toContain('dose is missing');
  });
});

describe('row numbers', () => {
  it('04: the nameless index of a data frame is the id', async () => {
    const plain = await readValues(casePath('04-nameless-index/clean.csv'));
    const read = await readValues(casePath('04-nameless-index/pandas.csv'));
    expect(read.columns[0]).toMatchObject({ role: 'id', reason: 'counts the rows from 0 to 149' });
    expect(read.pipeline.features).toEqual(plain.pipeline.features);
    expect(read.told).toContain('Row numbers are no features: column 1');
  });
});

describe('numbers of any size', () => {
  it('14 huge: 1e200 is scaled as any number', async () => {
    const path = casePath('14-magnitude/huge.csv');
    const read = await readValues(path);
    const numbers = cellsOf(path, 'likelihood').map((cell) => Number(cell) / 1e200);
    expect(read.mean('likelihood') / 1e200).toBeCloseTo(average(numbers), 12);
    const scaled = read.features.map(([value]) => value);
    expect(average(scaled)).toBeCloseTo(0, 9);
    expect(average(scaled.map((value) => value ** 2))).toBeCloseTo(1, 9);
  });

  it('14 sentinel: 1.8e308 is no number, and said to be none', async () => {
    const path = casePath('14-magnitude/sentinel.csv');
    const read = await readValues(path);
    const numbers = cellsOf(path, 'dose')
      .map(Number)
      .filter((value) => value < 1e300);
    expect(read.mean('dose')).toBeCloseTo(average(numbers), 12);
    expect(read.told).toMatch(/2 cells of dose .*“1\.7976931348623157e\+308” in line 22/);
  });
});

describe('on the command line', () => {
  let cli: BuiltCli;
  let folder: string;
  beforeAll(async () => {
    cli = await buildCli();
    folder = mkdtempSync(join(tmpdir(), 'assay-values-'));
  });
  afterAll(() => {
    cli.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const audit = async (file: string, out: string, ...more: string[]) => {
    const run = await cli.run('audit', casePath(file), '--label', 'label', '--out', join(folder, out), ...more);
    expect(run.code, run.stderr).toBe(0);
    return run;
  };

  it('audits a table with an index as the table without it', async () => {
    const scores = async (file: string, out: string): Promise<string[][]> => {
      await audit(file, out);
      const [, ...lines] = readFileSync(join(folder, out, 'scores.csv'), 'utf8')
        .trim()
        .split('\n');
      // Without the id.
      return lines.map((line) => line.split(',').filter((_, index) => index !== 1));
    };
    expect(await scores('04-nameless-index/pandas.csv', 'index')).toEqual(
      await scores('04-nameless-index/clean.csv', 'clean'),
    );
  });

  it('separates the classes by numbers of 1e200', async () => {
    const { stdout } = await audit('14-magnitude/huge.csv', 'huge', '--json');
    const { audit: summary } = JSON.parse(stdout) as { audit: { leaveOneOut: { accuracy: number } } };
    expect(summary.leaveOneOut.accuracy).toBeGreaterThanOrEqual(0.85);
  });

  it('refuses numbers of 1e200 that are not to be standardised, by the name of their column', async () => {
    const args = ['audit', casePath('14-magnitude/huge.csv'), '--label', 'label', '--no-standardize'];
    const run = await cli.run(...args, '--out', join(folder, 'refused'));
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/likelihood are too large .*“7\.374e200”/);
  });
});
