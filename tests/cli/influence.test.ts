import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-influence-'));
const at = (name: string): string => join(folder, name);
const data = [at('data.csv'), '--label', 'label', '--id', 'name', '--ignore', 'town'] as const;
let cli: BuiltCli;

beforeAll(async () => {
  const random = createRandom(3);
  const lines = ['name,a,b,town,label'];
  for (let i = 0; i < 120; i++) {
    const side = i % 2;
    const label = random.uniform() < 0.1 ? 1 - side : side;
    const [a, b] = [random.normal() + 1.5 * side, random.normal() - side];
    lines.push(`r${i},${a.toFixed(3)},${b.toFixed(3)},${i % 3 === 0 ? 'Ulm' : 'Bonn'},${label === 1 ? 'yes' : 'no'}`);
  }
  writeFileSync(at('data.csv'), `${lines.join('\n')}\n`);
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('assay influence', () => {
  it('writes the effects that the audit has, and those on other measures', async () => {
    const audit = await cli.run('audit', ...data, '--out', at('audit'), '--project', at('data.assay'));
    expect(audit.code).toBe(0);
    const measures = [
      '--measure',
      'validation_loss,validation_accuracy',
      '--measure',
      'slice:town=Ulm',
      '--measure',
      'margin:3',
    ];
    const run = await cli.run(
      'influence',
      '--project',
      at('data.assay'),
      ...measures,
      '--out',
      at('effects.csv'),
      '--json',
    );
    expect(run.code).toBe(0);
    const [header, ...lines] = readFileSync(at('effects.csv'), 'utf8').trim().split('\n');
    const names = header.split(',');
    expect(names).toEqual([
      'row',
      'id',
      ...['validation_loss', 'validation_accuracy', 'loss_of_town=Ulm', 'margin_3'].flatMap((name) => [
        `${name}_if`,
        `${name}_rif`,
      ]),
    ]);
    expect(JSON.parse(run.stdout)).toMatchObject({ rows: lines.length, columns: names.slice(2) });
    const [scoreHeader, ...scores] = readFileSync(at('audit/scores.csv'), 'utf8').trim().split('\n');
    const rif = scoreHeader.split(',').indexOf('val_loss_rif');
    const audited = new Map(scores.map((line) => line.split(',')).map((cells) => [cells[0], cells[rif]]));
    for (const line of lines) {
      const cells = line.split(',');
      expect(cells[1]).toBe(`r${cells[0]}`);
      expect(Math.abs(Number(cells[3]) - Number(audited.get(cells[0])))).toBeLessThan(1e-9);
    }
  });

  it('writes Parquet, with other attributions, from a data file', async () => {
    const out = at('deep/effects.parquet');
    const run = await cli.run(
      'influence',
      ...data,
      '--method',
      'rif',
      '--attribution',
      'self,representer',
      '--out',
      out,
    );
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/96 training rows; positive = removing the row raises/);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(`SELECT * FROM read_parquet('${out}')`);
    expect(read.columnNames()).toEqual([
      'row',
      'id',
      'validation_loss_rif',
      'self_influence_if',
      'self_influence_rif',
      'validation_loss_representer',
    ]);
    expect(read.getRows()).toHaveLength(96);
    connection.closeSync();
  });

  it('applies the inverse Hessian by another method, and says how far off it is', async () => {
    const run = await cli.run('influence', ...data, '--ihvp', 'diagonal', '--out', at('diagonal.csv'), '--json');
    expect(run.code).toBe(0);
    const { notes } = JSON.parse(run.stdout) as { notes: string[] };
    expect(notes.join(' ')).toMatch(/residual/);
    expect((await cli.run('influence', ...data, '--rank', '5', '--out', at('no.csv'))).code).toBe(2);
  });

  it.each([
    [['--measure', 'accuracy'], /is not one of validation_loss/],
    [['--measure', 'margin:5000'], /no row 5000; the rows are 0 to 119/],
    [['--measure', 'slice:town=Rom'], /no labelled validation row has “Rom”/],
    [['--method', 'newton'], /--method: “newton” is not one of if, rif/],
  ])('refuses %j with exit code 2 and writes nothing', async (args, message) => {
    const { code, stderr } = await cli.run('influence', ...data, ...args, '--out', at('no.csv'));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('no.csv'))).toBe(false);
  });
});

describe('assay subset', () => {
  it('finds a set whose removal lowers the validation loss, verified', async () => {
    const run = await cli.run('subset', ...data, '--size', '5', '--method', 'greedy-rif', '--verify', '--json');
    expect(run.code).toBe(0);
    const found = JSON.parse(run.stdout) as { rows: number[]; actual: number; predicted: { newton: number } };
    expect(new Set(found.rows).size).toBe(5);
    expect(found.actual).toBeLessThan(0);
    expect(found.predicted.newton).toBeCloseTo(found.actual, 2);
  });

  it('finds a set that flips a prediction', async () => {
    const run = await cli.run('subset', ...data, '--flip', '7');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/row 7 is predicted “(yes|no)”/);
    expect(run.stdout).toMatch(/without \d+ rows(, itself among them,)? it is predicted “(yes|no)” \(retrained\)/);
  });

  it('asks for either a size or a row', async () => {
    expect((await cli.run('subset', ...data)).code).toBe(2);
    expect((await cli.run('subset', ...data, '--size', '5', '--measure', 'validation_accuracy')).stderr).toMatch(
      /has no gradient/,
    );
  });
});
