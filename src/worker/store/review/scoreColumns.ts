import type { NumberColumn } from '../../../contract/review';
import { readColumn } from './readColumn';
import type { ReviewTables } from './reviewTables';

/** SQL of a column of numbers; its name comes from the contract's list, never from text. */
export function numberOf(column: NumberColumn): string {
  return column === 'row' ? 's.row_no' : `s.${column}`;
}

/** A column of scores by row; NaN where there is none. Kept; the first time one scan. */
export async function readScores(
  { database, scores, kept }: ReviewTables,
  column: NumberColumn,
): Promise<Float64Array> {
  return kept.array(`${scores} ${column}`, () =>
    readColumn(
      database,
      `SELECT coalesce(CAST(${numberOf(column)} AS DOUBLE), CAST('NaN' AS DOUBLE)) FROM ${scores} s`,
      [],
      (rowCount) => new Float64Array(rowCount),
    ),
  );
}

/** The codes of every row: of its split, of its given and its suggested class (−1 = none), of its reasons (bits). */
export async function readCodes(
  { database, scores, kept }: ReviewTables,
  column: 'split' | 'given' | 'suggested',
): Promise<Int32Array> {
  return kept.array(`${scores} ${column}`, () =>
    readColumn(
      database,
      `SELECT CAST(${column} AS INTEGER) FROM ${scores}`,
      [],
      (rowCount) => new Int32Array(rowCount),
    ),
  );
}
