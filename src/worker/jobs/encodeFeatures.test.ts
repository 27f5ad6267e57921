import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/base/random';
import { CellBlock } from '../datasets/cells/cellBlock';
import type { CellScan } from '../datasets/datasetTypes';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from '../datasets/features/applyFeaturePipeline';
import { fitFeaturePipeline } from '../datasets/features/fitFeaturePipeline';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import type { ProjectStore } from '../store/projectStore';
import { projectOf } from '../store/testProject';
import { encodeFeatures } from './encodeFeatures';

const folder = temporaryFolders();
const n = 120;
const signal = { cancelled: false, throwIfCancelled: () => undefined };
const settings = { standardize: true, scale: 'auto', intercept: true } as const;

/** Columns of cells that numbers are not simply read from. `k`: the row. */
const hostile: Readonly<Record<string, (k: number, value: number) => string>> = {
  point: (k, value) => (k % 9 === 0 ? 'NA' : value.toFixed(4)),
  comma: (k, value) => (k % 11 === 0 ? '' : value.toFixed(2).replace('.', ',')),
  thousands: (_, value) => (1000 * Math.round(50 * (value + 9))).toLocaleString('en-US'),
  german: (_, value) => (12345.5 + 1000 * Math.round(value)).toLocaleString('de-DE'),
  marker: (k, value) => (k % 7 === 0 ? '-999' : k % 7 === 1 ? '-999.0' : String(Math.round(9 * value))),
  percent: (k, value) => (k % 10 === 0 ? '0' : `${value.toFixed(1)}%`),
  money: (k, value) => (k % 2 === 0 ? `$${Math.abs(value).toFixed(2)}` : `(${Math.abs(value).toFixed(2)} USD)`),
  powers: (_, value) => value.toExponential(3),
  blanks: (_, value) => `  ${value.toFixed(3)} `,
  infinite: (k, value) => (k === 5 ? 'inf' : k === 6 ? '1e400' : value.toFixed(3)),
  digits: (_, value) => `0.${String(Math.abs(value)).replace('.', '').padEnd(24, '7')}`,
  nanoseconds: (k) => `17000000000000${String(100 + k * 7)}`,
  negativeZero: (k) => ['-0', '0', '1', '-1'][k % 4] ?? '',
  odd: (k, value) => (k % 30 === 3 ? 'about 3' : value.toFixed(3)),
  date: (k) => `2024-${String(1 + (k % 12)).padStart(2, '0')}-0${1 + (k % 7)}`,
  yes: (k) => (k % 3 === 0 ? 'yes' : 'no'),
  colour: (k) => ['red', 'green', 'blue', ''][k % 4] ?? '',
  constant: () => '4.50',
  nearlyConstant: (k) => (k % 2 === 0 ? '4.50' : '4.5'),
  separators: (k) => (k === 17 ? 'a\u001fb' : k === 18 ? '\u001f\ue000' : 'a'),
};

/** The hostile columns, `more` numbers between them and the label. */
async function project(more: number, seed: number): Promise<ProjectStore> {
  const random = createRandom(seed);
  const names = [...Object.keys(hostile), ...Array.from({ length: more }, (_, k) => `e${k}`), 'label'];
  const rows = Array.from({ length: n }, (_, k) => [
    ...Object.values(hostile).map((cell) => cell(k, 3 * random.normal())),
    ...Array.from({ length: more }, () => random.normal().toFixed(5)),
    k % 2 === 0 ? 'a' : 'b',
  ]);
  const text = [names, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(';')).join('\n');
  const place = folder();
  const store = await projectOf(writeTestFile(place, 'hostile.csv', text), join(place, 'hostile.assay'));
  await store.sources.saveColumns(
    store.sources.columns.map((column) => ({ ...column, role: column.name === 'label' ? 'label' : 'feature' })),
  );
  return store;
}

/** All cells as texts, in one block that never reads a number by itself. */
async function textsOnly(store: ProjectStore): Promise<CellScan> {
  const cells = await store.sources.readCells(Array.from({ length: n }, (_, row) => row));
  return async (columnIndices, onBlock) => {
    const block = CellBlock.ofColumns(
      0,
      columnIndices.map((index) => cells.map((row) => row[index] ?? '')),
    );
    block.plainNumber = () => NaN;
    await onBlock(block);
  };
}

describe.each([
  ['a table whose columns lie by themselves', 0],
  ['a table whose columns share texts', 70],
])('the features of %s', (_, more) => {
  it.each([
    ['as it was read', [], 1],
    ['with numbers for missing', ['-999', '1'], 2],
  ])('are those that each cell by itself gives, %s', async (_how, missing, seed) => {
    const store = await project(more, seed);
    const { source } = store.sources;
    if (source === null) throw new Error('The file was read.');
    Object.assign(source.dialect, { missing });
    const labelledRows = Uint8Array.from({ length: n }, (_row, k) => (k % 5 === 4 ? 0 : 1));

    const scan = await textsOnly(store);
    const { columns } = store.sources;
    const cellColumns = columns.filter(({ type }) => type !== 'text');
    const expected = await fitFeaturePipeline({
      ...settings,
      scan,
      columns: cellColumns,
      labelledRows,
      missing,
      signal,
    });
    const matrix = createSharedMatrix(n, expected.features.length);
    await applyFeaturePipeline(expected, { scan, take: fillMatrix(matrix), signal });

    await store.sources.saveColumns(
      columns.map((column) => (column.type === 'text' ? { ...column, role: 'ignore' } : column)),
    );
    const draft = store.audits.draft();
    const none = async (): Promise<never[]> => [];
    const { features, pipeline } = await encodeFeatures(store, { rows: n, validationRows: 0 }, labelledRows, settings, {
      encoders: { text: none, picture: none, vector: none },
      draft,
      matrixBytes: 2 ** 30,
      signal,
      progress: () => undefined,
    });
    expect(pipeline).toEqual(expected);
    expect(expected.features.length).toBeGreaterThan(20 + more);
    if (!('data' in features)) throw new Error('The features are in memory.');
    expect([...features.data].findIndex((value, at) => !Object.is(value, matrix.data[at]))).toBe(-1);
    await draft.discard();
    await store.close();
  });
});
