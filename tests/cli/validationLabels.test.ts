import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditSettings, AuditSummary } from '../../src/contract/audit';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-labels-'));
const at = (name: string): string => join(folder, name);
let cli: BuiltCli;

/** Two clouds well apart, a tenth of the labels wrong; every third row validates, by right labels or as the others. */
function writeRows(name: string, rows: number, { heldRight = false, split = true, seed = 3 } = {}): void {
  const random = createRandom(seed);
  const lines = [split ? 'a,b,part,label' : 'a,b,label'];
  for (let i = 0; i < rows; i++) {
    const side = i % 2;
    const held = split && i % 3 === 2;
    const wrong = i % 10 === 4 && !(held && heldRight);
    const cells = [random.normal() + 4 * side, random.normal() - 3 * side].map((value) => value.toFixed(3));
    const label = (side === 1) === wrong ? 'low' : 'high';
    lines.push([...cells, ...(split ? [held ? 'validation' : 'train'] : []), label].join(','));
  }
  writeFileSync(at(name), `${lines.join('\n')}\n`);
}

const bySplit = ['--label', 'label', '--split', 'part'];

async function audit(data: string, out: string, ...options: string[]): Promise<AuditSummary> {
  const run = await cli.run('audit', at(data), '--out', at(out), '--json', ...options);
  expect(run.stderr + String(run.code)).toMatch(/0$/);
  return (JSON.parse(run.stdout) as { readonly audit: AuditSummary }).audit;
}

/** Cells of a column of scores.csv, by row. */
function scoresOf(out: string, column: string): string[] {
  const [header, ...lines] = readFileSync(join(at(out), 'scores.csv'), 'utf8')
    .trim()
    .split('\n');
  const place = header.split(',').indexOf(column);
  return lines.map((line) => line.split(',')[place]);
}

beforeAll(async () => {
  writeRows('data.csv', 300);
  cli = await buildCli();
  await audit('data.csv', 'expected', ...bySplit, '--validation-labels', 'expected', '--project', at('data.assay'));
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Verified {
  readonly measurement: string;
  readonly actual: number;
  readonly validationLabels: string;
  readonly measurements: Readonly<Record<string, { readonly actual: number }>>;
}

describe('--validation-labels', () => {
  it('of an audit is weighted unless it is said otherwise, and stands in the manifest', async () => {
    const weighted = await audit('data.csv', 'weighted', ...bySplit);
    const given = await audit('data.csv', 'given', ...bySplit, '--validation-labels', 'given');
    expect(weighted.settings.validationLabels).toBe('weighted');
    const manifest = JSON.parse(readFileSync(join(at('given'), 'manifest.json'), 'utf8')) as {
      readonly settings: AuditSettings;
    };
    expect(manifest.settings.validationLabels).toBe('given');
    expect(given.validation?.given).toBeUndefined();
    expect(weighted.validation?.given).toEqual({ loss: given.validation?.loss, accuracy: given.validation?.accuracy });
    expect(weighted.validation?.loss).toBeLessThan(0.7 * (given.validation?.loss ?? 0));
    expect(scoresOf('weighted', 'suspicion')).toEqual(scoresOf('given', 'suspicion'));
    expect(scoresOf('weighted', 'val_loss_rif')).not.toEqual(scoresOf('given', 'val_loss_rif'));
  });

  it('of studies is that of the audit, or as they are told', async () => {
    const command = ['verify', '--project', at('data.assay'), '--top', '12'] as const;
    const verify = async (...options: string[]): Promise<Verified> => {
      const run = await cli.run(...command, '--json', ...options);
      expect(run.stderr + String(run.code)).toMatch(/0$/);
      return JSON.parse(run.stdout) as Verified;
    };
    const expected = await verify();
    const given = await verify('--validation-labels', 'given');
    const weighted = await verify('--validation-labels', 'weighted');
    const all = [expected, given, weighted];
    expect(all.map(({ validationLabels }) => validationLabels)).toEqual(['expected', 'given', 'weighted']);
    expect(new Set(all.map(({ measurement }) => measurement))).toEqual(new Set(['validation_loss']));
    expect(expected.actual).toBe(expected.measurements.validation_loss.actual);
    expect(expected.measurements.validation_loss_given).toEqual(given.measurements.validation_loss);
    expect(weighted.measurements.validation_accuracy_given).toEqual(given.measurements.validation_accuracy);
    expect(given.measurements).not.toHaveProperty('validation_loss_given');
    expect(weighted.actual).not.toBe(expected.actual);
    // The most suspicious rows are wrong here, and so are a tenth of the labels that validate.
    expect(weighted.actual).toBeLessThan(0);
    expect(given.actual).toBeGreaterThan(0);
    const { stdout } = await cli.run(...command);
    expect(stdout).toContain('validation labels: each row counts 1 − its suspicion with its label, and its suspicion');
    expect(stdout).toMatch(/! By the given labels the removal raises the validation loss/);
  });

  it('of sets, groups and single rows has the given labels beside it', async () => {
    const run = await cli.run('subset', '--project', at('data.assay'), '--size', '4', '--verify', '--json');
    expect(run.stderr + String(run.code)).toMatch(/0$/);
    const subset = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(subset).toMatchObject({ measurement: 'validation_loss', validationLabels: 'expected' });
    expect(subset.given).toMatchObject({ measurement: 'validation_loss_given' });
    const groups = await cli.run('groups', '--project', at('data.assay'), '--by', 'label', '--verify', '0');
    expect(groups.stdout).toMatch(/given labels +accuracy/);
    const measures = ['--measure', 'validation_loss,validation_loss_given', '--method', 'rif'];
    const written = await cli.run(
      ...['influence', '--project', at('data.assay'), ...measures, '--out', at('effects.csv'), '--json'],
    );
    expect(JSON.parse(written.stdout)).toMatchObject({
      validationLabels: 'expected',
      columns: ['validation_loss_rif', 'validation_loss_given_rif'],
    });
    const asGiven = await cli.run(
      ...['influence', '--project', at('data.assay'), ...measures, '--validation-labels', 'given'],
      ...['--out', at('given.csv'), '--json'],
    );
    expect(JSON.parse(asGiven.stdout)).toMatchObject({ columns: ['validation_loss_rif', 'validation_loss_given_rif'] });
    const alone = await cli.run(
      ...['subset', '--project', at('data.assay'), '--size', '2', '--measure', 'validation_loss_given'],
    );
    expect(alone.stdout).toContain('lower validation_loss_given most');
    expect(alone.stdout).not.toContain('validation labels:');
  });

  it('of a data file is given, which is said, and cannot be otherwise', async () => {
    const study = ['groups', at('data.csv'), '--label', 'label', '--ignore', 'part', '--by', 'part', '--verify', '0'];
    const refused = await cli.run(...study, '--validation-labels', 'weighted');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/needs to know how likely each label is wrong.*--project/);
    const told = await cli.run(...study);
    expect(told.stdout).toContain('validation labels: as given, as no audit has judged them');
  });
});

describe('--validation-clean', () => {
  it('takes the rows that validate at their word, by column or file, and does not list them', async () => {
    writeRows('right.csv', 300, { heldRight: true });
    const clean = await audit('right.csv', 'clean', ...bySplit, '--validation-clean', '--include-validation');
    expect(clean.settings).toMatchObject({ validationClean: true, validationLabels: 'weighted' });
    expect(clean.validation?.loss).toBeCloseTo(clean.validation?.given?.loss ?? NaN, 12);
    const held = scoresOf('clean', 'split').map((part) => part === 'validation');
    expect(scoresOf('clean', 'suspicion').map((cell) => cell === '')).toEqual(held);
    expect(scoresOf('clean', 'rank').map((cell) => cell === '')).toEqual(held);
    writeRows('more.csv', 60, { split: false, seed: 9 });
    writeRows('alone.csv', 200, { split: false });
    const options = ['--label', 'label', '--validation', at('more.csv'), '--validation-clean'];
    const second = await audit('alone.csv', 'second', ...options);
    expect(second.validation?.loss).toBeCloseTo(second.validation?.given?.loss ?? NaN, 12);
    expect(second.validation?.rows).toBe(60);
  });

  it('needs to be told which rows these are', async () => {
    const run = await cli.run('audit', at('data.csv'), '--label', 'label', '--validation-clean', '--out', at('none'));
    expect(run.code).not.toBe(0);
    expect(run.stderr).toMatch(/neither a validation file nor a split column says which rows/);
  });
});
