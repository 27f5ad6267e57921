import { createRandom } from '../base/random';
import type { HessianProducts } from '../influence/ihvp/hessianProducts';
import { createKroneckerBasis } from '../influence/ihvp/kroneckerBasis';
import type { KroneckerFactors } from '../influence/ihvp/kroneckerFactors';
import { blockHeight, createKroneckerFactors } from '../influence/ihvp/kroneckerFactors';
import { drawForms, formOf } from '../influence/leverage/calibrateForms';
import { kroneckerQuadratics } from '../influence/leverage/kroneckerForms';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { symmetricEigen } from '../linalg/symmetricEigen';
import { createRowCurvatures } from '../models/curvature/rowCurvature';
import { fillResidual, lossOfRow } from '../models/evaluateHead';
import { fitByQuasiNewton } from '../models/fitting/quasiNewtonFit';
import type { HeadProblem } from '../models/headProblem';
import { withL2 } from '../models/headProblem';
import { softmaxLoss } from '../models/rowMath';
import { startAt } from './exactL2Points';
import type { VisitL2 } from './l2Path';
import type { LeaveOneOutSummary } from './leaveOneOutLoss';

/**
 * Relative gradient norm of a point of the path: its leave-one-out loss is then within 0.1 % of that at the optimum
 * (measured).
 */
const pathTolerance = 5e-4;
/** Rows whose leverages are summed to find the scale of the forms. */
const matchedRows = 160;

/**
 * Visits λ values of softmax heads too large for exact Hessians: a fit by gradients from the neighbours' θ, then
 * Kronecker factors and the leave-one-out loss they give. O(n·d² + d³ + n·d·K) a point, and ten to forty passes of
 * O(n·d·K).
 */
export function createEstimatedVisit(problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): VisitL2 {
  return (l2, visited) => {
    const at = withL2(problem, l2);
    const start = startAt(at, visited, linalg, onBlock).theta;
    const { state } = fitByQuasiNewton(at, linalg, { start, tolerance: pathTolerance, onBlock });
    const summary = estimateLeaveOneOutLoss({ problem: at, linalg, logits: state.logits }, onBlock);
    return { point: { l2, ...summary }, theta: state.theta, hessians: 0 };
  };
}

/**
 * The mean leave-one-out loss by the forms Wᵢ = scale·Σⱼ qᵢⱼvⱼvⱼᵀ of (H − Hᵢ)⁻¹ (see `createKroneckerForms`): the
 * leave-one-out logits are xᵢᵀθ̂ + Wᵢrᵢ. The scale is the one at which the leverages sum to the trace that the factors
 * themselves give, Σ Λ/(Λ + ridge): no conjugate gradients needed. O(n·d² + 9d³ + n·J·(d + K)).
 */
export function estimateLeaveOneOutLoss(products: HessianProducts, onBlock?: OnBlock): LeaveOneOutSummary {
  const { problem, linalg, logits } = products;
  const rows = createRowCurvatures(problem, logits);
  const factors = createKroneckerFactors(products, createKroneckerBasis(products, onBlock, rows), {
    method: 'ekfac',
    rows,
    onBlock,
  });
  const effectiveDof = traceOfFactors(factors);
  const scale = matchScale(products, factors, effectiveDof);
  const { outputs: K, weights, labels } = problem;
  const n = weights.length;
  const J = factors.basis.outputs.rows;
  const v = factors.basis.outputs.data;
  const height = blockHeight(factors.curvatures.columns);
  const residual = new Float64Array(K);
  const moved = new Float64Array(K);
  let looLoss = 0;
  let loss = 0;
  for (let from = 0; from < n; from += height) {
    const count = Math.min(height, n - from);
    const q = kroneckerQuadratics(linalg, factors, problem.rows.range(from, count)).data;
    for (let at = 0; at < count; at++) {
      const row = from + at;
      const w = weights[row];
      if (w === 0) continue;
      fillResidual(problem, logits, row, labels[row], residual, 0);
      for (let c = 0; c < K; c++) moved[c] = logits[row * K + c];
      for (let j = 0; j < J; j++) {
        let along = 0;
        for (let c = 0; c < K; c++) along += v[j * K + c] * residual[c];
        along *= scale * q[at * J + j];
        for (let c = 0; c < K; c++) moved[c] += along * v[j * K + c];
      }
      looLoss += w * softmaxLoss(moved, 0, K, labels[row]);
      loss += w * lossOfRow(problem, logits, row);
    }
    onBlock?.(from + count, n);
  }
  return { meanLooLoss: looLoss / problem.totalWeight, meanLoss: loss / problem.totalWeight, effectiveDof };
}

/** tr(H⁻¹(H − ridge)) of the factored Hessian. */
function traceOfFactors({ curvatures, ridge }: KroneckerFactors): number {
  const d = curvatures.columns;
  let sum = 0;
  for (let at = 0; at < curvatures.data.length; at++) sum += 1 - ridge[at % d] / curvatures.data[at];
  return sum;
}

/** The scale at which the leverages of a sample, extrapolated to all rows, sum to `trace`: they grow with it. */
function matchScale(products: HessianProducts, factors: KroneckerFactors, trace: number): number {
  const { order, curved } = drawForms(products, factors, matchedRows, createRandom(1));
  if (order.length === 0) return 1;
  const forms = curved.map((matrix) => {
    const { values } = symmetricEigen(matrix);
    return { values, weights: new Float64Array(values.length).fill(1) };
  });
  const wanted = (trace * forms.length) / products.problem.totalWeight;
  let low = Math.log(1e-2);
  let high = Math.log(1e2);
  for (let step = 0; step < 40; step++) {
    const middle = 0.5 * (low + high);
    const scale = Math.exp(middle);
    const found = forms.reduce((sum, form) => sum + formOf(form, scale), 0);
    if (found < wanted) low = middle;
    else high = middle;
  }
  return Math.exp(0.5 * (low + high));
}
