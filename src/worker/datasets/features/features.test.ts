import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnType } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { splitCodes } from '../../../core/base/splitCodes';
import { CellBlock } from '../cells/cellBlock';
import type { CellScan, ColumnScan, FeaturePipeline } from '../datasetTypes';
import { readLabels, readLabelsAs } from '../labels';
import { checkTrainingRows, drawStratifiedSplit, readSplitColumn } from '../splits';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from './applyFeaturePipeline';
import { maxLevels } from './categoryLearner';
import { fitFeaturePipeline } from './fitFeaturePipeline';

/** A scan over cells in memory, in blocks of `block` rows. */
function scanOf(columns: readonly (readonly string[])[], block = 3): ColumnScan {
  return async (indices, onBlock) => {
    const n = columns[0]?.length ?? 0;
    for (let start = 0; start < n; start += block) {
      await onBlock(
        start,
        indices.map((index) => (columns[index] ?? []).slice(start, start + block)),
      );
    }
  };
}

/** The same in the shape that features are made from. */
function cellScanOf(columns: readonly (readonly string[])[], block = 3): CellScan {
  const scan = scanOf(columns, block);
  return (indices, onBlock) => scan(indices, (firstRow, cells) => onBlock(CellBlock.ofColumns(firstRow, cells)));
}

function column(index: number, name: string, type: ColumnType, more: Partial<Column> = {}): Column {
  return {
    index,
    name,
    type,
    role: 'feature',
    reason: '',
    missing: 0,
    distinct: null,
    range: null,
    examples: [],
    ...more,
  };
}

const all = (n: number): Uint8Array => new Uint8Array(n).fill(1);

async function build(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  options: { labelledRows?: Uint8Array; standardize?: boolean; intercept?: boolean } = {},
): Promise<{ pipeline: FeaturePipeline; rows: number[][] }> {
  const n = cells[0]?.length ?? 0;
  const scan = cellScanOf(cells);
  const pipeline = await fitFeaturePipeline({
    scan,
    columns,
    labelledRows: options.labelledRows ?? all(n),
    standardize: options.standardize ?? false,
    intercept: options.intercept ?? false,
  });
  const matrix = createSharedMatrix(n, pipeline.features.length);
  // What is stored as JSON must be all there is to it.
  await applyFeaturePipeline(JSON.parse(JSON.stringify(pipeline)) as FeaturePipeline, {
    scan,
    take: fillMatrix(matrix),
  });
  const d = matrix.columns;
  return { pipeline, rows: Array.from({ length: n }, (_, i) => [...matrix.data.subarray(i * d, (i + 1) * d)]) };
}

describe('features', () => {
  it('fills missing numbers with the mean of labelled rows and marks them', async () => {
    const { pipeline, rows } = await build([column(0, 'Income', 'number')], [['1', 'NA', '3', 'inf', '8', 'x']]);
    expect(pipeline.features.map(({ name, column: from }) => [name, from])).toEqual([
      ['Income', 'Income'],
      ['Income is missing', 'Income'],
    ]);
    expect(rows).toEqual([
      [1, 0],
      [4, 1],
      [3, 0],
      [4, 1],
      [8, 0],
      [4, 1],
    ]);
    expect(pipeline.notes).toEqual([
      'Missing cells of labelled rows are filled with the mean, and marked: Income (3).',
    ]);
  });

  it('makes no mark where only other rows miss a number', async () => {
    const { rows, pipeline } = await build([column(0, 'x', 'number')], [['1', '3', '']], {
      labelledRows: Uint8Array.of(1, 1, 0),
    });
    expect(pipeline.features).toHaveLength(1);
    expect(rows).toEqual([[1], [3], [2]]);
  });

  it('makes one feature of each category value, pools rare ones, keeps missing apart', async () => {
    const cells = [...Array<string>(5).fill('rent'), ...Array<string>(4).fill('own'), 'boat', 'tent', '', ' rent '];
    const { pipeline, rows } = await build([column(0, 'Home', 'category')], [cells]);
    expect(pipeline.features.map(({ name }) => name)).toEqual([
      'Home = rent',
      'Home = own',
      'Home = (other)',
      'Home is missing',
    ]);
    expect(rows[0]).toEqual([1, 0, 0, 0]);
    expect(rows[5]).toEqual([0, 1, 0, 0]);
    expect(rows[9]).toEqual([0, 0, 1, 0]);
    expect(rows[11]).toEqual([0, 0, 0, 1]);
    expect(rows[12]).toEqual([1, 0, 0, 0]);
    expect(pipeline.notes).toEqual(['Values with few rows are pooled as "other": Home (2).']);
  });

  it('puts values unseen in training with the pooled ones, or nowhere', async () => {
    const mask = Uint8Array.of(1, 1, 1, 1, 0);
    const { rows } = await build([column(0, 'k', 'category')], [['a', 'a', 'b', 'b', 'new']], { labelledRows: mask });
    expect(rows[4]).toEqual([0, 0]);
  });

  it('caps the values of a category with many', async () => {
    const cells = Array.from({ length: 2000 }, (_, k) => `v${k % 100}`);
    const { pipeline } = await build([column(0, 'k', 'category')], [cells]);
    expect(pipeline.features).toHaveLength(maxLevels + 1);
    expect(pipeline.notes[0]).toContain('k (50)');
  });

  it('reads dates as days, booleans as 0 and 1, numbers in the format of their column', async () => {
    const { rows } = await build(
      [
        column(0, 'day', 'date', { format: 'dmy' }),
        column(1, 'flag', 'boolean'),
        column(2, 'price', 'number', { format: 'comma' }),
      ],
      [
        ['1.1.1970', '3.1.1970', ''],
        ['yes', 'no', 'yes'],
        ['1.234,5', '0,5', '2'],
      ],
    );
    expect(rows).toEqual([
      [0, 0, 1, 1234.5],
      [2, 0, 0, 0.5],
      [1, 1, 1, 2],
    ]);
  });

  it('leaves out constant columns and says so; other roles take no part', async () => {
    const { pipeline, rows } = await build(
      [column(0, 'same', 'number'), column(1, 'x', 'number'), column(2, 'id', 'text', { role: 'id' })],
      [
        ['0.1', '0.1', '0.1'],
        ['1', '2', '3'],
        ['a', 'b', 'c'],
      ],
      { intercept: true },
    );
    expect(pipeline.dropped).toEqual([{ column: 'same', reason: 'constant in the labelled rows' }]);
    expect(pipeline.features.map(({ name }) => name)).toEqual(['x', 'intercept']);
    expect(rows).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
  });

  it('refuses when nothing is left', async () => {
    await expect(build([], [])).rejects.toThrow(/No column is a feature/);
    await expect(build([column(0, 'same', 'number')], [['1', '1']])).rejects.toThrow(/No feature is left/);
    await expect(
      build([column(0, 'x', 'number')], [['1', '2']], { labelledRows: new Uint8Array(2) }),
    ).rejects.toBeInstanceOf(InputError);
  });

  it('standardises by the mean and population standard deviation of the labelled rows', async () => {
    const cell = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String), fc.constantFrom('', 'NA'));
    const row = fc.tuple(cell, fc.constantFrom('a', 'b', 'c', ''), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 4, maxLength: 40 }), async (table) => {
        const cells = [table.map(([x]) => x), table.map(([, k]) => k)];
        const train = Uint8Array.from(table, ([, , isTraining], index) => (isTraining || index < 2 ? 1 : 0));
        const columns = [column(0, 'x', 'number'), column(1, 'k', 'category')];
        const options = { labelledRows: train, intercept: true };
        let raw;
        try {
          raw = await build(columns, cells, options);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        const scaled = await build(columns, cells, { ...options, standardize: true });
        expect(scaled.pipeline.features.map(({ name }) => name)).toEqual(raw.pipeline.features.map(({ name }) => name));
        const chosen = raw.rows.filter((_, index) => train[index] === 1);
        scaled.pipeline.features.forEach((feature, j) => {
          if (feature.column === null) {
            for (const values of scaled.rows) expect(values[j]).toBe(1);
            return;
          }
          // Held at one size, so that the squares of tiny numbers do not underflow here.
          const size = Math.max(...chosen.map((values) => Math.abs(values[j] ?? NaN)));
          const values = chosen.map((values) => (values[j] ?? NaN) / size);
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
          raw?.rows.forEach((values, i) => {
            const expected = Math.max(-1e9, Math.min(1e9, ((values[j] ?? NaN) / size - mean) / deviation));
            // What is expected is itself rounded, the more so the closer the values are to each other.
            const tolerance = (1e-6 + 1e-15 / deviation) * (1 + Math.abs(expected));
            expect(Math.abs((scaled.rows[i]?.[j] ?? NaN) - expected)).toBeLessThan(tolerance);
          });
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('lives in shared memory and can be written from a later row on', async () => {
    const scan = cellScanOf([['1', '2', '3']]);
    const pipeline = await fitFeaturePipeline({
      scan,
      columns: [column(0, 'x', 'number')],
      labelledRows: all(3),
      standardize: false,
      intercept: false,
    });
    const matrix = createSharedMatrix(5, 1);
    await applyFeaturePipeline(pipeline, { scan, take: fillMatrix(matrix, 2) });
    expect(matrix.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...matrix.data]).toEqual([0, 0, 1, 2, 3]);
  });
});

describe('labels', () => {
  const read = (cells: readonly string[]) => readLabels(scanOf([cells]), { index: 0, name: 'y' }, cells.length);

  it('sorts classes naturally, takes blanks for unlabelled, ignores surrounding blanks', async () => {
    const labels = await read(['10', '9', ' ', '10 ', '', 'x']);
    expect(labels.classes).toEqual(['9', '10', 'x']);
    expect([...labels.codes]).toEqual([1, 0, -1, 1, -1, 2]);
  });

  it('keeps NA and - as classes: they may well be', async () => {
    expect((await read(['NA', 'EU', '-'])).classes).toEqual(['-', 'EU', 'NA']);
  });

  it('refuses one class, no labels, and too many', async () => {
    await expect(read(['a', 'a', ''])).rejects.toThrow(/has one class only, "a"/);
    await expect(read(['', ' '])).rejects.toThrow(/is blank/);
    await expect(read(Array.from({ length: 1001 }, (_, k) => `c${k}`))).rejects.toThrow(/more than 1,000/);
  });

  it('reads the labels of a second file in the same classes', async () => {
    const as = (cells: readonly string[], merge = false) =>
      readLabelsAs(['cat', 'dog'], scanOf([cells]), { index: 0, name: 'y' }, cells.length, { merge });
    expect([...(await as(['dog', '', 'cat']))]).toEqual([1, -1, 0]);
    expect([...(await as(['dog ', '\u200b', 'Dog', 'cat', 'Dog'], true))]).toEqual([1, -1, 1, 0, 1]);
    await expect(as(['dog', 'cow'])).rejects.toThrow(/Row 1 .*"cow"/);
    await expect(as(['dog', '\u200b', 'Dog'])).rejects.toThrow(/Row 2 .*"Dog"/);
  });
});

describe('splits', () => {
  it('reads the words of a split column and refuses others by row', async () => {
    const read = (cells: readonly string[]) =>
      readSplitColumn(scanOf([cells]), { index: 0, name: 'split' }, cells.length);
    expect([...(await read(['train', 'Training', 'VAL', 'valid', 'dev', ' test ', '']))]).toEqual([
      0, 0, 1, 1, 1, 2, 0,
    ]);
    await expect(read(['train', 'holdout'])).rejects.toThrow(/Row 1 says "holdout"/);
  });

  it('draws the share of every class by the seed, and leaves every class a row', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.nat(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (classSizes, seed, share) => {
        const codes = Int32Array.from(
          classSizes.flatMap((size, code) => Array<number>(size).fill(code)).concat([-1, -1]),
        );
        const labels = { classes: classSizes.map(String), codes };
        const split = drawStratifiedSplit(labels, share, seed);
        expect(drawStratifiedSplit(labels, share, seed)).toEqual(split);
        classSizes.forEach((size, code) => {
          const drawn = [...split].filter(
            (value, row) => value === splitCodes.validation && codes[row] === code,
          ).length;
          expect(drawn).toBe(Math.min(Math.round(share * size), size - 1));
        });
        expect([...split.subarray(-2)]).toEqual([0, 0]);
        checkTrainingRows(labels, split);
      }),
      { seed: 2 },
    );
    const many = { classes: ['a', 'b'], codes: new Int32Array(1000).map((_, k) => k % 2) };
    expect(drawStratifiedSplit(many, 0.2, 1)).not.toEqual(drawStratifiedSplit(many, 0.2, 2));
  });

  it('refuses a class without training rows', () => {
    const labels = { classes: ['a', 'b'], codes: Int32Array.of(0, 1, 0) };
    expect(() => checkTrainingRows(labels, Uint8Array.of(0, 1, 0))).toThrow(/no row of class "b"/);
    expect(() => checkTrainingRows(labels, Uint8Array.of(1, 1, 2))).toThrow(/No labelled row is left/);
  });
});
