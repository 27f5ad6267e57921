import { createRandom } from '../../base/random';
import { symmetricEigen } from '../../linalg/symmetricEigen';
import { createEstimatedInverse } from './estimatedInverse';
import { hessianDiagonal } from './hessianDiagonal';
import type { HessianProducts } from './hessianProducts';
import { multiplyCurvature } from './hessianProducts';
import type { InverseHessian } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';
import { dampingText, defaultRank } from './inverseOptions';
import { createWoodburySolve, ridgeDiagonal } from './woodbury';

/** Eigenvalues of the sketched block below this share of the largest are dropped. */
const smallestShare = 1e-10;

/**
 * The curvature of the rows by `rank` of its columns, J ≈ J[:,S]·J[S,S]⁺·J[S,:], plus ridge and damping; inverted by
 * Woodbury. S is drawn at random and holds every unpenalised coordinate as far as there is room. `rank` right-hand
 * sides of one pass, rank·p numbers. Source: Hataya & Yamada 2023, "Nyström method for accurate and scalable implicit
 * differentiation", eq. 6. Reads `rank`, `seed`, `damping`.
 */
export function createNystroemInverse(products: HessianProducts, options: InverseOptions = {}): InverseHessian {
  const { damping = 0, seed = 1, onBlock } = options;
  const { problem, linalg } = products;
  const p = problem.parameters;
  const d = problem.features.columns;
  const rank = Math.min(options.rank ?? defaultRank, p);
  const order = Int32Array.from({ length: p }, (_, at) => at);
  createRandom(seed).shuffle(order);
  const free = (at: number): number => (problem.ridge[at % d] === 0 ? 0 : 1);
  const sample = Int32Array.from([...order].sort((a, b) => free(a) - free(b)).slice(0, rank));
  const units = new Float64Array(rank * p);
  sample.forEach((at, k) => (units[k * p + at] = 1));
  const columns = multiplyCurvature(products, { rows: rank, columns: p, data: units }, onBlock).data;
  const block = new Float64Array(rank * rank);
  sample.forEach((at, k) => {
    for (let j = 0; j < rank; j++) block[k * rank + j] = columns[j * p + at];
  });
  const { values, vectors } = symmetricEigen({ rows: rank, columns: rank, data: block });
  const kept = Array.from(values.keys()).filter((k) => values[k] > smallestShare * values[rank - 1]);
  const factors = new Float64Array(kept.length * p);
  kept.forEach((k, row) => {
    for (let j = 0; j < rank; j++) {
      const share = vectors.data[k * rank + j] / Math.sqrt(values[k]);
      for (let at = 0; at < p; at++) factors[row * p + at] += share * columns[j * p + at];
    }
  });
  const diagonal = ridgeDiagonal(problem, hessianDiagonal(products, onBlock), damping);
  const solve = createWoodburySolve(diagonal, { rows: kept.length, columns: p, data: factors }, linalg, onBlock);
  const description = `Nyström, ${rank} of ${p} columns${dampingText(damping)}`;
  return createEstimatedInverse(products, 'nystroem', description, damping, solve);
}
