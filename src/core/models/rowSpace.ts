import { BugError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { forEachRowBlock } from '../base/featureRows';
import { gatherRows } from '../base/gatherRows';
import type { Matrix } from '../base/matrix';
import { rowsOfWeight } from '../base/weights';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { countedFeatures, countedProduct, PivotedFactor } from './pivotedFactor';

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
        for (let t = 0; t < m; t++) out[t * width + k] = countedProduct(x, 0, parameters, t * d, counted);
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
