import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SeededAudit, seededAuditSchema } from '../../src/contract/seeded';
import { createRandom } from '../../src/core/base/random';
import { shareFound } from '../../src/core/review/plantedFound';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-seeded-'));
const at = (name: string): string => join(folder, name);
let cli: BuiltCli;
/** Rows of clouds.csv whose label is wrong. */
const wrong = new Set<number>();

beforeAll(async () => {
  const random = createRandom(21);
  const lines = ['a,b,c,number,label'];
  for (let row = 0; row < 1400; row++) {
    const side = row % 3;
    const numbers = [0, 1, 2].map((k) => random.normal() + (k === side ? 2.6 : 0));
    const isWrong = random.uniform() < 0.08;
    if (isWrong) wrong.add(row);
    const label = isWrong ? (side + 1 + random.integer(2)) % 3 : side;
    const number = numbers[0] - 2 * numbers[1] + 0.3 * random.normal();
    lines.push(`${numbers.map((value) => value.toFixed(3)).join(',')},${number.toFixed(3)},${'xyz'[label]}`);
  }
  writeFileSync(at('clouds.csv'), `${lines.join('\n')}\n`);
  const digits = readFileSync(join('resources', 'samples', 'digits.csv'), 'utf8').split('\n');
  writeFileSync(at('digits.csv'), `${digits.slice(0, 701).join('\n')}\n`);
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Printed {
  readonly seeded: SeededAudit;
  readonly below: { readonly value: number; readonly low: number; readonly high: number; readonly basis: string };
}

async function seeded(...args: readonly string[]): Promise<Printed> {
  const { code, stdout, stderr } = await cli.run('seeded', ...args, '--json');
  expect(stderr + code).toMatch(/0$/);
  const printed = JSON.parse(stdout) as Printed;
  expect(seededAuditSchema.parse(printed.seeded)).toEqual(printed.seeded);
  return printed;
}

/** Of the wrong rows that train, those with a suspicion of ½ or more. */
function trueRecall(scores: string, isWrong: (row: number, id: string) => boolean): number {
  const [header, ...lines] = readFileSync(scores, 'utf8').trim().split('\n');
  const place = (name: string): number => header.split(',').indexOf(name);
  const cells = lines
    .map((line) => line.split(','))
    .filter((line) => line[place('split')] === 'train' && isWrong(Number(line[0]), line[place('id')]));
  return cells.filter((line) => Number(line[place('suspicion')]) >= 0.5).length / cells.length;
}

describe('assay seeded', () => {
  it('finds planted errors about as often as the wrong labels that are there, and changes nothing', async () => {
    const columns = ['--label', 'label', '--ignore', 'number'];
    const audited = await cli.run(
      'audit',
      at('clouds.csv'),
      ...columns,
      '--project',
      at('clouds.assay'),
      '--out',
      at('out'),
    );
    expect(audited.stderr + audited.code).toMatch(/0$/);
    const { seeded: found, below } = await seeded('--project', at('clouds.assay'), '--seeds', '4');
    const real = trueRecall(at('out/scores.csv'), (row) => wrong.has(row));
    const recall = shareFound(found.copies, 0.5)?.value ?? 0;
    expect(real).toBeLessThan(0.95);
    // Some 90 wrong labels train: one deviation of their recall is 0.04.
    expect(Math.abs(recall - real)).toBeLessThan(0.12);
    expect(found.errors).toBe('confusions');
    const missed = [...wrong].length * (1 - real);
    expect(below.low).toBeLessThanOrEqual(missed);
    expect(below.high).toBeGreaterThanOrEqual(missed * 0.6);
    const suspicion = found.methods.find(({ name }) => name === 'suspicion')?.averagePrecision.mean ?? 0;
    for (const { name, averagePrecision } of found.methods) {
      expect(averagePrecision.mean).toBeGreaterThan(0.1);
      if (name.startsWith('self_influence')) expect(averagePrecision.mean).toBeLessThan(suspicion);
    }
    expect(found.methods.map(({ name }) => name)).toContain('neighbours');

    const exported = await cli.run('export', '--project', at('clouds.assay'), '--out', at('again'));
    expect(exported.stderr + exported.code).toMatch(/0$/);
    expect(readFileSync(at('again/scores.csv'))).toEqual(readFileSync(at('out/scores.csv')));
  }, 120_000);

  it('prints a table for people, and the same numbers for the same seeds', async () => {
    const { code, stdout } = await cli.run('seeded', '--project', at('clouds.assay'), '--seeds', '1', '--share', '0.1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/wrong labels planted in each of 1 copy \(\d+\.\d % of/);
    expect(stdout).toMatch(/suspicion \(Assay\) +\d+ % +\d+ % +0\.\d{3}/);
    expect(stdout).toMatch(/at random +5 % +10 % +0\.\d{3}/);
    expect(stdout).toMatch(/With a suspicion of 0\.5 or more \d+ % of them are found/);
    const bytes = async (): Promise<string> => {
      const { seeded: one } = await seeded('--project', at('clouds.assay'), '--seeds', '1', '--share', '0.1');
      return JSON.stringify({ ...one, id: '', startedAt: '', seconds: 0 });
    };
    expect(await bytes()).toBe(await bytes());
  }, 120_000);

  it('audits a data file first: digits, and labels that are numbers', async () => {
    const digits = await seeded(at('digits.csv'), '--seeds', '1');
    expect(shareFound(digits.seeded.copies, 0.5)?.value).toBeGreaterThan(0.9);
    const columns = ['--label', 'number', '--ignore', 'label'];
    const numbers = await seeded(at('clouds.csv'), ...columns, '--seeds', '1');
    expect(numbers.seeded.errors).toBe('numbers');
    expect(shareFound(numbers.seeded.copies, 0.5)?.value).toBeGreaterThan(0.5);
    expect(numbers.seeded.methods.map(({ name }) => name)).not.toContain('neighbours');
  }, 120_000);

  it('refuses what makes no sense', async () => {
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await cli.run('seeded', ...args);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused()).toContain('either a data file or an audited project');
    expect(await refused('--project', at('clouds.assay'), '--share', '0.9')).toContain('--share is at most 0.3');
    expect(await refused('--project', at('clouds.assay'), '--threshold', '0')).toContain('too few to plant errors');
  });
});
