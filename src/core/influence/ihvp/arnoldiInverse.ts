import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { addScaled, dot, norm } from '../../base/vectors';
import { addProductTransposed } from '../../linalg/denseKernels';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { symmetricEigen } from '../../linalg/symmetricEigen';
import { drawOffGauge } from '../../models/gauge';
import { createEstimatedInverse } from './estimatedInverse';
import type { HessianProducts } from './hessianProducts';
import { multiplyDamped } from './hessianProducts';
import type { InverseHessian } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';
import { dampingText, defaultRank } from './inverseOptions';

/** A new Krylov direction this small against its product with H is rounding. */
const breakdown = 1e-12;

/**
 * Q(QᵀHQ)⁻¹Qᵀb with Q an orthonormal basis of the Krylov space of a random vector: what H does on the directions it
 * stretches most; the rest of b is dropped, so effects come out too small until `rank` nears p. As H is symmetric,
 * Arnoldi's iteration is Lanczos' with full orthogonalisation. `rank` passes and rank·p numbers once, O(rank·p) a
 * vector. Source: Schioppa et al. 2022, "Scaling up influence functions", section 3. Reads `rank`, `seed`, `damping`.
 */
export function createArnoldiInverse(products: HessianProducts, options: InverseOptions = {}): InverseHessian {
  const { damping = 0, seed = 1, onBlock } = options;
  const { outputs, parameters: p, features } = products.problem;
  const d = features.columns;
  // The gauge of a softmax head is no part of the space.
  const rank = Math.min(options.rank ?? defaultRank, outputs > 1 ? p - d : p);
  const { basis, projected } = krylovBasis(products, rank, damping, seed, onBlock);
  const { values, vectors } = symmetricEigen(projected);
  const description = `Arnoldi, ${rank} Krylov vectors${dampingText(damping)}`;
  return createEstimatedInverse(products, 'arnoldi', description, damping, (b) => {
    const m = b.rows;
    const inner = productOfRows(b.data, m, basis, rank, p);
    const along = productOfRows(inner, m, vectors.data, rank, rank);
    for (let at = 0; at < along.length; at++) along[at] /= values[at % rank];
    const data = new Float64Array(m * p);
    const back = new Float64Array(m * rank);
    for (let t = 0; t < m; t++) {
      for (let k = 0; k < rank; k++) {
        for (let j = 0; j < rank; j++) back[t * rank + j] += along[t * rank + k] * vectors.data[k * rank + j];
      }
      for (let j = 0; j < rank; j++) {
        const factor = back[t * rank + j];
        for (let at = 0; at < p; at++) data[t * p + at] += factor * basis[j * p + at];
      }
    }
    return { ...b, data };
  });
}

/** Rows of `basis` (rank×p) are orthonormal; `projected` is QᵀHQ. */
function krylovBasis(
  products: HessianProducts,
  rank: number,
  damping: number,
  seed: number,
  onBlock?: OnBlock,
): { readonly basis: Float64Array; readonly projected: Matrix } {
  const { outputs, parameters: p, features } = products.problem;
  const random = createRandom(seed);
  const basis = new Float64Array(rank * p);
  const projected = new Float64Array(rank * rank);
  let next = drawOffGauge(1, outputs, features.columns, random).data;
  let size = norm(next);
  let scale = size;
  for (let k = 0; k < rank; k++) {
    // An invariant space is exhausted: begin another one.
    while (!(size > breakdown * scale)) {
      next = drawOffGauge(1, outputs, features.columns, random).data;
      scale = norm(next);
      orthogonalise(next, basis, k, p);
      size = norm(next);
    }
    for (let at = 0; at < p; at++) basis[k * p + at] = next[at] / size;
    const q = basis.slice(k * p, (k + 1) * p);
    next = multiplyDamped(products, { rows: 1, columns: p, data: q }, damping, onBlock).data;
    for (let j = 0; j <= k; j++) {
      const product = dot(next, basis.subarray(j * p, (j + 1) * p));
      projected[k * rank + j] = product;
      projected[j * rank + k] = product;
    }
    scale = norm(next);
    orthogonalise(next, basis, k + 1, p);
    size = norm(next);
  }
  return { basis, projected: { rows: rank, columns: rank, data: projected } };
}

/** Gram–Schmidt against the first `count` rows, twice. */
function orthogonalise(v: Float64Array, basis: Float64Array, count: number, p: number): void {
  for (let round = 0; round < 2; round++) {
    for (let j = 0; j < count; j++) {
      const other = basis.subarray(j * p, (j + 1) * p);
      addScaled(v, -dot(v, other), other);
    }
  }
}

/** A·Bᵀ for A m×k and B r×k: m×r. */
function productOfRows(a: Float64Array, m: number, b: Float64Array, r: number, k: number): Float64Array {
  const out = new Float64Array(m * r);
  addProductTransposed(1, m, r, k, a, 0, k, b, 0, k, out, 0, r);
  return out;
}
