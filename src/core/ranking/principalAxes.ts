import type { Matrix } from '../base/matrix';
import type { Random } from '../base/random';
import type { LinearAlgebra } from '../linalg/linearAlgebra';
import { symmetricEigenOf } from '../linalg/symmetricEigen';

/** Beyond this many columns the covariance itself is not formed. */
const mostCovarianceColumns = 2048;
/** Axes computed beyond those wanted, and steps: the leading ones then carry all but a few per cent of what is possible. */
const spareAxes = 8;
const powerSteps = 2;

/** Orthonormal directions of the largest variance. */
export interface PrincipalAxes {
  /** d: the mean of the sample. */
  readonly mean: Float64Array;
  /** d×p, orthonormal columns, by descending variance. */
  readonly axes: Matrix;
  /** Variance of the sample along each axis. */
  readonly variances: Float64Array;
}

/**
 * About the leading p principal axes of a sample of rows (m×d), by block power iteration from a seeded start and Rayleigh–Ritz. At most
 * min(m, d) axes. O(m·d²) or, for more than 2,048 columns, O(m·d·p) a step. Deterministic.
 * Source: Halko, Martinsson & Tropp, "Finding structure with randomness", SIAM Review 2011, algorithms 4.4 and 5.3.
 */
export function computePrincipalAxes(
  sample: Matrix,
  p: number,
  { linalg, random }: { readonly linalg: LinearAlgebra; readonly random: Random },
  onBlock?: () => void,
): PrincipalAxes {
  const { rows: m, columns: d } = sample;
  const mean = new Float64Array(d);
  for (let i = 0; i < m; i++) for (let j = 0; j < d; j++) mean[j] += sample.data[i * d + j] / m;
  const centred = { rows: m, columns: d, data: new Float64Array(m * d) };
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < d; j++) centred.data[i * d + j] = sample.data[i * d + j] - mean[j];
  }
  onBlock?.();
  const width = Math.min(m, d, p + spareAxes);
  const apply = covarianceProduct(centred, linalg, onBlock);
  try {
    const start = Float64Array.from({ length: d * width }, () => random.normal());
    let basis: Matrix = { rows: d, columns: width, data: start };
    let image = apply.multiply(basis);
    for (let step = 0; step < powerSteps; step++) {
      // Only the last basis has to be orthogonal to rounding.
      basis = orthonormalise(image, step === powerSteps - 1 ? 2 : 1, onBlock);
      image = apply.multiply(basis);
    }
    return { mean, ...ritz(basis, image, Math.min(p, width), linalg) };
  } finally {
    apply.dispose();
  }
}

/** B ↦ Σ·B for the covariance Σ of centred rows. */
function covarianceProduct(
  centred: Matrix,
  linalg: LinearAlgebra,
  onBlock?: () => void,
): { readonly multiply: (b: Matrix) => Matrix; readonly dispose: () => void } {
  const rows = linalg.loadRows(centred);
  const scale = 1 / centred.rows;
  if (centred.columns > mostCovarianceColumns) {
    return {
      multiply(b) {
        const product = linalg.transposeMultiply(rows, linalg.multiply(rows, b, onBlock), onBlock);
        return { ...product, data: product.data.map((value) => value * scale) };
      },
      dispose: () => rows.dispose(),
    };
  }
  let gram: Matrix;
  try {
    [gram] = linalg.weightedGrams(rows, [new Float64Array(centred.rows).fill(scale)], onBlock);
  } finally {
    rows.dispose();
  }
  const loaded = linalg.loadRows(gram);
  return { multiply: (b) => linalg.multiply(loaded, b, onBlock), dispose: () => loaded.dispose() };
}

/** The best axes within the span of `basis` (d×w, orthonormal), whose image under Σ is `image`. */
function ritz(
  basis: Matrix,
  image: Matrix,
  p: number,
  linalg: LinearAlgebra,
): Pick<PrincipalAxes, 'axes' | 'variances'> {
  const { rows: d, columns: w } = basis;
  const small = new Float64Array(w * w);
  for (let r = 0; r < d; r++) {
    for (let i = 0; i < w; i++) {
      const value = basis.data[r * w + i];
      for (let j = 0; j < w; j++) small[i * w + j] += value * image.data[r * w + j];
    }
  }
  for (let i = 0; i < w; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (small[i * w + j] + small[j * w + i]) / 2;
      small[i * w + j] = mean;
      small[j * w + i] = mean;
    }
  }
  // Ascending, a vector a row.
  const { values, vectors } = symmetricEigenOf(linalg, { rows: w, columns: w, data: small });
  const axes = new Float64Array(d * p);
  for (let r = 0; r < d; r++) {
    for (let j = 0; j < p; j++) {
      const vector = (w - 1 - j) * w;
      let sum = 0;
      for (let i = 0; i < w; i++) sum += basis.data[r * w + i] * vectors.data[vector + i];
      axes[r * p + j] = sum;
    }
  }
  const variances = Float64Array.from({ length: p }, (_, j) => Math.max(0, values[w - 1 - j]));
  return { axes: { rows: d, columns: p, data: axes }, variances };
}

/** Gram–Schmidt; in two passes orthogonal to rounding. Columns that depend on others become 0. O(d·w²). */
function orthonormalise({ rows: d, columns: w, data }: Matrix, passes: number, onBlock?: () => void): Matrix {
  const columns = Array.from({ length: w }, (_, j) => Float64Array.from({ length: d }, (_, r) => data[r * w + j]));
  columns.forEach((column, j) => {
    const before = Math.sqrt(dot(column, column));
    for (let pass = 0; pass < passes; pass++) {
      for (let i = 0; i < j; i++) {
        const along = dot(columns[i], column);
        for (let r = 0; r < d; r++) column[r] -= along * columns[i][r];
      }
    }
    const length = Math.sqrt(dot(column, column));
    const scale = length > 1e-10 * before ? 1 / length : 0;
    for (let r = 0; r < d; r++) column[r] *= scale;
    if (j % 16 === 15) onBlock?.();
  });
  const out = new Float64Array(d * w);
  columns.forEach((column, j) => {
    for (let r = 0; r < d; r++) out[r * w + j] = column[r];
  });
  return { rows: d, columns: w, data: out };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
