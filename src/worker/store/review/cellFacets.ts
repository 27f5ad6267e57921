import {
  type CellFacet,
  type CellSpread,
  type CellValue,
  longestValue,
  shownOfLong,
} from '../../../contract/cellFilters';
import type { Query } from '../../../contract/review';
import { isUsableNumber } from '../../datasets/cells/cells';
import { readCells } from '../sources/sourceRows';
import { columnOf, isOfNumbers, readCellMask } from './cellConditions';
import { readCellNumbers } from './cellNumbers';
import { type CellValues, countValues, largestCounts, readCellValues } from './cellValues';
import { countInBins } from './columnSpread';
import { readQueryMask } from './queryConditions';
import type { ReviewTables } from './reviewTables';
import { countMask, everyOf, type RowMask } from './rowMask';

/** What is left of a query without its filters on a column of the data: its values can be chosen anew. */
function withoutColumn(query: Query, column: number): Query {
  return { ...query, filters: query.filters.filter((one) => one.column !== column) };
}

/** See `review.cellFacet`. The first time a scan of the column, then O(n) in memory. */
export async function readCellFacet(
  tables: ReviewTables,
  query: Query,
  { column: index, find, limit }: { readonly column: number; readonly find: string; readonly limit: number },
): Promise<CellFacet> {
  const column = columnOf(tables, index);
  const rows = await readQueryMask(tables, withoutColumn(query, index));
  const missing = await readCellMask(tables, { kind: 'cell-missing', column: index });
  const values = await readCellValues(tables, column);
  const asked =
    find === ''
      ? rows
      : everyOf(
          [rows, await readCellMask(tables, { kind: 'cell-text', column: index, match: 'contains', text: find })],
          tables.rowCount,
        );
  const counts = countValues(values, asked);
  const best = largestCounts(counts, limit);
  const names = await nameValues(tables, index, values, best);
  return {
    values: best.map((place, at) => ({ value: names[at], count: counts[place] })),
    distinct: counts.reduce((sum, count) => sum + Number(count > 0), 0),
    rows: countMask(rows),
    missing: countMask(everyOf([rows, missing], tables.rowCount)),
  };
}

async function nameValues(
  { database, source }: ReviewTables,
  column: number,
  { texts, firstRows }: CellValues,
  places: readonly number[],
): Promise<CellValue[]> {
  const rows = places.map((place) => firstRows[place]);
  const cells = texts === null ? await readCells(database, source, rows, [column]) : places.map((at) => [texts[at]]);
  return cells.map(([text], at) => (text.length <= longestValue ? text : { row: rows[at], begins: beginning(text) }));
}

/** Never half a surrogate pair. */
function beginning(text: string): string {
  return Array.from(text.slice(0, shownOfLong + 1))
    .slice(0, shownOfLong)
    .join('');
}

/** See `review.cellSpread`. */
export async function readCellSpread(
  tables: ReviewTables,
  query: Query,
  index: number,
  bins: number,
): Promise<CellSpread | null> {
  const column = columnOf(tables, index);
  if (!isOfNumbers(column)) return null;
  const numbers = await readCellNumbers(tables, column);
  const ends = endsOf(numbers);
  if (ends === null) return null;
  const rows = await readQueryMask(tables, withoutColumn(query, index));
  const missing = everyOf([rows, await readCellMask(tables, { kind: 'cell-missing', column: index })], tables.rowCount);
  const missingRows = countMask(missing);
  return {
    ...ends,
    all: countInBins(numbers, null, ends, bins),
    shown: countInBins(numbers, rows, ends, bins),
    rows: countMask(rows),
    missing: missingRows,
    unread: countUnread(numbers, rows) - missingRows,
  };
}

/** The smallest and the largest number that can be drawn. */
function endsOf(numbers: Float64Array): { readonly low: number; readonly high: number } | null {
  let low = Infinity;
  let high = -Infinity;
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row];
    if (!isUsableNumber(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

function countUnread(numbers: Float64Array, rows: RowMask): number {
  let count = 0;
  for (let row = 0; row < numbers.length; row++) if (rows[row] === 1 && !isUsableNumber(numbers[row])) count++;
  return count;
}
