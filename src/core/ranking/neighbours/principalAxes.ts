import type { Matrix } from '../../base/matrix';
import type { Random } from '../../base/random';
import { drawNormals } from '../../base/random';
import type { LinearAlgebra } from '../../linalg/linearAlgebra';
import { orthonormalise } from '../../linalg/orthonormalise';
import { symmetricEigenOf } from '../../linalg/symmetricEigen';
import { withRows } from '../../linalg/withRows';

/** Beyond this many columns the covariance itself is not formed. */
const mostCovarianceColumns = 2048;
/**
 * Axes computed beyond those wanted, and steps: the leading ones then carry all but a few per cent of what is possible.
 */
const spareAxes = 8;
const powerSteps = 2;

/** Orthonormal directions of the largest variance. */
interface PrincipalAxes {
  /** d: the mean of the sample. */
  readonly mean: Float64Array;
  /** d×p, orthonormal columns, by descending variance. */
  readonly axes: Matrix;
  /** Variance of the sample along each axis. */
  readonly variances: Float64Array;
}

/**
 * About the leading p principal axes of a sample of rows (m×d), by block power iteration from a seeded start and
 * Rayleigh–Ritz. At most min(m, d) axes. O(m·d²) or, for more than 2,048 columns, O(m·d·p) a step. Deterministic.
 * Source: Halko, Martinsson & Tropp, "Finding structure with randomness", SIAM Review 2011, algorithms 4.4 and 5.3.
 */
export function computePrincipalAxes(
  sample: Matrix,
  p: number,
  { linalg, random }: { readonly linalg: LinearAlgebra; readonly random: Random },
  onBlock?: () => void,
): PrincipalAxes {
  const { rows: m, columns: d } = sample;
  const mean = meanRow(sample);
  const centred = lessRow(sample, mean);
  onBlock?.();
  const width = Math.min(m, d, p + spareAxes);
  const apply = covarianceProduct(centred, linalg, onBlock);
  try {
    let basis: Matrix = { rows: d, columns: width, data: drawNormals(random, d * width) };
    let image = apply.multiply(basis);
    for (let step = 0; step < powerSteps; step++) {
      // Only the last basis has to be orthogonal to rounding.
      basis = orthonormalise(image, step === powerSteps - 1 ? 2 : 1, linalg);
      onBlock?.();
      image = apply.multiply(basis);
    }
    return { mean, ...ritz(basis, image, Math.min(p, width), linalg) };
  } finally {
    apply.dispose();
  }
}

function meanRow({ rows: m, columns: d, data }: Matrix): Float64Array {
  const sums = new Float64Array(d);
  for (let i = 0, at = 0; i < m; i++) for (let j = 0; j < d; j++, at++) sums[j] += data[at];
  return sums.map((sum) => sum / m);
}

function lessRow({ rows, columns, data }: Matrix, row: Float64Array): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) out[at] = data[at] - row[j];
  return { rows, columns, data: out };
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
  const { columns: w } = basis;
  return withRows(linalg, basis, (rows) => {
    const small = linalg.transposeMultiply(rows, image);
    symmetrise(small);
    // Ascending, a vector a row.
    const { values, vectors } = symmetricEigenOf(linalg, small);
    const variances = Float64Array.from({ length: p }, (_, j) => Math.max(0, values[w - 1 - j]));
    return { axes: linalg.multiply(rows, lastAsColumns(vectors, p)), variances };
  });
}

function symmetrise({ rows: w, data }: Matrix): void {
  for (let i = 0; i < w; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (data[i * w + j] + data[j * w + i]) / 2;
      data[i * w + j] = mean;
      data[j * w + i] = mean;
    }
  }
}

/** The last p rows of a w×w matrix, the last one first, as the columns of a w×p one. */
function lastAsColumns({ rows: w, data }: Matrix, p: number): Matrix {
  const out = new Float64Array(w * p);
  for (let i = 0; i < w; i++) for (let j = 0; j < p; j++) out[i * p + j] = data[(w - 1 - j) * w + i];
  return { rows: w, columns: p, data: out };
}
