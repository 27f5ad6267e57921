import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { columnsAsParameters, parametersAsColumns } from './evaluateHead';
import type { HeadProblem } from './headProblem';
import { fillSoftmax, logisticCurvature } from './rowMath';

/** Bytes of weight vectors handed to the backend at a time. */
const weightBytes = 48 * 2 ** 20;

/**
 * H = Σᵢ wᵢ Aᵢ ⊗ xᵢxᵢᵀ + ridge (+ the gauge term), p×p, symmetric. Only the off-diagonal blocks of the softmax head are summed,
 * with the weights wᵢpᵢₐpᵢ_b ≥ 0; as p(1 − p) = Σ_b p·p_b, the diagonal blocks are their negative sums, without a subtraction.
 *
 * The loss of a softmax head does not see a shift common to all classes' θ_j: with an unpenalised feature j nothing holds it, else only the
 * ridge. γuuᵀ on each such direction u makes H invertible, and its condition that of the directions that matter. Gradients, and so
 * θ̂ and the solutions of systems with gradients, are orthogonal to u: any γ > 0 gives the same answers.
 * O(n·d²·C(C−1)/4) multiply-adds, logistic O(n·d²/2).
 */
export function computeHessian(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  const { parameters: p, ridge } = problem;
  const d = problem.features.columns;
  const hessian = computeCurvature(problem, logits, linalg, onBlock);
  const { data } = hessian;
  for (let at = 0; at < p; at++) data[at * p + at] += ridge[at % d];
  for (const [j, gamma] of gaugeTerms(problem, data)) {
    for (let a = 0; a < problem.outputs; a++) {
      for (let b = 0; b < problem.outputs; b++) data[(a * d + j) * p + b * d + j] += gamma;
    }
  }
  return hessian;
}

/** Σᵢ wᵢ Aᵢ ⊗ xᵢxᵢᵀ alone, p×p: what the rows add to H. */
export function computeCurvature(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  return problem.kind === 'logistic'
    ? logisticCurvatures(problem, logits, linalg, onBlock)
    : softmaxCurvatures(problem, logits, linalg, onBlock);
}

function logisticCurvatures(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  const curvatures = problem.weights.map((w, i) => (w === 0 ? 0 : w * logisticCurvature(logits[i])));
  return linalg.weightedGrams(problem.rows, [curvatures], onBlock)[0];
}

function softmaxCurvatures(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  const { outputs, parameters: p, weights } = problem;
  const n = problem.rows.rows;
  const d = problem.features.columns;
  const data = new Float64Array(p * p);
  const pairs: (readonly [number, number])[] = [];
  for (let a = 0; a < outputs; a++) for (let b = 0; b < a; b++) pairs.push([a, b]);
  const probabilities = new Float64Array(logits.length);
  for (let i = 0; i < n; i++)
    if (weights[i] !== 0) fillSoftmax(logits, i * outputs, outputs, probabilities, i * outputs);
  const perCall = Math.max(1, Math.min(pairs.length, Math.floor(weightBytes / (8 * n))));
  const buffers = Array.from({ length: perCall }, () => new Float64Array(n));
  for (let first = 0; first < pairs.length; first += perCall) {
    const now = pairs.slice(first, first + perCall);
    now.forEach(([a, b], at) => {
      const buffer = buffers[at];
      for (let i = 0; i < n; i++) {
        buffer[i] = weights[i] * probabilities[i * outputs + a] * probabilities[i * outputs + b];
      }
    });
    const share: OnBlock | undefined =
      onBlock && ((done, total) => onBlock(Math.floor((n * (first + (now.length * done) / total)) / pairs.length), n));
    const grams = linalg.weightedGrams(problem.rows, buffers.slice(0, now.length), share);
    now.forEach(([a, b], at) => addPair(data, p, d, a, b, grams[at].data));
  }
  return { rows: p, columns: p, data };
}

/** Puts −gram into the blocks (a, b) and (b, a) and adds it to the blocks (a, a) and (b, b). */
function addPair(h: Float64Array, p: number, d: number, a: number, b: number, gram: Float64Array): void {
  for (let j = 0; j < d; j++) {
    const inA = (a * d + j) * p;
    const inB = (b * d + j) * p;
    for (let k = 0; k < d; k++) {
      const value = gram[j * d + k];
      h[inA + b * d + k] = -value;
      h[inB + a * d + k] = -value;
      h[inA + a * d + k] += value;
      h[inB + b * d + k] += value;
    }
  }
}

/** For each feature of a softmax head, γ of the size of H's own entries there. */
function gaugeTerms(problem: HeadProblem, hessian: Float64Array): readonly (readonly [number, number])[] {
  if (problem.kind === 'logistic') return [];
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  return Array.from({ length: d }, (_, j) => {
    let trace = 0;
    for (let c = 0; c < outputs; c++) trace += hessian[(c * d + j) * p + c * d + j];
    return [j, trace > 0 ? trace / (outputs * outputs) : 1] as const;
  });
}

/**
 * H·v by two passes over the rows in float64, without the gauge terms (v must sum to zero over the classes).
 * Corrects solves whose factor comes from a single-precision H. O(n·d·K).
 */
export function multiplyHessian(
  problem: HeadProblem,
  logits: Float64Array,
  v: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Float64Array {
  const { outputs, weights, ridge } = problem;
  const n = problem.rows.rows;
  const d = problem.features.columns;
  const moved = linalg.multiply(problem.rows, parametersAsColumns(v, d, outputs), onBlock).data;
  const p = new Float64Array(outputs);
  for (let i = 0; i < n; i++) {
    const from = i * outputs;
    const w = weights[i];
    if (w === 0) {
      moved.fill(0, from, from + outputs);
    } else if (problem.kind === 'logistic') {
      moved[i] *= w * logisticCurvature(logits[i]);
    } else {
      fillSoftmax(logits, from, outputs, p, 0);
      applyCurvature(p, moved, from, outputs, w);
    }
  }
  const product = columnsAsParameters(
    linalg.transposeMultiply(problem.rows, { rows: n, columns: outputs, data: moved }, onBlock),
  );
  for (let at = 0; at < product.length; at++) product[at] += ridge[at % d] * v[at];
  return product;
}

/** z ← w·(diag(p) − ppᵀ)z in place; accurate for p near a unit vector: A z = p∘(z − z̄) with z̄ taken about the likeliest class. */
export function applyCurvature(p: Float64Array, z: Float64Array, from: number, classes: number, w: number): void {
  let likeliest = 0;
  for (let c = 1; c < classes; c++) if (p[c] > p[likeliest]) likeliest = c;
  const origin = z[from + likeliest];
  let mean = 0;
  for (let c = 0; c < classes; c++) if (c !== likeliest) mean += p[c] * (z[from + c] - origin);
  for (let c = 0; c < classes; c++) z[from + c] = w * p[c] * (z[from + c] - origin - mean);
}
