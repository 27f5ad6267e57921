import type { NumberColumn, Query, Spread } from '../../../contract/review';
import { readQueryMask } from './queryConditions';
import type { ReviewTables } from './reviewTables';
import type { RowMask } from './rowMask';
import { readScores } from './scoreColumns';

/** Rows per bin of equal width between two ends, both included; null: of all rows. One bin where the ends are equal. */
export function countInBins(
  numbers: Float64Array,
  rows: RowMask | null,
  { low, high }: { readonly low: number; readonly high: number },
  bins: number,
): number[] {
  const counts = new Array<number>(low === high ? 1 : bins).fill(0);
  const width = low === high ? 1 : (high - low) / bins;
  const last = counts.length - 1;
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row];
    if ((rows !== null && rows[row] === 0) || !(value >= low && value <= high)) continue;
    counts[Math.min(last, Math.floor((value - low) / width))] += 1;
  }
  return counts;
}

/**
 * How a column of scores is spread over the rows of a query: bins of equal width from the smallest value to the
 * largest. The query's own filter on the column does not count: its ends can be moved outwards again. null: no row has
 * a number there. O(n) in memory.
 */
export async function readSpread(
  tables: ReviewTables,
  query: Query,
  column: NumberColumn,
  bins: number,
): Promise<Spread | null> {
  const others = { ...query, filters: query.filters.filter((one) => one.column !== column) };
  const rows = await readQueryMask(tables, others);
  const numbers = await readScores(tables, column);
  let low = Infinity;
  let high = -Infinity;
  let empty = 0;
  for (let row = 0; row < numbers.length; row++) {
    if (rows[row] === 0) continue;
    const value = numbers[row];
    if (Number.isNaN(value)) empty += 1;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  return { low, high, counts: countInBins(numbers, rows, { low, high }, bins), empty };
}
