import { BugError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { isStored } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { addProductTransposed, mirrorLower, transposePanel } from './denseKernels';
import { choleskyFactor, invertLower, invertWithFactor, solveWithFactor } from './float64Cholesky';
import type { CholeskyFactor, LinearAlgebra, MapProducts, OnBlock, RowBlocks } from './linearAlgebra';
import { WorkTicker } from './workTicker';

/** Rows summed at a time. Part of the definition of the results: it fixes the order of summation. */
const blockRows = 256;
/** Columns of a triangular product computed at a time. */
const panel = 24;

class Float64Rows implements RowBlocks {
  readonly columns: number;
  #features: FeatureRows | undefined;
  #buffer: Float64Array | undefined;

  constructor(
    features: FeatureRows,
    readonly first: number,
    readonly rows: number,
  ) {
    this.columns = features.columns;
    this.#features = features;
  }

  /** Rows [from, from + count) of these: `data[at]` is the first number. Valid until the next call. */
  block(from: number, count: number): { readonly data: Float64Array; readonly at: number } {
    const features = this.#features;
    if (features === undefined) throw new BugError('These row blocks have been disposed of.');
    if (!isStored(features)) return { data: features.data, at: (this.first + from) * this.columns };
    if (this.#buffer === undefined || this.#buffer.length < count * this.columns) {
      this.#buffer = new Float64Array(Math.max(count, Math.min(blockRows, this.rows)) * this.columns);
    }
    features.read(this.first + from, count, this.#buffer);
    return { data: this.#buffer, at: 0 };
  }

  range(from: number, count: number): RowBlocks {
    if (this.#features === undefined) throw new BugError('These row blocks have been disposed of.');
    if (!(from >= 0 && count >= 0 && from + count <= this.rows)) throw new BugError('A range beyond the rows.');
    return new Float64Rows(this.#features, this.first + from, count);
  }

  dispose(): void {
    this.#features = undefined;
    this.#buffer = undefined;
  }
}

function rowsOf(x: RowBlocks): Float64Rows {
  if (x instanceof Float64Rows) return x;
  throw new BugError('These row blocks belong to another backend.');
}

/**
 * The plain TypeScript backend: float64 throughout, one thread, no dependencies, about 3 GFLOP/s. What it returns
 * depends on nothing but its arguments.
 */
export function createFloat64LinearAlgebra(): LinearAlgebra {
  const inverseLowers = new WeakMap<CholeskyFactor, Matrix>();
  const inverseLower = (factor: CholeskyFactor, onBlock?: OnBlock): Matrix => {
    let inverse = inverseLowers.get(factor);
    if (inverse === undefined) {
      inverse = invertLower(factor, onBlock && (() => onBlock(0, factor.size)));
      inverseLowers.set(factor, inverse);
    }
    return inverse;
  };
  return {
    name: 'float64',
    precision: 'float64',
    description: 'plain TypeScript, float64, 1 thread',
    get inFloat64() {
      return this;
    },
    loadRows: (x) => new Float64Rows(x, 0, x.rows),
    weightedGrams,
    quadraticForms,
    inverseForms: (x, factor, onBlock) => inverseForms(x, inverseLower(factor, onBlock), onBlock),
    multiply,
    multiplyFast: multiply,
    transposeMultiply,
    transposeMultiplyFast: transposeMultiply,
    multiplyThrough,
    multiplyThroughFast: multiplyThrough,
    cholesky: choleskyFactor,
    choleskySolve: solveWithFactor,
    choleskyInverse: invertWithFactor,
  };
}

function weightedGrams(x: RowBlocks, weights: readonly Float64Array[], onBlock?: OnBlock): Matrix[] {
  const rows = rowsOf(x);
  const { rows: n, columns: d } = rows;
  const grams = weights.map(() => new Float64Array(d * d));
  const transposed = new Float64Array(d * blockRows);
  const scaled = new Float64Array(d * blockRows);
  const ticker = new WorkTicker((n * d * d * weights.length) / 2 + 1, n, onBlock);
  for (let r0 = 0; r0 < n; r0 += blockRows) {
    const height = Math.min(blockRows, n - r0);
    const { data, at } = rows.block(r0, height);
    transposePanel(data, at, d, height, d, transposed, blockRows);
    for (let g = 0; g < weights.length; g++) {
      const w = weights[g].subarray(r0, r0 + height);
      if (w.every((value) => value === 0)) continue;
      for (let j = 0; j < d; j++) {
        const base = j * blockRows;
        for (let r = 0; r < height; r++) scaled[base + r] = transposed[base + r] * w[r];
      }
      for (let i0 = 0; i0 < d; i0 += panel) {
        const m = Math.min(panel, d - i0);
        addProductTransposed(
          1,
          m,
          i0 + m,
          height,
          scaled,
          i0 * blockRows,
          blockRows,
          transposed,
          0,
          blockRows,
          grams[g],
          i0 * d,
          d,
        );
        ticker.tick(m * (i0 + m) * height);
      }
    }
  }
  for (const gram of grams) mirrorLower(gram, d);
  ticker.finish();
  return grams.map((gram) => ({ rows: d, columns: d, data: gram }));
}

function quadraticForms(x: RowBlocks, matrices: readonly Matrix[], onBlock?: OnBlock): Float64Array[] {
  const rows = rowsOf(x);
  const { rows: n, columns: d } = rows;
  // xᵀBx = Σⱼ xⱼ Σ_{k≤j} Fⱼₖ xₖ with F the lower triangle of B folded onto it: half the work.
  const folded = matrices.map((b) => {
    const f = new Float64Array(d * d);
    for (let j = 0; j < d; j++) {
      f[j * d + j] = b.data[j * d + j];
      for (let k = 0; k < j; k++) f[j * d + k] = b.data[j * d + k] + b.data[k * d + j];
    }
    return f;
  });
  const forms = matrices.map(() => new Float64Array(n));
  const products = new Float64Array(blockRows * panel);
  const ticker = new WorkTicker((n * d * d * matrices.length) / 2 + 1, n, onBlock);
  for (let r0 = 0; r0 < n; r0 += blockRows) {
    const height = Math.min(blockRows, n - r0);
    const { data, at } = rows.block(r0, height);
    for (let b = 0; b < matrices.length; b++) {
      const out = forms[b];
      for (let j0 = 0; j0 < d; j0 += panel) {
        const width = Math.min(panel, d - j0);
        products.fill(0, 0, height * panel);
        addProductTransposed(1, height, width, j0 + width, data, at, d, folded[b], j0 * d, d, products, 0, panel);
        for (let r = 0; r < height; r++) {
          const from = at + r * d + j0;
          let sum = 0;
          for (let j = 0; j < width; j++) sum += data[from + j] * products[r * panel + j];
          out[r0 + r] += sum;
        }
        ticker.tick(height * width * (j0 + width));
      }
    }
  }
  ticker.finish();
  return forms;
}

/** ‖L⁻¹xᵢ‖² from L⁻¹. */
function inverseForms(x: RowBlocks, inverseLower: Matrix, onBlock?: OnBlock): Float64Array {
  const rows = rowsOf(x);
  const { rows: n, columns: d } = rows;
  if (inverseLower.rows !== d) throw new BugError(`Forms of order ${inverseLower.rows} on rows of ${d} numbers.`);
  const forms = new Float64Array(n);
  const solved = new Float64Array(blockRows * panel);
  const ticker = new WorkTicker((n * d * d) / 2 + 1, n, onBlock);
  for (let r0 = 0; r0 < n; r0 += blockRows) {
    const height = Math.min(blockRows, n - r0);
    const { data, at } = rows.block(r0, height);
    for (let j0 = 0; j0 < d; j0 += panel) {
      const width = Math.min(panel, d - j0);
      solved.fill(0, 0, height * panel);
      addProductTransposed(1, height, width, j0 + width, data, at, d, inverseLower.data, j0 * d, d, solved, 0, panel);
      for (let r = 0; r < height; r++) {
        let sum = 0;
        for (let j = r * panel; j < r * panel + width; j++) sum += solved[j] * solved[j];
        forms[r0 + r] += sum;
      }
      ticker.tick(height * width * (j0 + width));
    }
  }
  ticker.finish();
  return forms;
}

function multiply(x: RowBlocks, b: Matrix, onBlock?: OnBlock): Matrix {
  const rows = rowsOf(x);
  const { rows: n, columns: d } = rows;
  if (b.rows !== d) throw new BugError(`A product of n×${d} rows with a matrix of ${b.rows} rows.`);
  const m = b.columns;
  const transposed = new Float64Array(d * m);
  transposePanel(b.data, 0, m, d, m, transposed, d);
  const out = new Float64Array(n * m);
  const ticker = new WorkTicker(n * d * m + 1, n, onBlock);
  for (let r0 = 0; r0 < n; r0 += blockRows) {
    const height = Math.min(blockRows, n - r0);
    const { data, at } = rows.block(r0, height);
    for (let j0 = 0; j0 < m; j0 += 4 * panel) {
      const width = Math.min(4 * panel, m - j0);
      addProductTransposed(1, height, width, d, data, at, d, transposed, j0 * d, d, out, r0 * m + j0, m);
      ticker.tick(height * d * width);
    }
  }
  ticker.finish();
  return { rows: n, columns: m, data: out };
}

function transposeMultiply(x: RowBlocks, v: Matrix, onBlock?: OnBlock): Matrix {
  const rows = rowsOf(x);
  const { rows: n, columns: d } = rows;
  if (v.rows !== n) throw new BugError(`A product of ${n} transposed rows with a matrix of ${v.rows} rows.`);
  const m = v.columns;
  const out = new Float64Array(d * m);
  const left = new Float64Array(d * blockRows);
  const right = new Float64Array(m * blockRows);
  const ticker = new WorkTicker(n * d * m + 1, n, onBlock);
  for (let r0 = 0; r0 < n; r0 += blockRows) {
    const height = Math.min(blockRows, n - r0);
    const { data, at } = rows.block(r0, height);
    transposePanel(data, at, d, height, d, left, blockRows);
    transposePanel(v.data, r0 * m, m, height, m, right, blockRows);
    for (let i0 = 0; i0 < d; i0 += 4 * panel) {
      const count = Math.min(4 * panel, d - i0);
      addProductTransposed(1, count, m, height, left, i0 * blockRows, blockRows, right, 0, blockRows, out, i0 * m, m);
      ticker.tick(count * m * height);
    }
  }
  ticker.finish();
  return { rows: d, columns: m, data: out };
}

function multiplyThrough(x: RowBlocks, b: Matrix, k: number, map: MapProducts, onBlock?: OnBlock): Matrix {
  const rows = rowsOf(x);
  const { rows: n, columns: d } = rows;
  if (b.rows !== d) throw new BugError(`A product of n×${d} rows with a matrix of ${b.rows} rows.`);
  const m = b.columns;
  const transposed = new Float64Array(d * m);
  transposePanel(b.data, 0, m, d, m, transposed, d);
  const out = new Float64Array(d * k);
  const products = new Float64Array(blockRows * m);
  const mapped = new Float64Array(blockRows * k);
  const left = new Float64Array(d * blockRows);
  const right = new Float64Array(k * blockRows);
  const ticker = new WorkTicker(n * d * (m + k) + 1, n, onBlock);
  for (let r0 = 0; r0 < n; r0 += blockRows) {
    const height = Math.min(blockRows, n - r0);
    const { data, at } = rows.block(r0, height);
    products.fill(0, 0, height * m);
    for (let j0 = 0; j0 < m; j0 += 4 * panel) {
      const width = Math.min(4 * panel, m - j0);
      addProductTransposed(1, height, width, d, data, at, d, transposed, j0 * d, d, products, j0, m);
      ticker.tick(height * d * width);
    }
    mapped.fill(0, 0, height * k);
    map(products.subarray(0, height * m), mapped.subarray(0, height * k), r0, height);
    transposePanel(data, at, d, height, d, left, blockRows);
    transposePanel(mapped, 0, k, height, k, right, blockRows);
    for (let i0 = 0; i0 < d; i0 += 4 * panel) {
      const count = Math.min(4 * panel, d - i0);
      addProductTransposed(1, count, k, height, left, i0 * blockRows, blockRows, right, 0, blockRows, out, i0 * k, k);
      ticker.tick(count * k * height);
    }
  }
  ticker.finish();
  return { rows: d, columns: k, data: out };
}
