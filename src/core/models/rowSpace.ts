import { BugError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { forEachRowBlock } from '../base/featureRows';
import { gatherRows } from '../base/gatherRows';
import type { Matrix } from '../base/matrix';
import { rowsOfWeight } from '../base/weights';
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
/** Numbers of rows that are gathered at a time: 32 MiB. */
const gatheredNumbers = 2 ** 22;

/**
 * The features of a head by coordinates in the space that the rows span. The objective of every head depends on the
 * penalised features through their inner products alone, and its optimum and gradients lie in the span of the training
 * rows. So for X = Z·Vᵀ with VᵀV = I (Z: n×r, V: d×r, r ≤ n), Z in the place of X gives the same logits, leverages and
 * effects, and θ = V·θ_z; of what is measured only the coordinates differ. Where r < d that is cheaper by d²/r².
 * Unpenalised features (the intercept) keep columns of their own, after Z's.
 */
export interface RowSpace {
  /** n×(r + u): Z, then the u unpenalised features. */
  readonly features: Matrix;
  /** Their places in `features`. */
  readonly unpenalised: readonly number[];
  /** θ of the features (m·d numbers, m outputs or vectors) for θ_z (m·(r + u)). O(m·r·d). */
  expand(reduced: Float64Array): Float64Array;
  /** θ_z for a θ in the span of the rows; of others the part in it. O(m·r·d). */
  reduce(parameters: Float64Array): Float64Array;
}

interface RowSpaceOptions {
  readonly features: FeatureRows;
  readonly unpenalised: readonly number[];
  /** n weights; 0 = the row takes no part in the fit. */
  readonly weights: Float64Array;
  /**
   * Only the span of all rows will do: where gradients of other than training rows meet a metric other than H. Default
   * false.
   */
  readonly wholeSpan?: boolean | undefined;
}

/**
 * The rows' own coordinates where there are fewer rows than penalised features: of all rows, or where those are too
 * many, of the training rows (then a row that does not train is its projection on their span, which is all that logits
 * and effects depend on). null where the features are fewer.
 *
 * Cholesky factorisation of K = X·Xᵀ with pivoting by panels; K itself is never held. O(n·r·d) by exact products of the
 * backend, n·r numbers.
 */
export function findRowSpace(options: RowSpaceOptions, linalg: LinearAlgebra, onBlock?: OnBlock): RowSpace | null {
  const candidates = spanningRows(options);
  if (candidates === null) return null;
  const { features, unpenalised } = options;
  const rows = linalg.loadRows(features);
  const factor = new PivotedFactor(features, rows, new Set(unpenalised), linalg);
  try {
    factor.run(candidates, onBlock);
    // Rows of zeros span nothing; a head needs some feature.
    if (factor.rank + unpenalised.length === 0) return null;
    return rowSpaceOf(options, factor.coordinates(), factor.pivots);
  } finally {
    factor.dispose();
    rows.dispose();
  }
}

function spanningRows({ features, unpenalised, weights, wholeSpan = false }: RowSpaceOptions): Int32Array | null {
  const penalised = features.columns - unpenalised.length;
  if (features.rows < penalised) return Int32Array.from(weights.keys());
  if (wholeSpan) return null;
  const train = rowsOfWeight(weights);
  return train.length < penalised ? train : null;
}

/** Columns of Z that were found together. */
interface Panel {
  /** n×width. */
  readonly values: Matrix;
  readonly rows: RowBlocks;
}

/** Z = the factor of K with pivoting: row i holds products of row i with the pivots, orthogonalised. */
class PivotedFactor {
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
      subtract(products.data, this.linalg.multiply(rows, { rows: width, columns: m, data: own }, step).data);
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

function subtract(from: Float64Array, values: Float64Array): void {
  for (let at = 0; at < from.length; at++) from[at] -= values[at];
}

function squaredLengths(features: FeatureRows, apart: ReadonlySet<number>): Float64Array {
  const d = features.columns;
  const out = new Float64Array(features.rows);
  const counted = countedFeatures(d, apart);
  forEachRowBlock(features, (block, from, count) => {
    for (let at = 0; at < count; at++) out[from + at] = product(block, at * d, block, at * d, counted);
  });
  return out;
}

/** 1 for each feature, 0 for those that are kept apart. */
function countedFeatures(d: number, apart: Iterable<number>): Float64Array {
  const counted = new Float64Array(d).fill(1);
  for (const j of apart) counted[j] = 0;
  return counted;
}

/** The inner product of two rows over the counted features. */
function product(a: Float64Array, fromA: number, b: Float64Array, fromB: number, counted: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < counted.length; j++) sum += counted[j] * a[fromA + j] * b[fromB + j];
  return sum;
}

function rowSpaceOf({ features, unpenalised }: RowSpaceOptions, z: Matrix, pivots: readonly number[]): RowSpace {
  const d = features.columns;
  const r = z.columns;
  const width = r + unpenalised.length;
  const joined = joinApart(features, unpenalised, z);
  const pivotRows = Int32Array.from(pivots);
  const counted = countedFeatures(d, unpenalised);
  const countVectors = (length: number, size: number): number => {
    if (length % size !== 0) throw new BugError(`${length} parameters are no vectors of ${size}.`);
    return length / size;
  };
  return {
    features: joined,
    unpenalised: unpenalised.map((_, at) => r + at),
    expand: (reduced) => {
      const m = countVectors(reduced.length, width);
      const out = new Float64Array(m * d);
      const weights = new Float64Array(m * r);
      for (let t = 0; t < m; t++) {
        weights.set(reduced.subarray(t * width, t * width + r), t * r);
        solveTransposed(z, pivots, weights.subarray(t * r, (t + 1) * r));
      }
      forEachPivot(features, pivotRows, (x, k) => {
        for (let t = 0; t < m; t++) {
          const weight = weights[t * r + k];
          for (let j = 0; j < d; j++) out[t * d + j] += weight * x[j];
        }
      });
      for (let t = 0; t < m; t++) unpenalised.forEach((j, at) => (out[t * d + j] = reduced[t * width + r + at]));
      return out;
    },
    reduce: (parameters) => {
      const m = countVectors(parameters.length, d);
      const out = new Float64Array(m * width);
      forEachPivot(features, pivotRows, (x, k) => {
        for (let t = 0; t < m; t++) out[t * width + k] = product(x, 0, parameters, t * d, counted);
      });
      for (let t = 0; t < m; t++) {
        solveLower(z, pivots, out.subarray(t * width, t * width + r));
        unpenalised.forEach((j, at) => (out[t * width + r + at] = parameters[t * d + j]));
      }
      return out;
    },
  };
}

/** Z with the features that are kept apart behind it. */
function joinApart(features: FeatureRows, unpenalised: readonly number[], z: Matrix): Matrix {
  if (unpenalised.length === 0) return z;
  const d = features.columns;
  const { rows: n, columns: r } = z;
  const width = r + unpenalised.length;
  const data = new Float64Array(n * width);
  for (let i = 0; i < n; i++) data.set(z.data.subarray(i * r, (i + 1) * r), i * width);
  forEachRowBlock(features, (block, from, count) => {
    for (let at = 0; at < count; at++)
      unpenalised.forEach((j, place) => (data[(from + at) * width + r + place] = block[at * d + j]));
  });
  return { rows: n, columns: width, data };
}

/** x ← L⁻¹x for the triangle L of the pivots' rows of Z. */
function solveLower({ columns: r, data }: Matrix, pivots: readonly number[], x: Float64Array): void {
  for (let k = 0; k < r; k++) {
    const row = pivots[k] * r;
    let sum = x[k];
    for (let j = 0; j < k; j++) sum -= data[row + j] * x[j];
    x[k] = sum / data[row + k];
  }
}

/** x ← L⁻ᵀx. */
function solveTransposed({ columns: r, data }: Matrix, pivots: readonly number[], x: Float64Array): void {
  for (let k = r - 1; k >= 0; k--) {
    const row = pivots[k] * r;
    x[k] /= data[row + k];
    for (let j = 0; j < k; j++) x[j] -= data[row + j] * x[k];
  }
}

function forEachPivot(features: FeatureRows, pivots: Int32Array, visit: (x: Float64Array, k: number) => void): void {
  const d = features.columns;
  const height = Math.max(1, Math.floor(gatheredNumbers / d));
  for (let from = 0; from < pivots.length; from += height) {
    const part = pivots.subarray(from, from + height);
    const { data } = gatherRows(features, part);
    for (let at = 0; at < part.length; at++) visit(data.subarray(at * d, (at + 1) * d), from + at);
  }
}
