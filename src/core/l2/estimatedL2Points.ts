import type { Matrix } from '../base/matrix';
import type { HessianProducts } from '../influence/ihvp/hessianProducts';
import type { KroneckerBasis } from '../influence/ihvp/kroneckerBasis';
import { createKroneckerBasis } from '../influence/ihvp/kroneckerBasis';
import type { KroneckerFactors } from '../influence/ihvp/kroneckerFactors';
import {
  applyKroneckerInverse,
  blockHeight,
  createKroneckerFactors,
  rangeOf,
  rescale,
} from '../influence/ihvp/kroneckerFactors';
import { kroneckerQuadratics } from '../influence/leverage/kroneckerForms';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { createRowCurvatures } from '../models/curvature/rowCurvature';
import { fillResidual, lossOfRow } from '../models/evaluateHead';
import type { FitMetric } from '../models/fitting/fitMetric';
import { fitByQuasiNewton } from '../models/fitting/quasiNewtonFit';
import type { HeadProblem } from '../models/headProblem';
import { withL2 } from '../models/headProblem';
import { softmaxLoss } from '../models/rowMath';
import { startAt } from './exactL2Points';
import { matchFormScale } from './formScale';
import type { VisitL2 } from './l2Path';
import type { LeaveOneOutSummary } from './leaveOneOutLoss';

/**
 * Relative gradient norm of a point of the path: its leave-one-out loss is then within 0.1 % of that at the optimum
 * (measured).
 */
const pathTolerance = 5e-4;

/**
 * Where λ are compared on all rows after a sample of them, a basis serves those up to so many decades from the one it
 * was made at: the losses change by 0.02 %, all alike, as the scale of the forms is found anew each time (embeddings,
 * 20,000 rows). Among few rows that are near certainty they would change by up to 7 % (1,797 digits).
 */
const basisDecades = 0.7;

/** Kronecker factors of a problem visited before. */
interface KnownFactors {
  readonly factors: KroneckerFactors;
  readonly l2: number;
  readonly totalWeight: number;
  /** The λ at which their basis was made. */
  readonly basisL2: number;
}

/**
 * Visits λ values of softmax heads without their Hessians: a fit by gradients from the neighbours' θ, in the metric of
 * the last Kronecker factors with the ridge of this λ, then factors of its own and the leave-one-out loss they give.
 * O(n·d² + d³ + n·d·K) a point, and ten to forty passes of O(n·d·K). The problems differ in their rows alone, with one
 * total ridge: what is known from the last one is used for the next, with `keepsBasis` its basis too.
 */
export function createEstimatedVisits(
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): (problem: HeadProblem, keepsBasis: boolean) => VisitL2 {
  let last: KnownFactors | undefined;
  return (problem, keepsBasis) => (l2, visited) => {
    const { totalWeight } = problem;
    const at = withL2(problem, l2);
    const start = startAt(at, visited, linalg, onBlock);
    const metric =
      last && metricOf(rescale(last.factors, { rows: totalWeight / last.totalWeight, ridge: l2 / last.l2 }), linalg);
    const { state } = fitByQuasiNewton(at, linalg, { start, tolerance: pathTolerance, metric, onBlock });
    const isNear = keepsBasis && last !== undefined && Math.abs(Math.log10(l2 / last.basisL2)) <= basisDecades;
    const basis = isNear ? last?.factors.basis : undefined;
    const products = { problem: at, linalg, logits: state.logits };
    const { factors, ...summary } = estimateLeaveOneOutLoss(products, { basis, onBlock });
    last = { factors, l2, totalWeight, basisL2: basis === undefined ? l2 : (last?.basisL2 ?? l2) };
    return { point: { l2, ...summary }, theta: state.theta, hessians: 0 };
  };
}

function metricOf(factors: KroneckerFactors, linalg: LinearAlgebra): FitMetric {
  return { solve: (vectors) => applyKroneckerInverse(factors, vectors, linalg) };
}

interface EstimateOptions {
  /** That of a neighbouring problem, which saves a Gram matrix and its eigenvectors; default its own. */
  readonly basis?: KroneckerBasis | undefined;
  readonly onBlock?: OnBlock | undefined;
}

/** With the factors it was made of. */
interface EstimatedSummary extends LeaveOneOutSummary {
  readonly factors: KroneckerFactors;
}

/**
 * The mean leave-one-out loss by the forms Wᵢ = scale·Σⱼ qᵢⱼvⱼvⱼᵀ of (H − wᵢHᵢ)⁻¹ (see `createKroneckerForms`): the
 * leave-one-out logits are xᵢᵀθ̂ + wᵢWᵢrᵢ, with the scale of formScale.ts. O(n·d² + 9d³ + n·J·(d + K)), and two passes
 * for eight vectors.
 */
export function estimateLeaveOneOutLoss(
  products: HessianProducts,
  { basis, onBlock }: EstimateOptions = {},
): EstimatedSummary {
  const { problem, linalg, logits } = products;
  const rows = createRowCurvatures(problem, logits);
  const factors = createKroneckerFactors(products, basis ?? createKroneckerBasis(products, onBlock, rows), {
    method: 'ekfac',
    rows,
    onBlock,
  });
  const { scale, effectiveDof } = matchFormScale(products, factors, onBlock);
  const { weights } = problem;
  const n = weights.length;
  const height = blockHeight(factors.curvatures.columns);
  const left = new LeftOutRow(products, factors.basis.outputs, scale);
  let looLoss = 0;
  let loss = 0;
  for (let from = 0; from < n; from += height) {
    const count = Math.min(height, n - from);
    const q = kroneckerQuadratics(linalg, factors, rangeOf(problem.rows, from, count)).data;
    for (let at = 0; at < count; at++) {
      const row = from + at;
      const w = weights[row];
      if (w === 0) continue;
      looLoss += w * left.looLoss(row, q, at);
      loss += w * lossOfRow(problem, logits, row);
    }
    onBlock?.(from + count, n);
  }
  return {
    meanLooLoss: looLoss / problem.totalWeight,
    meanLoss: loss / problem.totalWeight,
    effectiveDof,
    factors,
  };
}

/** Leaves rows out by their forms. Its method is small and called for every row: see CONTRIBUTING.md on hot loops. */
class LeftOutRow {
  readonly #products: HessianProducts;
  readonly #outputs: Matrix;
  readonly #scale: number;
  readonly #residual: Float64Array;
  readonly #moved: Float64Array;

  /** `outputs`: J×K, the vectors vⱼ. */
  constructor(products: HessianProducts, outputs: Matrix, scale: number) {
    this.#products = products;
    this.#outputs = outputs;
    this.#scale = scale;
    this.#residual = new Float64Array(outputs.columns);
    this.#moved = new Float64Array(outputs.columns);
  }

  /** The loss of a row's label under the logits without it. `q`: count×J, whose row `at` is the row's. */
  looLoss(row: number, q: Float64Array, at: number): number {
    const { problem, logits } = this.#products;
    const { rows: J, columns: K, data: v } = this.#outputs;
    const residual = this.#residual;
    const moved = this.#moved;
    const label = problem.labels[row];
    fillResidual(problem, logits, row, label, residual, 0);
    for (let c = 0; c < K; c++) moved[c] = logits[row * K + c];
    for (let j = 0; j < J; j++) {
      let along = 0;
      for (let c = 0; c < K; c++) along += v[j * K + c] * residual[c];
      along *= problem.weights[row] * this.#scale * q[at * J + j];
      for (let c = 0; c < K; c++) moved[c] += along * v[j * K + c];
    }
    return softmaxLoss(moved, 0, K, label);
  }
}
