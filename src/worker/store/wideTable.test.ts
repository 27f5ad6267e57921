import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import type { ProjectStore } from './projectStore';
import { openProject } from './projectStore';
import { cellColumns, groupRanges, mostCellColumns, newCellGroup } from './tables/cellTable';
import { projectOf, randomAudit } from './testProject';

const folder = temporaryFolders();
const n = 24;

/** Columns beyond those that have one of their own in the database; odd cells where `odd` says so. */
function wideCells(columns: number, odd: (row: number, column: number) => string | undefined): string[][] {
  return Array.from({ length: n }, (_, row) =>
    Array.from({ length: columns }, (_, k) =>
      k === 0 ? (['b', 'a', ''][row % 3] ?? '') : k === columns - 1 ? `id${n - row}` : (odd(row, k) ?? `${row}.${k}`),
    ),
  );
}

async function wideProject(cells: readonly (readonly string[])[]): Promise<ProjectStore> {
  const place = folder();
  const names = (cells[0] ?? []).map((_, k) =>
    k === 0 ? 'label' : k === (cells[0] ?? []).length - 1 ? 'id' : `x${k}`,
  );
  const text = [names, ...cells].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n');
  return projectOf(writeTestFile(place, 'wide.csv', text), join(place, 'wide.assay'));
}

async function scanOf(store: ProjectStore, columns: readonly number[]): Promise<string[][]> {
  const found: string[][] = columns.map(() => []);
  await store.sources.scan(columns, (_, cells) => cells.forEach((texts, k) => found[k]?.push(...texts)));
  return found;
}

describe('a table of 100 columns', () => {
  it.each([
    ['numbers', () => undefined],
    ['blank cells', (row: number) => (row % 2 === 0 ? '' : undefined)],
    ['texts longer than a block', (row: number, k: number) => (k === 50 ? '€ö'.repeat(150_000 + row) : undefined)],
    ['a separator in a cell', (row: number, k: number) => (row === 7 && k === 30 ? 'a\u001fb' : undefined)],
    [
      'every separator in one row',
      (row: number, k: number) => (row === 7 && k === 50 ? '\u001f\ue000\uf8fd\uf8fe\u001f' : undefined),
    ],
  ] as const)('gives back %s, opened again too', async (_, odd) => {
    const cells = wideCells(100, odd);
    const store = await wideProject(cells);
    const indices = Array.from({ length: 100 }, (_column, k) => k);
    const wanted = indices.map((k) => cells.map((row) => row[k]));
    expect(await scanOf(store, indices)).toEqual(wanted);
    await store.close();
    const again = await openProject(store.folder);
    expect(await scanOf(again, indices)).toEqual(wanted);
    expect(await again.sources.readCells([7, 0])).toEqual([cells[7], cells[0]]);
    await again.close();
  });
});

// One more than fit into columns, so that the last text holds one cell; texts of as many cells each.
describe.each([mostCellColumns + 1, 128])('a table of %i columns', (columns) => {
  const last = columns - 1;
  const middle = Math.floor(columns / 2);
  const wanted = [
    [0],
    [last],
    [3, 1],
    [62, 63, 64],
    [last, middle, 0, middle + 1],
    [...Array.from({ length: 64 }, (_, k) => k), last],
    Array.from({ length: columns }, (_, k) => k),
  ];

  it.each([
    ['ordinary cells', () => undefined],
    ['blank cells', (row: number) => (row % 2 === 0 ? '' : undefined)],
    ['a separator in a cell', (row: number, k: number) => (row === 7 && k === middle ? 'a\u001fb' : undefined)],
  ] as const)('gives back %s', async (_, odd) => {
    const cells = wideCells(columns, odd);
    const store = await wideProject(cells);
    for (const indices of wanted) {
      expect(await scanOf(store, indices)).toEqual(indices.map((k) => cells.map((row) => row[k])));
    }
    expect(await store.sources.readCells([7, 0, n - 1])).toEqual([cells[7], cells[0], cells[n - 1]]);
    await store.close();
    const again = await openProject(store.folder);
    expect(await again.sources.readCells([n - 1, 7])).toEqual([cells[n - 1], cells[7]]);
    await again.close();
  });

  it('counts values and repeated rows, and reviews by the id', async () => {
    const cells = wideCells(columns, () => undefined);
    cells[9] = (cells[4] ?? []).map((cell, k) => (k === last ? 'id15' : cell));
    const store = await wideProject(cells);
    expect(await store.sources.countValues(0, 10)).toEqual({
      values: [
        { value: 'a', count: cells.filter(([label]) => label === 'a').length },
        { value: 'b', count: cells.filter(([label]) => label === 'b').length },
      ],
      distinct: 2,
      blank: cells.filter(([label]) => label === '').length,
    });
    expect(await store.sources.countDuplicateRows([])).toBe(0);
    expect(await store.sources.countDuplicateRows([last])).toBe(1);
    expect(await store.sources.countDuplicateRows([1, last])).toBe(1);
    await store.sources.saveColumns(
      store.sources.columns.map((column) => (column.index === last ? { ...column, role: 'id' } : column)),
    );
    await store.audits.replace(randomAudit(n, 3, ['a', 'b']));
    const rows = await store.review.query({
      queue: 'all',
      threshold: 0.5,
      filters: [],
      search: 'id7',
      sort: [{ column: 'id', descending: false }],
    });
    expect((await store.review.readRows([...rows])).map(({ id }) => id)).toEqual(['id7']);
    await store.close();
  });
});

describe('a table of 4,200 columns', () => {
  it('has longer texts', async () => {
    const cells = wideCells(4200, () => undefined);
    const store = await wideProject(cells);
    for (const indices of [[4199, 66, 65, 0], Array.from({ length: 4200 }, (_, k) => k)]) {
      expect(await scanOf(store, indices)).toEqual(indices.map((k) => cells.map((row) => row[k])));
    }
    expect(await store.sources.readCells([7])).toEqual([cells[7]]);
    await store.close();
  });
});

describe('repeated rows', () => {
  it('are told by the cells that are compared, whatever separates them', async () => {
    const cells = wideCells(100, () => undefined);
    const repeat = (row: number, of: number, id: string, first?: string): void => {
      cells[row] = (cells[of] ?? []).map((cell, k) => (k === 99 ? id : k === 70 ? (first ?? cell) : cell));
    };
    repeat(10, 4, 'odd\u001fid');
    repeat(11, 5, 'x', 'odd\u001fcell');
    repeat(12, 5, 'odd\u001f\ue000id', 'odd\u001fcell');
    repeat(13, 5, 'x', 'oddcell');
    const store = await wideProject(cells);
    expect(await store.sources.countDuplicateRows([99])).toBe(2);
    await store.close();
  });
});

describe('a project of an earlier version', () => {
  it('has lists of cells where this one has texts', async () => {
    const cells = wideCells(300, (row, k) => (row === 7 && k === 100 ? 'a\u001fb' : undefined));
    const store = await wideProject(cells);
    await store.close();
    await withLists(join(store.folder, 'project.duckdb'), 300);
    const old = await openProject(store.folder);
    for (const indices of [[0], [299], [62, 63, 64], Array.from({ length: 300 }, (_, k) => k)]) {
      expect(await scanOf(old, indices)).toEqual(indices.map((k) => cells.map((row) => row[k])));
    }
    expect(await old.sources.readCells([23, 7])).toEqual([cells[23], cells[7]]);
    expect(await old.sources.countDuplicateRows([299])).toBe(0);
    expect((await old.sources.countValues(0, 10)).distinct).toBe(2);
    await old.close();
  });

  /** Makes lists of the texts of a project's rows. */
  async function withLists(file: string, columnCount: number): Promise<void> {
    const group = newCellGroup(columnCount);
    const size = group?.size ?? 0;
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    const names = cellColumns({ columnCount, group: { kind: 'lists', size } }).map((column) => column.split(' ')[0]);
    const lists = groupRanges({ columnCount, group }).map((_, k) => `string_split(j${k}, separator) AS ${names[k]}`);
    const places = 'row_no, line, byte_start, byte_length, cell_count';
    await connection.run(`CREATE TABLE lists AS SELECT ${places}, ${lists.join(', ')} FROM source_1 ORDER BY row_no`);
    await connection.run('DROP TABLE source_1; ALTER TABLE lists RENAME TO source_1');
    await connection.run(
      `UPDATE meta SET value = replace(value, '"cellsPerText":${size}', '"cellsPerList":${size}') WHERE key = 'source'`,
    );
    connection.closeSync();
    instance.closeSync();
  }
});
