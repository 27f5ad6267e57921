import type { FeatureRows } from '../base/featureRows';
import { forEachRowBlock } from '../base/featureRows';
import { gatherRows } from '../base/gatherRows';
import type { Matrix } from '../base/matrix';
import { addScaled } from '../base/vectors';
import type { LinearAlgebra, OnBlock, RowBlocks } from '../linalg/linearAlgebra';

/**
 * Rows whose products with all others are computed together: bounds the time of one native call, and what is kept
 * beside Z.
 */
const panelRows = 64;
/**
 * A row is taken for a combination of others when what is left of its square is below this share of it: a few times the
 * rounding of a sum of many products, so that what is dropped changes no inner product by more than computing it does.
 */
const smallestShare = 64 * Number.EPSILON;

/** Columns of Z that were found together. */
interface Panel {
  /** n×width. */
  readonly values: Matrix;
  readonly rows: RowBlocks;
}

/**
 * Z = the factor of K = X·Xᵀ with pivoting by panels, without the features that are kept `apart`: row i holds products
 * of row i with the pivots, orthogonalised. K itself is never held. Free it with `dispose()`.
 */
export class PivotedFactor {
  readonly pivots: number[] = [];
  readonly #panels: Panel[] = [];
  /** Squared lengths of the rows, and of what is left of them beside the pivots. */
  readonly #squares: Float64Array;
  readonly #left: Float64Array;
  readonly #isPivot: Uint8Array;

  constructor(
    private readonly features: FeatureRows,
    private readonly rows: RowBlocks,
    private readonly apart: ReadonlySet<number>,
    private readonly linalg: LinearAlgebra,
  ) {
    this.#squares = squaredLengths(features, apart);
    this.#left = this.#squares.slice();
    this.#isPivot = new Uint8Array(features.rows);
  }

  get rank(): number {
    return this.pivots.length;
  }

  run(candidates: Int32Array, onBlock?: OnBlock): void {
    const step = (): void => onBlock?.(Math.min(this.rank, candidates.length - 1), candidates.length);
    for (let chosen = this.#choose(candidates); chosen.length > 0; chosen = this.#choose(candidates)) {
      this.#addPanel(chosen, this.#leftProducts(chosen, step));
      step();
    }
    onBlock?.(candidates.length, candidates.length);
  }

  /** n×r. */
  coordinates(): Matrix {
    const n = this.features.rows;
    const r = this.rank;
    const data = new Float64Array(n * r);
    let at = 0;
    for (const { values } of this.#panels) {
      const { columns, data: part } = values;
      for (let i = 0; i < n; i++) data.set(part.subarray(i * columns, (i + 1) * columns), i * r + at);
      at += columns;
    }
    return { rows: n, columns: r, data };
  }

  dispose(): void {
    for (const { rows } of this.#panels) rows.dispose();
  }

  /** What is left of a row as a share of it: rows of any size are kept to the same relative precision. */
  #share(row: number, left: number): number {
    return this.#squares[row] > 0 ? left / this.#squares[row] : 0;
  }

  /** The rows of which the largest share is left. */
  #choose(candidates: Int32Array): Int32Array {
    const share = (row: number): number => this.#share(row, this.#left[row]);
    const open = candidates.filter((row) => this.#isPivot[row] === 0 && share(row) > smallestShare);
    return open.sort((a, b) => share(b) - share(a) || a - b).slice(0, panelRows);
  }

  /** Products of all rows with the chosen ones, less those of their coordinates so far: n×m. */
  #leftProducts(chosen: Int32Array, step: OnBlock): Matrix {
    const m = chosen.length;
    const products = this.linalg.multiply(this.rows, this.#columnsOf(chosen), step);
    for (const { values, rows } of this.#panels) {
      const { columns: width, data } = values;
      const own = new Float64Array(width * m);
      for (let c = 0; c < m; c++) for (let k = 0; k < width; k++) own[k * m + c] = data[chosen[c] * width + k];
      addScaled(products.data, -1, this.linalg.multiply(rows, { rows: width, columns: m, data: own }, step).data);
    }
    return products;
  }

  /** The chosen rows as columns, d×m, without the features that are kept apart. */
  #columnsOf(chosen: Int32Array): Matrix {
    const { columns: d, data: x } = gatherRows(this.features, chosen);
    const m = chosen.length;
    const data = new Float64Array(d * m);
    for (let j = 0; j < d; j++) {
      if (this.apart.has(j)) continue;
      for (let c = 0; c < m; c++) data[j * m + c] = x[c * d + j];
    }
    return { rows: d, columns: m, data };
  }

  /** Takes those of the chosen rows for pivots that the others of them leave something of. */
  #addPanel(chosen: Int32Array, products: Matrix): void {
    const n = products.rows;
    const m = chosen.length;
    const panel = new Float64Array(n * m);
    const open = Array.from(chosen.keys());
    let width = 0;
    while (open.length > 0) {
      const share = (c: number): number => this.#share(chosen[c], products.data[chosen[c] * m + c]);
      const best = open.reduce((a, b) => (share(b) > share(a) ? b : a));
      open.splice(open.indexOf(best), 1);
      const row = chosen[best];
      if (!(share(best) > smallestShare)) {
        this.#left[row] = 0;
        continue;
      }
      this.#isPivot[row] = 1;
      this.pivots.push(row);
      const column = this.#columnOf(products, best, row);
      for (let i = 0; i < n; i++) panel[i * m + width] = column[i];
      width++;
      reduceProducts(products, chosen, open, column);
    }
    if (width === 0) return;
    const values = { rows: n, columns: width, data: packColumns(panel, n, m, width) };
    this.#panels.push({ values, rows: this.linalg.loadRows(values) });
  }

  /** The next column of Z; 0 for the pivots before, which makes Z of the pivots triangular. */
  #columnOf({ rows: n, columns: m, data }: Matrix, at: number, pivot: number): Float64Array {
    const root = Math.sqrt(data[pivot * m + at]);
    const column = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const value = i === pivot ? root : this.#isPivot[i] === 1 ? 0 : data[i * m + at] / root;
      column[i] = value;
      this.#left[i] -= value * value;
    }
    return column;
  }
}

function reduceProducts(
  { rows: n, columns: m, data }: Matrix,
  chosen: Int32Array,
  open: readonly number[],
  column: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    const value = column[i];
    if (value === 0) continue;
    for (const c of open) data[i * m + c] -= value * column[chosen[c]];
  }
}

function packColumns(panel: Float64Array, n: number, m: number, width: number): Float64Array {
  if (width === m) return panel;
  const out = new Float64Array(n * width);
  for (let i = 0; i < n; i++) out.set(panel.subarray(i * m, i * m + width), i * width);
  return out;
}

function squaredLengths(features: FeatureRows, apart: ReadonlySet<number>): Float64Array {
  const d = features.columns;
  const out = new Float64Array(features.rows);
  const counted = countedFeatures(d, apart);
  forEachRowBlock(features, (block, from, count) => {
    for (let at = 0; at < count; at++) out[from + at] = countedProduct(block, at * d, block, at * d, counted);
  });
  return out;
}

/** 1 for each feature, 0 for those that are kept apart. */
export function countedFeatures(d: number, apart: Iterable<number>): Float64Array {
  const counted = new Float64Array(d).fill(1);
  for (const j of apart) counted[j] = 0;
  return counted;
}

/** The inner product of two rows over the counted features. */
export function countedProduct(
  a: Float64Array,
  fromA: number,
  b: Float64Array,
  fromB: number,
  counted: Float64Array,
): number {
  let sum = 0;
  for (let j = 0; j < counted.length; j++) sum += counted[j] * a[fromA + j] * b[fromB + j];
  return sum;
}
