import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from '../cli/builtCli';

/**
 * Cases 10, 11, 15, 16 and 24: what labels are, what tells them, and what of them may be listed. On the command line.
 */
const folder = mkdtempSync(join(tmpdir(), 'assay-labels-'));
let cli: BuiltCli;
let runs = 0;

beforeAll(async () => {
  cli = await buildCli();
}, 180_000);
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

type Row = Readonly<Record<string, string>>;

interface Audited {
  /** Everything on the terminal. */
  readonly told: string;
  readonly scores: readonly Row[];
  readonly removed: readonly Row[];
  readonly file: (name: string) => string;
  readonly manifest: {
    readonly audit: { readonly head: { readonly classes: readonly string[] }; readonly leaks: readonly unknown[] };
    readonly labels: readonly unknown[];
    readonly classChanges: readonly unknown[];
  };
}

const rowsOf = (text: string): Row[] => Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
const dataFile = (name: string): string => resolve(__dirname, 'data', name);

async function audit(path: string, ...options: string[]): Promise<Audited> {
  const out = join(folder, `out-${runs++}`);
  const run = await cli.run('audit', path, '--backend', 'float64', '--out', out, ...options);
  expect(`${run.stderr}${run.stdout}`.includes('fault of Assay'), run.stderr).toBe(false);
  expect(run.code, run.stderr).toBe(0);
  const file = (name: string): string => readFileSync(join(out, name), 'utf8');
  return {
    told: `${run.stderr}\n${run.stdout}`,
    scores: rowsOf(file('scores.csv')),
    removed: rowsOf(file('removal_list.csv')),
    file,
    // The manifest that the command itself has just written.
    manifest: JSON.parse(file('manifest.json')) as Audited['manifest'],
  };
}

/** A table of two numbers, of which the first tells the class, and whatever else each row has. */
function write(
  name: string,
  header: string,
  rows: number,
  cellsOf: (row: number, label: number) => string,
  classes = 2,
): string {
  const random = createRandom(rows);
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = row % classes;
    return `${(random.normal() + 4 * label).toFixed(3)},${random.normal().toFixed(3)},${cellsOf(row, label)}`;
  });
  const path = join(folder, name);
  writeFileSync(path, `x1,x2,${header}\n${lines.join('\n')}\n`);
  return path;
}

describe('labels that look alike', () => {
  it('are one class each, and the planted rows come first (case 10)', async () => {
    const source = dataFile('10-same-looking-labels/data.csv');
    const { told, scores, removed, manifest, file } = await audit(source, '--label', 'label');
    expect(manifest.audit.head.classes).toEqual(['bar', 'café']);
    expect(told).toMatch(/label that look alike are read as one class, “café”:.*“CAFÉ”.*⟨U\+200B⟩|⟨U\+200B⟩.*“CAFÉ”/);
    expect(told).toContain('U+0301');
    const first = scores.filter(({ rank }) => Number(rank) >= 1 && Number(rank) <= 6).map(({ row }) => Number(row));
    for (const row of [7, 40, 93]) expect(first).toContain(row);
    const cells = rowsOf(readFileSync(source, 'utf8')).map(({ label }) => label);
    expect(scores.map(({ given_label: given }) => given)).toEqual(cells);
    for (const row of scores) expect(['bar', 'café']).toContain(row.suggested_label);
    for (const { row } of removed) expect([7, 40, 93]).toContain(Number(row));
    expect(new Set(rowsOf(file('relabelled.csv')).map(({ label }) => label))).toEqual(new Set(['bar', 'café']));
    expect(manifest.labels).toHaveLength(1);
  }, 60_000);

  it('are classes of their own where they are to be kept, and that is said', async () => {
    const source = dataFile('10-same-looking-labels/data.csv');
    const { told, manifest, file } = await audit(source, '--label', 'label', '--similar-labels', 'keep');
    expect(manifest.audit.head.classes).toHaveLength(7);
    expect(told).toContain('label look alike and are kept apart');
    expect(file('relabelled.csv')).toBe(readFileSync(source, 'utf8'));
  }, 60_000);

  it.each<[string, readonly (readonly string[])[]]>([
    [
      'numbers',
      [
        ['0', '0.0', '00', '0e0'],
        ['1', '1.0', '+1'],
      ],
    ],
    [
      'Turkish and German capitals',
      [
        ['İstanbul', 'istanbul', 'İSTANBUL'],
        ['straße', 'STRASSE', 'Straße'],
      ],
    ],
    [
      'blanks within',
      [
        ['New York', 'New\u00a0York', 'New  York'],
        ['Los Angeles', 'LOS ANGELES', 'Los\u2009Angeles'],
      ],
    ],
    [
      'full-width letters and soft hyphens',
      [
        ['ja', 'ｊａ', 'j\u00ada'],
        ['nein', 'NEIN', '\u200enein'],
      ],
    ],
  ])(
    'are merged when they are %s',
    async (name, spellings) => {
      const source = write(`${runs}-alike.csv`, 'label', 120, (row, label) => {
        const own = spellings[label];
        return own[(row >> 1) % 5 < 3 ? 0 : (row >> 1) % own.length];
      });
      const { told, scores, manifest } = await audit(source, '--label', 'label');
      expect(manifest.audit.head.classes).toHaveLength(2);
      for (const own of spellings) expect(told).toContain(`“${own[0]}”`);
      expect(told).toMatch(/look alike/);
      const pairs = new Set(scores.map(({ given_label: given }) => given));
      expect(pairs.size, name).toBeGreaterThan(2);
    },
    60_000,
  );

  it('are told and kept apart where they are letters, and no row is suspected for its case', async () => {
    const source = write('letters.csv', 'letter', 160, (row, label) => (row % 3 === 0 ? 'ab' : 'AB')[label]);
    const { told, scores, manifest, removed } = await audit(source, '--label', 'letter');
    expect([...manifest.audit.head.classes].sort()).toEqual(['A', 'B', 'a', 'b']);
    expect(told).toMatch(/letter look alike, but may be different.*“A” \(\d+\) and “a”/s);
    expect(removed.length).toBeLessThanOrEqual(6);
    for (const row of scores) {
      if (row.suggested_label !== row.given_label) {
        expect(row.suggested_label.toLowerCase()).not.toBe(row.given_label.toLowerCase());
      }
    }
    const merged = await audit(source, '--label', 'letter', '--similar-labels', 'merge');
    expect(merged.manifest.audit.head.classes).toHaveLength(2);
  }, 60_000);

  it('are read in a validation file as in the data', async () => {
    const source = write(
      'train.csv',
      'label',
      120,
      (row, label) =>
        [
          ['Yes', 'yes'],
          ['No', 'No'],
        ][label][row % 4 === 0 ? 1 : 0],
    );
    const validation = write(
      'validation.csv',
      'label',
      40,
      (row, label) =>
        [
          ['YES', 'yes\u200b'],
          ['NO', 'no'],
        ][label][row % 4 === 0 ? 1 : 0],
    );
    const { manifest, told } = await audit(source, '--label', 'label', '--validation', validation);
    expect(manifest.audit.head.classes).toHaveLength(2);
    expect(told).toMatch(/validation\s+40 rows/);
  }, 60_000);
});

describe('labels and ids that look like formulas (case 11)', () => {
  it('are in the scores as the file has them', async () => {
    const source = dataFile('11-plus-minus/data.csv');
    const { scores, manifest } = await audit(source, '--label', 'label', '--id', 'id');
    const rows = rowsOf(readFileSync(source, 'utf8'));
    expect(scores.map(({ given_label: given }) => given)).toEqual(rows.map(({ label }) => label));
    expect(scores.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect([...manifest.audit.head.classes].sort()).toEqual(['+', '-']);
  }, 60_000);
});

describe('a column that gives the label away', () => {
  it('is named, and the audit says that its result is not to be trusted (case 15)', async () => {
    const { told, manifest } = await audit(dataFile('15-leakage/data.csv'), '--label', 'label');
    expect(told).toMatch(/kind_code gives the label away.*“1”.*not to be trusted/);
    expect(manifest.audit.leaks).toHaveLength(1);
  }, 60_000);

  it('is not missed when it is left out: the planted rows come first', async () => {
    const { told, scores } = await audit(dataFile('15-leakage/data.csv'), '--label', 'label', '--ignore', 'kind_code');
    expect(told).not.toContain('gives the label away');
    const first = scores.filter(({ rank }) => Number(rank) >= 1 && Number(rank) <= 3).map(({ row }) => Number(row));
    expect(first.sort((a, b) => a - b)).toEqual([7, 40, 93]);
  }, 60_000);

  it.each<[string, number, (row: number, label: number) => string]>([
    ['words', 2, (_, label) => ['sane', 'ill'][label]],
    ['three words', 3, (_, label) => ['u', 'v', 'w'][label]],
    ['numbers with noise', 2, (row, label) => (10 * (label + 1) + 0.02 * (row % 11) - 0.1).toFixed(2)],
    ['words with exceptions', 2, (row, label) => ['sane', 'ill'][row % 100 === 17 ? 1 - label : label]],
  ])(
    'is found when it holds %s',
    async (_, classes, cell) => {
      const source = write(
        `${runs}-leak.csv`,
        'code,label',
        300,
        (row, label) => `${cell(row, label)},${'ABC'[label]}`,
        classes,
      );
      const { told } = await audit(source, '--label', 'label');
      expect(told).toMatch(/code gives the label away/);
    },
    60_000,
  );
});

describe('small classes (case 16)', () => {
  it('keep their rows, and it is said which', async () => {
    const { told, removed, scores, file } = await audit(dataFile('16-small-classes/data.csv'), '--label', 'label');
    const labels = rowsOf(file('cleaned.csv')).map(({ label }) => label);
    expect(labels).toContain('single');
    expect(labels.filter((label) => label === 'rare')).toHaveLength(3);
    expect(told).toMatch(/no class is emptied: 1 row of “single”/);
    const given = new Map(scores.map(({ row, given_label: label }) => [row, label]));
    for (const { row } of removed) expect(['A', 'B']).toContain(given.get(row));
  }, 60_000);

  it('go when that is asked for, and are named', async () => {
    const { told, file } = await audit(
      dataFile('16-small-classes/data.csv'),
      '--label',
      'label',
      '--allow-emptying-classes',
    );
    expect(rowsOf(file('cleaned.csv')).map(({ label }) => label)).not.toContain('single');
    expect(told).toMatch(/vanishes from the data: “single” 1 → 0/);
  }, 60_000);
});

describe('features that say nothing (case 24)', () => {
  it.each([
    ['24-no-signal/smallest.csv', 2],
    ['24-no-signal/n120.csv', 9],
  ])(
    'list next to nothing, and that is why: %s',
    async (name, most) => {
      const { told, removed } = await audit(dataFile(name), '--label', 'label');
      expect(removed.length).toBeLessThanOrEqual(most);
      expect(told).toMatch(/(than|from) chance/);
    },
    60_000,
  );
});
