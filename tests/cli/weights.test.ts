import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-weights-'));
const at = (name: string): string => join(folder, name);
const n = 90;
const weightOf = (row: number): number => row % 4;
let cli: BuiltCli;

/** Two clouds; rows with the weights 0 to 3, and the same rows as often as they weigh. */
beforeAll(async () => {
  const random = createRandom(6);
  const weighed = ['a,b,part,sample_weight,label'];
  const repeated = ['a,b,part,label'];
  for (let row = 0; row < n; row++) {
    const side = row % 2;
    const cells = [random.normal() + 2 * side, random.normal() - side].map((value) => value.toFixed(3));
    const part = row % 5 === 0 ? 'validation' : 'train';
    const label = side === 1 ? 'high' : 'low';
    weighed.push([...cells, part, weightOf(row), label].join(','));
    for (let k = 0; k < weightOf(row); k++) repeated.push([...cells, part, label].join(','));
  }
  writeFileSync(at('weighed.csv'), `${weighed.join('\n')}\n`);
  writeFileSync(at('repeated.csv'), `${repeated.join('\n')}\n`);
  cli = await buildCli();
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Standardised columns would be those of other rows. */
const options = ['--label', 'label', '--split', 'part', '--l2', '0.01', '--no-standardize'];

interface Told {
  readonly audit: {
    readonly train: { readonly loss: number };
    readonly validation: { readonly given: { readonly loss: number; readonly accuracy: number } };
    readonly notes: readonly string[];
  };
}

describe('--weight', () => {
  it('counts rows as often as they weigh, from the file to a verification, and stands in the manifest', async () => {
    const audits: Told['audit'][] = [];
    for (const name of ['weighed', 'repeated']) {
      const run = await cli.run(
        ...['audit', at(`${name}.csv`), ...options, '--experts', 'head', '--out', at(name), '--json'],
        ...['--project', at(`${name}.assay`)],
      );
      expect(run.code, run.stderr).toBe(0);
      audits.push((JSON.parse(run.stdout) as Told).audit);
      if (name === 'weighed') {
        expect(run.stderr).toMatch(/note: columns: .*weight sample_weight/);
        expect(run.stderr).toMatch(/warning: 2\d labelled rows weigh 0/);
      }
    }
    const [weighed, repeated] = audits;
    expect(weighed.train.loss).toBeCloseTo(repeated.train.loss, 8);
    expect(weighed.validation.given.loss).toBeCloseTo(repeated.validation.given.loss, 8);
    expect(weighed.validation.given.accuracy).toBeCloseTo(repeated.validation.given.accuracy, 8);
    expect(weighed.notes[0]).toMatch(/^Rows count by their weights \(“sample_weight”, 0 to 3\)/);
    const manifest = JSON.parse(readFileSync(join(at('weighed'), 'manifest.json'), 'utf8')) as {
      readonly columns: readonly { readonly name: string; readonly role: string }[];
    };
    expect(manifest.columns.find(({ role }) => role === 'weight')?.name).toBe('sample_weight');

    // Row 6 weighs 2, row 7 3: in the repeated file those that come after 1 + 2 + 3 + 0 + 1 rows.
    writeFileSync(at('gone.txt'), '6\n7\n');
    writeFileSync(at('copies.txt'), `${[7, 8, 9, 10, 11].join('\n')}\n`);
    const changes: number[] = [];
    for (const [name, rows] of [
      ['weighed', 'gone.txt'],
      ['repeated', 'copies.txt'],
    ]) {
      const run = await cli.run(
        ...['verify', '--project', at(`${name}.assay`), '--remove', at(rows), '--repeats', '2', '--json'],
        ...['--validation-labels', 'given'],
      );
      expect(run.code, run.stderr).toBe(0);
      changes.push((JSON.parse(run.stdout) as { readonly actual: number }).actual);
    }
    expect(Math.abs(changes[0] / changes[1] - 1)).toBeLessThan(1e-3);
  }, 60_000);

  it('is left aside on request', async () => {
    const run = await cli.run('audit', at('weighed.csv'), ...options, '--weight', 'none', '--out', at('none'));
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/left out: sample_weight \(as asked\)/);
  });
});
