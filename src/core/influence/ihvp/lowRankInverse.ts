import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { addScaled, dot, norm } from '../../base/vectors';
import { addProductTransposed } from '../../linalg/denseKernels';
import { symmetricEigen } from '../../linalg/symmetricEigen';
import { drawOffGauge } from '../../models/gauge';
import { createEstimatedInverse } from './estimatedInverse';
import { hessianDiagonal } from './hessianDiagonal';
import type { HessianProducts } from './hessianProducts';
import { multiplyCurvature } from './hessianProducts';
import type { InverseHessian } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';
import { dampingText, defaultRank } from './inverseOptions';
import { createWoodburySolve, ridgeDiagonal } from './woodbury';

/** Vectors beyond the rank, and rounds of products that sharpen the space. */
const oversampling = 10;
const powerRounds = 2;

/**
 * The `rank` largest eigenvalues of the rows' curvature by a randomised eigen-decomposition, the mean of the others
 * spread evenly, plus ridge and damping; inverted by Woodbury. Three passes with rank + 10 right-hand sides, and that
 * many vectors of p numbers. Source: LoRIF, low-rank influence functions (truncated decomposition and Woodbury, there
 * of the gradients' covariance); Halko, Martinsson & Tropp 2011, algorithms 4.4 and 5.3. Reads `rank`, `seed`,
 * `damping`.
 */
export function createLowRankInverse(products: HessianProducts, options: InverseOptions = {}): InverseHessian {
  const { damping = 0, seed = 1, onBlock } = options;
  const { problem, linalg } = products;
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  const free = outputs > 1 ? p - d : p;
  const rank = Math.min(options.rank ?? defaultRank, free);
  const size = Math.min(rank + oversampling, free);
  let space = orthonormalRows(drawOffGauge(size, outputs, d, createRandom(seed)));
  for (let round = 0; round < powerRounds; round++) {
    space = orthonormalRows(multiplyCurvature(products, space, onBlock));
  }
  const product = multiplyCurvature(products, space, onBlock).data;
  const projected = new Float64Array(size * size);
  addProductTransposed(1, size, size, p, space.data, 0, p, product, 0, p, projected, 0, size);
  const { values, vectors } = symmetricEigen({ rows: size, columns: size, data: projected });
  const whole = hessianDiagonal(products, onBlock);
  let rest = 0;
  for (let at = 0; at < p; at++) rest += whole[at] - problem.ridge[at % d];
  for (let k = size - rank; k < size; k++) rest -= values[k];
  const tail = free > rank ? Math.max(0, rest) / (free - rank) : 0;
  const factors = new Float64Array(rank * p);
  for (let row = 0; row < rank; row++) {
    const k = size - rank + row;
    const root = Math.sqrt(Math.max(0, values[k] - tail));
    for (let j = 0; j < size; j++) {
      const share = root * vectors.data[k * size + j];
      for (let at = 0; at < p; at++) factors[row * p + at] += share * space.data[j * p + at];
    }
  }
  const diagonal = ridgeDiagonal(problem, whole, damping).map((value) => value + tail);
  const solve = createWoodburySolve(diagonal, { rows: rank, columns: p, data: factors }, linalg, onBlock);
  const description = `low rank, ${rank} of ${free} eigenvalues, the others as ${tail.toPrecision(2)}${dampingText(damping)}`;
  return createEstimatedInverse(products, 'lowRank', description, damping, solve);
}

/** An orthonormal basis of the rows' span, by Gram–Schmidt, twice; rows that add nothing become 0. */
function orthonormalRows({ rows: m, columns: p, data }: Matrix): Matrix {
  const out = data.slice();
  for (let k = 0; k < m; k++) {
    const own = out.subarray(k * p, (k + 1) * p);
    const before = norm(own);
    for (let round = 0; round < 2; round++) {
      for (let j = 0; j < k; j++) {
        const other = out.subarray(j * p, (j + 1) * p);
        addScaled(own, -dot(own, other), other);
      }
    }
    const after = norm(own);
    const factor = after > 1e-12 * before ? 1 / after : 0;
    for (let at = 0; at < p; at++) own[at] *= factor;
  }
  return { rows: m, columns: p, data: out };
}
