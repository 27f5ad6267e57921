import { BugError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { createFloat32Rows, isStored, readRows } from '../../base/featureRows';
import type { Matrix } from '../../base/matrix';
import type { LinearAlgebra, OnBlock, RowBlocks } from '../../linalg/linearAlgebra';

/** A copy of the rows of a set is kept up to this size; larger sets are read where they are. */
const largestCopyBytes = 128 * 2 ** 20;
/** Numbers of a product held at a time: 16 MiB. */
const heldNumbers = 2 ** 21;
/** Rows visited between two reports of progress, at most. */
const mostRows = 2 ** 16;
/** Rows that are not in the set are read along with it, without a copy, while they are at most as many. */
const largestReach = 2;

/** `products[from … from + m)` = xᵀB of row `row`; `at` is its place in the set. Valid during the call. */
type VisitProducts = (row: number, products: Float64Array, from: number, at: number) => void;
/** Puts the k numbers v of row `row` at `out[to]`, which holds zeros. */
type FillRow = (row: number, out: Float64Array, to: number) => void;

/**
 * Some rows of a dataset, ready to be multiplied: a dense stretch of rows is used where it is, few scattered rows are
 * copied once, many are read by ranges along with those between them. Free it with `dispose()`.
 */
export interface RowSet {
  /** Ascending, distinct. */
  readonly rows: Int32Array;
  /** X_set·B for B d×m, row by row in ascending order. Float64. O(|set|·d·m). */
  forEachProduct(b: Matrix, visit: VisitProducts, onBlock?: OnBlock): void;
  /** X_setᵀ·V, d×k, V (|set|×k) filled row by row. Float64, one pass. O(|set|·d·k). */
  transposeMultiply(k: number, fill: FillRow, onBlock?: OnBlock): Matrix;
  dispose(): void;
}

interface RowSetSource {
  readonly features: FeatureRows;
  /** The features as `linalg` holds them. */
  readonly rows: RowBlocks;
  readonly linalg: LinearAlgebra;
}

/** `rows` ascending and distinct, at least one. Copies at most 128 MiB. */
export function createRowSet(source: RowSetSource, rows: Int32Array): RowSet {
  if (rows.length === 0) throw new BugError('An empty set of rows.');
  const { features, linalg } = source;
  const first = rows[0];
  const reach = rows[rows.length - 1] - first + 1;
  const single = isStored(features) && features.element === 'float32';
  const bytes = rows.length * features.columns * (single ? 4 : 8);
  if (reach <= largestReach * rows.length || bytes > largestCopyBytes) {
    return new RowSetByRanges(linalg, source.rows.range(first, reach), rows, false);
  }
  return new RowSetByRanges(linalg, linalg.loadRows(gather(features, rows, single)), rows, true);
}

/** The rows by themselves, in the precision they are stored in. */
function gather(features: FeatureRows, rows: Int32Array, single: boolean): FeatureRows {
  const d = features.columns;
  const data = single ? new Float32Array(rows.length * d) : new Float64Array(rows.length * d);
  for (let s = 0, end = 0; s < rows.length; s = end) {
    end = s + 1;
    while (end < rows.length && rows[end] === rows[end - 1] + 1) end++;
    readRows(features, rows[s], end - s, data.subarray(s * d, end * d));
  }
  return data instanceof Float32Array
    ? createFloat32Rows(data, rows.length, d)
    : { rows: rows.length, columns: d, data };
}

/** Goes over `blocks`: copies of the set's rows, or all rows from its first to its last. */
class RowSetByRanges implements RowSet {
  constructor(
    readonly linalg: LinearAlgebra,
    readonly blocks: RowBlocks,
    readonly rows: Int32Array,
    readonly copied: boolean,
  ) {}

  forEachProduct(b: Matrix, visit: VisitProducts, onBlock?: OnBlock): void {
    const m = b.columns;
    this.#forEachRange(m, onBlock, (part, from, begin, end, onPart) => {
      const products = this.linalg.multiply(part, b, onPart).data;
      for (let at = begin; at < end; at++) visit(this.rows[at], products, (this.#place(at) - from) * m, at);
    });
  }

  transposeMultiply(k: number, fill: FillRow, onBlock?: OnBlock): Matrix {
    const d = this.blocks.columns;
    const sum = new Float64Array(d * k);
    this.#forEachRange(k, onBlock, (part, from, begin, end, onPart) => {
      const data = new Float64Array(part.rows * k);
      for (let at = begin; at < end; at++) fill(this.rows[at], data, (this.#place(at) - from) * k);
      const product = this.linalg.transposeMultiply(part, { rows: part.rows, columns: k, data }, onPart).data;
      for (let at = 0; at < sum.length; at++) sum[at] += product[at];
    });
    return { rows: d, columns: k, data: sum };
  }

  dispose(): void {
    this.blocks.dispose();
  }

  /** Where the set's row number `at` is in `blocks`. */
  #place(at: number): number {
    return this.copied ? at : this.rows[at] - this.rows[0];
  }

  /**
   * Ranges of `blocks` short enough for `width` numbers a row; members [begin, end) of the set lie in it. Skips those
   * without any.
   */
  #forEachRange(
    width: number,
    onBlock: OnBlock | undefined,
    work: (part: RowBlocks, from: number, begin: number, end: number, onPart: OnBlock | undefined) => void,
  ): void {
    const n = this.blocks.rows;
    const height = Math.max(256, Math.min(mostRows, Math.floor(heldNumbers / Math.max(1, width))));
    for (let from = 0, begin = 0; from < n; from += height) {
      const count = Math.min(height, n - from);
      let end = begin;
      while (end < this.rows.length && this.#place(end) < from + count) end++;
      if (end === begin) continue;
      const onPart = onBlock && ((done: number): void => onBlock(from + done, n));
      work(count === n ? this.blocks : this.blocks.range(from, count), from, begin, end, onPart);
      begin = end;
    }
  }
}
