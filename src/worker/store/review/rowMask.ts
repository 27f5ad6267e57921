import type { DuckDBBitValue, DuckDBValue } from '@duckdb/node-api';
import type { Database } from '../tables/database';

/** Which rows are meant, by row number: 1 for each that is, 0 elsewhere. */
export type RowMask = Uint8Array;

/** Rows whose bits come in one value: a million rows are 16 of them, a single chunk of DuckDB's. */
const rowsInPart = 65_536;

/** The rows of a table that a condition holds for. One scan; what comes back is a bit a row. */
export async function readMask(
  database: Database,
  rowCount: number,
  { from, where, values }: { readonly from: string; readonly where: string; readonly values: DuckDBValue[] },
): Promise<RowMask> {
  const parts = await database.rows(
    `SELECT row_no // ${rowsInPart} AS part, bitstring_agg(CAST(row_no % ${rowsInPart} AS INTEGER), 0, ${rowsInPart - 1})
     FROM ${from} WHERE ${where} GROUP BY part`,
    values,
  );
  const mask = new Uint8Array(rowCount);
  for (const [part, found] of parts) {
    // The first byte says how many bits of the second are padding: none here.
    const { data } = found as DuckDBBitValue;
    const first = Number(part) * rowsInPart;
    const end = Math.min(rowCount, first + rowsInPart);
    for (let row = first; row < end; row++)
      mask[row] = (data[1 + ((row - first) >> 3)] >> (7 - ((row - first) & 7))) & 1;
  }
  return mask;
}

/** Rows that are in every one of the masks; in all there are where there is no mask. The masks are left as they are. */
export function everyOf(masks: readonly RowMask[], rowCount: number): RowMask {
  const [first, ...others] = masks;
  if (first === undefined) return new Uint8Array(rowCount).fill(1);
  const all = first.slice();
  for (const mask of others) for (let row = 0; row < rowCount; row++) all[row] &= mask[row];
  return all;
}

/** Rows that are in one of the masks. */
export function someOf(masks: readonly RowMask[], rowCount: number): RowMask {
  const any = new Uint8Array(rowCount);
  for (const mask of masks) for (let row = 0; row < rowCount; row++) any[row] |= mask[row];
  return any;
}

export function invert(mask: RowMask): RowMask {
  const rest = new Uint8Array(mask.length);
  for (let row = 0; row < mask.length; row++) rest[row] = 1 - mask[row];
  return rest;
}

/** The rows listed, as far as there are such. */
export function maskOfRows(rows: Iterable<number>, rowCount: number): RowMask {
  const mask = new Uint8Array(rowCount);
  for (const row of rows) if (row < rowCount) mask[row] = 1;
  return mask;
}

/** Rows whose number is within both ends (null: no end). NaN is within none, unless there are no ends at all. */
export function maskOfRange(numbers: Float64Array, min: number | null, max: number | null): RowMask {
  const mask = new Uint8Array(numbers.length);
  if (min === null && max === null) return mask.fill(1);
  const low = min ?? -Infinity;
  const high = max ?? Infinity;
  for (let row = 0; row < numbers.length; row++) mask[row] = Number(numbers[row] >= low && numbers[row] <= high);
  return mask;
}

export function countMask(mask: RowMask): number {
  let count = 0;
  for (let row = 0; row < mask.length; row++) count += mask[row];
  return count;
}

/** Those of `order` that are in the mask, in its order. */
export function keepMasked(order: Int32Array, mask: RowMask): Int32Array {
  const kept = new Int32Array(order.length);
  let count = 0;
  for (let at = 0; at < order.length; at++) {
    const row = order[at];
    kept[count] = row;
    count += mask[row];
  }
  return kept.slice(0, count);
}
