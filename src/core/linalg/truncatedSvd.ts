import type { Matrix } from '../base/matrix';
import { drawNormals, type Random } from '../base/random';
import type { LinearAlgebra, OnBlock } from './linearAlgebra';
import { orthonormalise } from './orthonormalise';
import { symmetricEigenOf } from './symmetricEigen';
import { withRows } from './withRows';

/** Directions computed beyond those wanted, and fewest steps, as in scikit-learn's TruncatedSVD. */
const spareDirections = 10;
const fewestSteps = 5;
/** More steps are made where all of them together are no more multiply-adds than this, some tenths of a second. */
const mostSteps = 40;
const cheapWork = 3e8;
/** Of the largest singular value: smaller ones are rounding. */
const smallestShare = 1e-7;

/** X (n×t) by its products: it need not be formed. */
export interface SvdRows {
  readonly rows: number;
  readonly width: number;
  /** Multiply-adds of `multiplyGram` for each column of B. */
  readonly columnWork: number;
  /** X·Xᵀ·B, n×w for B n×w. */
  multiplyGram(b: Matrix, onBlock: OnBlock): Matrix;
  /** Xᵀ·V, t×w for V n×w. */
  transposeMultiply(v: Matrix, onBlock: OnBlock): Matrix;
}

interface TruncatedSvd {
  /** k singular values, descending, none of them 0. */
  readonly singularValues: Float64Array;
  /** t×k: right singular vectors as orthonormal columns; the largest entry of each is positive. */
  readonly directions: Matrix;
}

interface SvdContext {
  readonly linalg: LinearAlgebra;
  readonly random: Random;
  /** Called with the products done of all. */
  readonly onBlock?: OnBlock;
}

/**
 * The leading k singular values and right singular vectors of X (n×t), or as many as X has: block power iteration on
 * X·Xᵀ from a seeded start, then Rayleigh–Ritz. Exact to rounding where k + 10 is no less than the rank; the last
 * directions of a longer spectrum are off by what all steps leave of it, (σ₍k+11₎/σₖ)² each. O(columnWork·k) a step,
 * and O((n·steps + t)·k²). Source: Halko, Martinsson & Tropp, "Finding
 * structure with randomness", SIAM Review 2011, algorithm 4.4; Rayleigh–Ritz in place of their last step.
 */
export function truncatedSvd(x: SvdRows, k: number, { linalg, random, onBlock }: SvdContext): TruncatedSvd {
  const w = Math.min(x.rows, x.width, k + spareDirections);
  const stepWork = x.columnWork * w + 3 * x.rows * w * w;
  const steps = Math.max(fewestSteps, Math.min(mostSteps, Math.floor(cheapWork / stepWork)));
  let basis: Matrix = { rows: x.rows, columns: w, data: drawNormals(random, x.rows * w) };
  for (let step = 0; step < steps; step++) {
    basis = x.multiplyGram(orthonormalise(basis, 1, linalg), (done, total) =>
      onBlock?.(step + done / total, steps + 1),
    );
  }
  // Only the last basis has to be orthogonal to rounding.
  const last = orthonormalise(basis, 2, linalg);
  return ritz(
    x.transposeMultiply(last, (done, total) => onBlock?.(steps + done / Math.max(1, total), steps + 1)),
    k,
    linalg,
  );
}

/** The best singular triplets within the span of Q (n×w, orthonormal), of which `image` is XᵀQ (t×w). */
function ritz(image: Matrix, k: number, linalg: LinearAlgebra): TruncatedSvd {
  const { columns: w } = image;
  return withRows(linalg, image, (rows) => {
    const { values, vectors } = symmetricEigenOf(linalg, linalg.transposeMultiply(rows, image));
    const largest = Math.sqrt(Math.max(0, values[w - 1] ?? 0));
    const singular = Array.from({ length: Math.min(k, w) }, (_, j) => Math.sqrt(Math.max(0, values[w - 1 - j])));
    const singularValues = Float64Array.from(singular.filter((value) => value > smallestShare * largest));
    const count = singularValues.length;
    const turn = new Float64Array(w * count);
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < w; i++) turn[i * count + j] = vectors.data[(w - 1 - j) * w + i] / singularValues[j];
    }
    const directions = linalg.multiply(rows, { rows: w, columns: count, data: turn });
    pointUp(directions);
    return { singularValues, directions };
  });
}

/** Turns each column so that its largest entry is positive. */
function pointUp({ rows, columns, data }: Matrix): void {
  const largest = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    const j = at % columns;
    if (Math.abs(data[at]) > Math.abs(largest[j])) largest[j] = data[at];
  }
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) if (largest[j] < 0) data[at] = -data[at];
}
