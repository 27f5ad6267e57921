import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellValue } from '../../../contract/cellFilters';
import { type Filter, type Query, querySchema } from '../../../contract/review';
import { InputError } from '../../../core/base/errors';
import { writeTestFile } from '../../datasets/testFiles';
import type { ProjectStore } from '../projectStore';
import { projectOf, randomAudit } from '../testProject';

const n = 250;
const nul = String.fromCharCode(0);
const long = 'Löng '.repeat(40_000);
const hostile = [
  ...['', ' ', '\u00a0', 'NA', 'n/a', ' null ', 'None', '?', '-', '--', 'unknown'],
  ...[
    '7',
    '07',
    '007',
    ' 7',
    '7.0',
    '+7',
    '-7',
    '1e3',
    '1.',
    '.5',
    'e5',
    '1e',
    '-',
    '.',
    '1_000',
    '0x10',
    'inf',
    'NaN',
  ],
  ...['1,234', '5 %', '1.5.2', '--5', '5-', '1e400', '-1e400', '1.8e308'],
  ...[`a${nul}b`, nul, `${nul}7`, 'line\nbreak', 'tab\there', 'quote " and \'', '%', '_', '\\', '.*', '(', '[a'],
  ...[
    'Straße',
    'STRASSE',
    'Ärger',
    'ärger',
    'naïve café',
    '日本語',
    '👩‍🔬 lab',
    'a_b',
    'a-b',
    'cat',
    'Cat',
    'concat',
    'the cat sat',
  ],
  ...[long, `${long}2`, `${long}cat`, '\u{1f}', '\uf8fd', "'; DROP TABLE meta; --", '$1'],
];

/** Columns of the file: two have one name; `id` is different in each row. */
const names = ['id', 'hostile', 'hostile', 'number', 'comma', 'date', 'words', 'label'];
const quoted = (cell: string): string => `"${cell.replace(/"/g, '""')}"`;

let place: string;
let store: ProjectStore;
let cells: string[][];
const audit = randomAudit(n, 5);

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'assay-cells-'));
  const at = (list: readonly string[], k: number): string => list[k % list.length] ?? '';
  cells = Array.from({ length: n }, (_, row) => [
    `row-${row}`,
    at(hostile, row),
    at(hostile, 7 * row + 3),
    row % 11 === 0 ? at(['', 'NA', 'none', '-999', '1e3', '+4', '4.', '.25'], row / 11) : String((row * 37) % 101),
    row % 7 === 0 ? '' : `${row % 13},${(row * 3) % 10}5`,
    row % 9 === 0
      ? at(['', 'null', 'n.d.'], row)
      : `2024-${String(1 + (row % 12)).padStart(2, '0')}-${String(1 + (row % 28)).padStart(2, '0')}`,
    `${at(['The', 'a', 'CAT'], row)} ${at(['cat', 'dog', 'Straße', 'catalogue', 'x_cat'], row)} number ${row} ran over it, and then some more words`,
    at(['a', 'b', 'c'], row),
  ]);
  const file = writeTestFile(
    place,
    'data.csv',
    [names, ...cells].map((row) => `${row.map(quoted).join(',')}\n`).join(''),
  );
  store = await projectOf(file, join(place, 'p.assay'));
  await store.audits.replace(audit);
}, 60_000);

afterAll(async () => {
  await store.close();
  rmSync(place, { recursive: true, force: true });
});

const lowered = new Map<string, string>();
/** One character at a time, as DuckDB does. */
function lower(text: string): string {
  let known = lowered.get(text);
  if (known === undefined) {
    known = Array.from(text, (one) => (one === 'İ' ? 'i' : one.toLowerCase())).join('');
    lowered.set(text, known);
  }
  return known;
}

const missing = new Set(['', 'na', 'nan', 'n/a', 'null', '?', '-']);
const missingNumbers = new Set([...missing, 'none', '--', 'unknown', 'n.d.']);
const isNumbers = (column: number): boolean => column >= 3 && column <= 5;

function numberIn(column: number, cell: string): number {
  const text = cell.trim();
  if (column === 5) return /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / 86_400_000 : NaN;
  const decimal = column === 4 ? text.replace(',', '.') : text;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(decimal) ? Number(decimal) : NaN;
}

function passes(row: readonly string[], filter: Filter): boolean {
  if (typeof filter.column !== 'number') throw new Error(`A filter over ${filter.column}.`);
  const cell = row[filter.column] ?? '';
  switch (filter.kind) {
    case 'cells':
      return filter.values.some(
        (value) => cell === (typeof value === 'string' ? value : cells[value.row]?.[filter.column]),
      );
    case 'cell-range': {
      if (filter.min === null && filter.max === null) return true;
      const value = numberIn(filter.column, cell);
      return value >= (filter.min ?? -Infinity) && value <= (filter.max ?? Infinity);
    }
    case 'cell-missing':
      return (isNumbers(filter.column) ? missingNumbers : missing).has(cell.trim().toLowerCase());
    case 'cell-text': {
      const [text, wanted] = [lower(cell), lower(filter.text)];
      if (filter.match === 'contains') return text.includes(wanted);
      if (filter.match === 'expression') return new RegExp(filter.text, 'iu').test(cell);
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
        const before = Array.from(text.slice(Math.max(0, at - 2), at)).pop() ?? '';
        const after = Array.from(text.slice(at + wanted.length, at + wanted.length + 2))[0] ?? '';
        if (!/[\p{L}\p{N}_]/u.test(before) && !/[\p{L}\p{N}_]/u.test(after)) return true;
      }
      return false;
    }
  }
  throw new Error('A filter of another kind.');
}

const ask = (filters: Filter[]): Query => ({ queue: 'all', threshold: 0.5, filters, search: '', sort: [] });
const passesAll = (row: readonly string[], filters: readonly Filter[]): boolean =>
  filters.every((filter) => passes(row, filter) !== (filter.inverted === true));
const rowsWhere = (filters: readonly Filter[]): number[] =>
  cells.flatMap((row, number) => (passesAll(row, filters) ? [number] : []));

const short = hostile.filter((text) => text.length <= 1_000);
const columns = fc.integer({ min: 0, max: names.length - 1 });
const wanted: fc.Arbitrary<CellValue> = fc.oneof(
  fc.constantFrom(...short, 'row-17', '3,05', 'a', '14', '2024-03-03'),
  fc.integer({ min: 0, max: n - 1 }).map((row) => ({ row, begins: 'Löng' })),
);
const plain: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    kind: fc.constant('cells' as const),
    column: columns,
    values: fc.array(wanted, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('cell-range' as const),
    column: fc.constantFrom(3, 4, 5),
    min: fc.constantFrom(null, -5, 0, 4, 5.35, 19_800, 19_900.5),
    max: fc.constantFrom(null, 0, 5.5, 60, 1000, 19_850, Number.MAX_VALUE),
  }),
  fc.record({ kind: fc.constant('cell-missing' as const), column: columns }),
  fc.record({
    kind: fc.constant('cell-text' as const),
    column: columns,
    match: fc.constantFrom('contains' as const, 'word' as const),
    text: fc.constantFrom(...short.filter((text) => text !== ''), 'CAT', 'ran', '7', 'straße', 'ß', 'b', 'lab', 'rün'),
  }),
  fc.record({
    kind: fc.constant('cell-text' as const),
    column: columns,
    match: fc.constant('expression' as const),
    text: fc.constantFrom('^the', 'c[ao]t', '\\d{2}$', '^$', '(dog|stra)', 'ä', '^.$', 'number 1?2'),
  }),
);
const filters = fc
  .tuple(plain, fc.boolean())
  .map(([filter, inverted]): Filter => (inverted ? { ...filter, inverted } : filter));

describe('filters over columns of the data', () => {
  it('let through what a plain look at the cells does, whatever is in them', async () => {
    expect(store.sources.columns.map(({ type }) => type)).toMatchObject({
      3: 'number',
      4: 'number',
      5: 'date',
      6: 'text',
    });
    await fc.assert(
      fc.asyncProperty(fc.array(filters, { minLength: 1, maxLength: 2 }), async (asked) => {
        querySchema.parse(ask(asked));
        expect([...(await store.review.query(ask(asked)))]).toEqual(rowsWhere(asked));
      }),
      { numRuns: 250, seed: 4 },
    );
  }, 60_000);

  it('find a text in the id and in every column of texts', async () => {
    const found = await store.review.query({ ...ask([]), search: 'straße NUMBER 1' });
    expect([...found]).toEqual(
      cells.flatMap(([, , , , , , text], row) => (lower(text ?? '').includes('straße number 1') ? [row] : [])),
    );
    expect([...(await store.review.query({ ...ask([]), search: 'ROW-23' }))]).toEqual([
      23,
      ...Array.from({ length: 10 }, (_, k) => 230 + k),
    ]);
  });

  it('are refused in words where an expression or a column is none', async () => {
    const expression: Filter = { kind: 'cell-text', column: 1, match: 'expression', text: '(a' };
    await expect(store.review.query(ask([expression]))).rejects.toThrow(
      /“\(a” cannot be read as a regular expression: missing \)/,
    );
    await expect(store.review.query(ask([{ kind: 'cell-missing', column: 8 }]))).rejects.toThrow(InputError);
    await expect(
      store.review.query(ask([{ kind: 'list', column: 'list', list: 'none', words: 'gone' }])),
    ).rejects.toThrow(/not in the project any more/);
  });
});

describe('facets', () => {
  it('count the values of any column under the other filters, most frequent first', async () => {
    const few = fc.record({
      column: columns,
      find: fc.constantFrom('', 'a', 'CAT', '7', 'Löng'),
      limit: fc.constantFrom(3, 50),
    });
    await fc.assert(
      fc.asyncProperty(filters, filters, few, async (one, other, { column, find, limit }) => {
        const rows = rowsWhere([one, other].filter((filter) => filter.column !== column));
        const counts = new Map<string, { count: number; first: number }>();
        cells.forEach((row, number) => {
          const text = row[column] ?? '';
          const known = counts.get(text) ?? { count: 0, first: number };
          counts.set(text, known);
          if (rows.includes(number) && lower(text).includes(lower(find))) known.count += 1;
        });
        const expected = [...counts].filter(([, { count }]) => count > 0);
        expected.sort(([, a], [, b]) => b.count - a.count || a.first - b.first);
        const facet = await store.review.readCellFacet(ask([one, other]), { column, find, limit });
        const textOf = (value: CellValue): string =>
          typeof value === 'string' ? value : (cells[value.row]?.[column] ?? '');
        expect(facet.values.map(({ value, count }) => [textOf(value), count])).toEqual(
          expected.slice(0, limit).map(([text, { count }]) => [text, count]),
        );
        expect(facet.distinct).toBe(expected.length);
        expect(facet.rows).toBe(rows.length);
        const isMissing: Filter = { kind: 'cell-missing', column };
        expect(facet.missing).toBe(rows.filter((row) => passes(cells[row] ?? [], isMissing)).length);
        // Each value that is listed finds as many rows as it is listed with.
        for (const { value, count } of find === '' ? facet.values.slice(0, 2) : []) {
          const left = [one, other].filter((filter) => filter.column !== column);
          const chosen = await store.review.query(ask([...left, { kind: 'cells', column, values: [value] }]));
          expect(chosen).toHaveLength(count);
        }
      }),
      { numRuns: 40, seed: 6 },
    );
  }, 60_000);

  it('spread numbers and dates, all rows beside those shown', async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(3, 4, 5), async (filter, column) => {
        const shown = new Set(rowsWhere(filter.column === column ? [] : [filter]));
        const spread = await store.review.readCellSpread(ask([filter]), column, 7);
        const values = cells.map((row) => numberIn(column, row[column] ?? ''));
        const finite = values.filter((value) => Number.isFinite(value));
        const [low, high] = [Math.min(...finite), Math.max(...finite)];
        const bins = (rows: readonly number[]): number[] => {
          const counts = new Array<number>(7).fill(0);
          for (const value of rows) counts[Math.min(6, Math.floor((value - low) / ((high - low) / 7)))] += 1;
          return counts;
        };
        const inShown = values.filter((value, row) => shown.has(row) && Number.isFinite(value));
        const isMissing: Filter = { kind: 'cell-missing', column };
        const blank = [...shown].filter((row) => passes(cells[row] ?? [], isMissing)).length;
        expect(spread).toEqual({
          low,
          high,
          all: bins(finite),
          shown: bins(inShown),
          rows: shown.size,
          missing: blank,
          unread: shown.size - inShown.length - blank,
        });
      }),
      { numRuns: 30, seed: 7 },
    );
    expect(await store.review.readCellSpread(ask([]), 1, 7)).toBeNull();
  });
});
