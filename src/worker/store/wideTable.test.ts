import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import type { ProjectStore } from './projectStore';
import { openProject } from './projectStore';
import { mostCellColumns } from './tables/cellTable';
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

// More columns than DuckDB chooses a compression for.
describe('a table of 100 columns', () => {
  it.each([
    ['numbers', () => undefined],
    ['blank cells', (row: number) => (row % 2 === 0 ? '' : undefined)],
    ['texts longer than a block', (row: number, k: number) => (k === 50 ? '€ö'.repeat(150_000 + row) : undefined)],
    ['a separator in a cell', (row: number, k: number) => (row === 7 && k === 30 ? 'a\u001fb' : undefined)],
  ] as const)('gives back %s, opened again too', async (_, odd) => {
    const cells = wideCells(100, odd);
    const store = await wideProject(cells);
    const indices = Array.from({ length: 100 }, (_column, k) => k);
    const wanted = indices.map((k) => cells.map((row) => row[k]));
    expect(await scanOf(store, indices)).toEqual(wanted);
    await store.close();
    const again = await openProject(store.folder);
    expect(await scanOf(again, indices)).toEqual(wanted);
    await again.close();
  });
});

// One more than fit into columns; a multiple of a list's length; a last list of one.
describe.each([mostCellColumns + 1, 1280, 1281])('a table of %i columns', (columns) => {
  const last = columns - 1;
  const wanted = [
    [0],
    [last],
    [3, 1],
    [255, 256, 257],
    [last, 700, 0, 701],
    Array.from({ length: columns }, (_, k) => k),
  ];

  it.each([
    ['ordinary cells', () => undefined],
    ['blank cells', (row: number) => (row % 2 === 0 ? '' : undefined)],
    ['a separator in a cell', (row: number, k: number) => (row === 7 && k === 300 ? 'a\u001fb' : undefined)],
    [
      'every separator in one row',
      (row: number, k: number) => (row === 7 && k === 300 ? '\u001f\uf8fd\uf8fe\u001f' : undefined),
    ],
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
