import type { DuplicateRows } from '../../../core/ranking/neighbours/duplicateRows';
import type { NeighbourRequest } from '../../../core/ranking/neighbours/neighbours';
import type { ProjectedRows } from './projectedRows';

/** What a position of projected rows is for. */
export const roles = { none: 0, reference: 1, query: 2 } as const;

/** 1 for the given ones of `count` rows. */
export function markRows(count: number, rows: Int32Array): Uint8Array {
  const marks = new Uint8Array(count);
  for (const row of rows) marks[row] = 1;
  return marks;
}

/** The rows of either, ascending. */
export function unionOf(a: Int32Array, b: Int32Array): Int32Array {
  const out = new Int32Array(a.length + b.length);
  let count = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const next = Math.min(i < a.length ? a[i] : Infinity, j < b.length ? b[j] : Infinity);
    if (a[i] === next) i++;
    if (b[j] === next) j++;
    out[count++] = next;
  }
  return out.slice(0, count);
}

/**
 * For each position one of {@link roles}; a reference that is asked about as well is a reference. Duplicates beyond the
 * k-th are no references: who is not one of them needs at most k. Who has k duplicates has its neighbours and is no
 * query.
 */
export function rolesOf(
  { queries, k }: NeighbourRequest,
  projected: ProjectedRows,
  isReference: Uint8Array,
): Uint8Array {
  const { rowOf, duplicates } = projected;
  const role = new Uint8Array(rowOf.length).fill(roles.none);
  let q = 0;
  rowOf.forEach((row, position) => {
    while (q < queries.length && queries[q] < row) q++;
    if (isReference[row] !== 0 && countBefore(duplicates, row, isReference, k) < k) role[position] = roles.reference;
    else if (queries[q] === row && countOthers(duplicates, row, isReference, k) < k) role[position] = roles.query;
  });
  return role;
}

/** References among the duplicates of `row` with a lower number; counts to k. */
function countBefore(duplicates: DuplicateRows, row: number, isReference: Uint8Array, k: number): number {
  let count = 0;
  for (let other = duplicates.first(row); other < row && count < k; other = duplicates.next(other)) {
    count += isReference[other];
  }
  return count;
}

function countOthers(duplicates: DuplicateRows, row: number, isReference: Uint8Array, k: number): number {
  let count = 0;
  for (let other = duplicates.first(row); other >= 0 && count < k; other = duplicates.next(other)) {
    if (other !== row) count += isReference[other];
  }
  return count;
}
