import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from '../cli/builtCli';

let folder: string;
let cli: BuiltCli;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-wide-'));
  cli = await buildCli();
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface WideTable {
  readonly rows: number;
  readonly classes: number;
  readonly names: readonly string[];
  readonly decimals: number;
  /** What the cell of a column is moved by in the rows of a class. */
  readonly shift: (column: number, label: number) => number;
}

/** Normal numbers, classes A, B, … by turns. @returns the file */
function writeTable(name: string, { rows, classes, names, decimals, shift }: WideTable): string {
  const random = createRandom(23);
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = row % classes;
    const cells = names.map((_name, column) => (random.normal() + shift(column, label)).toFixed(decimals));
    return [String.fromCharCode(65 + label), ...cells].join(',');
  });
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, `${['label', ...names].join(',')}\n${lines.join('\n')}\n`);
  return file;
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, column) => `g${column}`);
/** Every twentieth column tells something. */
const someSignal = (column: number, label: number): number => (column % 20 === 0 ? 1.2 * label : 0);

const manifestSchema = z.object({
  columns: z.array(z.object({ name: z.string(), role: z.string() })),
  input: z.object({ rows: z.int(), rowIssues: z.int() }),
  audit: z.object({
    head: z.object({ features: z.int(), classes: z.array(z.string()) }),
    leaveOneOut: z.object({ loss: z.number(), accuracy: z.number() }),
  }),
});

/** Audits a file by its column `label`, and reads what was written. */
async function audit(file: string, ...args: readonly string[]) {
  const out = `${file}-out`;
  const run = await cli.run('audit', file, '--label', 'label', ...args, '--out', out);
  expect(`${run.code}: ${run.code === 0 ? '' : run.stderr}`).toBe('0: ');
  const [header = '', ...lines] = readFileSync(join(out, 'scores.csv'), 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  // Reasons, the last column, may hold commas: what is read of a line stands before them.
  const scores = lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, k) => [names[k] ?? 'reasons', cell])),
  );
  return { run, scores, manifest: manifestSchema.parse(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))) };
}

const always = ['suspicion', 'loss', 'probability'];
const ofTraining = [
  'loo_probability',
  'loo_loss',
  'leverage',
  'self_influence_if',
  'self_influence_rif',
  'val_loss_if',
  'val_loss_rif',
];

function expectFigures(scores: Awaited<ReturnType<typeof audit>>['scores']): void {
  for (const score of scores) {
    for (const name of score['split'] === 'train' ? [...always, ...ofTraining] : always) {
      expect(`${name} ${score[name] === '' ? 'blank' : Number.isFinite(Number(score[name]))}`).toBe(`${name} true`);
    }
  }
  expect(new Set(scores.map((score) => score['rank'])).size).toBeGreaterThan(1);
}

describe('many features, few rows (case 23)', () => {
  it.each([
    [60, 1_000, 3],
    [60, 5_000, 2],
    [40, 2_000, 5],
  ])(
    'audits %i rows of %i features and %i classes with all of them, by finite figures',
    async (rows, features, classes) => {
      const names = numbered(features);
      const file = writeTable(`${rows}x${features}x${classes}`, {
        rows,
        classes,
        names,
        decimals: 3,
        shift: someSignal,
      });
      const { run, scores, manifest } = await audit(file);
      expect(manifest.audit.head).toMatchObject({
        features,
        classes: ['A', 'B', 'C', 'D', 'E'].slice(0, classes),
      });
      expect(manifest.columns.filter(({ role }) => role === 'feature').map(({ name }) => name)).toEqual(names);
      expect(run.stdout).toContain(`${rows} rows, ${classes} classes, ${features.toLocaleString('en')} features`);
      expect(scores).toHaveLength(rows);
      expectFigures(scores);
      expect(manifest.audit.leaveOneOut.accuracy).toBeGreaterThan(1.2 / classes);
    },
    120_000,
  );
});

describe('a header longer than any sample (case 05)', () => {
  const names = Array.from({ length: 4_500 }, (_, column) => `gene_ENSG${String(column).padStart(9, '0')}`);
  it('knows its last columns by name, and audits by two of them alone', async () => {
    const shift = (column: number, label: number): number => (column < 4_450 ? 0 : label === 0 ? -1.5 : 1.5);
    const file = writeTable('header', { rows: 120, classes: 2, names, decimals: 1, shift });
    const { run, scores, manifest } = await audit(file, '--features', names.slice(-2).join());
    expect(manifest.columns).toHaveLength(4_501);
    expect(manifest.columns.filter(({ role }) => role === 'feature').map(({ name }) => name)).toEqual(names.slice(-2));
    expect(manifest.input).toEqual({ rows: 120, rowIssues: 0 });
    expect(run.stdout).toContain('120 rows, 2 classes, 2 features');
    expect(manifest.audit.leaveOneOut.accuracy).toBeGreaterThan(0.8);
    expectFigures(scores);
  }, 120_000);
});
