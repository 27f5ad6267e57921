import { gatherRows } from '../../base/gatherRows';
import type { Random } from '../../base/random';
import { drawNormals } from '../../base/random';
import { norm } from '../../base/vectors';
import { rowsOfWeight } from '../../base/weights';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { multiplyHessian } from '../../models/curvature/headHessian';
import { evaluateHead, fillResidual } from '../../models/evaluateHead';
import { removeGauge } from '../../models/gauge';
import type { FittedModel } from '../fittedModel';
import type { PosteriorOptions, PosteriorSampler } from './posterior';
import { requirePositive, requireSteps } from './posterior';

/**
 * Stochastic gradient Langevin steps: θ ← θ − (ε/2)(β∇L̃ + γ(θ − θ̂)) + √ε·ξ with ∇L̃ from some of the rows. Fills
 * `draws` (S×p); returns 1, as every step is taken. O(batch·d·K) a step.
 *
 * Source: Welling & Teh, "Bayesian Learning via Stochastic Gradient Langevin Dynamics", ICML 2011.
 */
export function drawBySgld(
  model: FittedModel,
  draws: Float64Array,
  sampler: Extract<PosteriorSampler, { kind: 'sgld' }>,
  options: PosteriorOptions,
): number {
  const { problem, theta } = model;
  const { parameters: p, outputs, ridge, weights } = problem;
  const { inverseTemperature: beta, localisation, random, onBlock } = options;
  const { stepSize = 0.2, batchRows = 256, thinning = 20, burnIn = 1000 } = sampler;
  requirePositive('step size', stepSize);
  requirePositive('number of rows in a batch', batchRows);
  requireSteps(thinning, burnIn);
  const samples = draws.length / p;
  const d = problem.features.columns;
  const step = stepSize / (beta * largestCurvature(model, random, onBlock) + localisation);
  const train = rowsOfWeight(weights);
  const whole = batchRows >= train.length;
  const change = new Float64Array(p);
  const moved = theta.slice();
  const noise = new Float64Array(p);
  for (let s = 0; s < samples; s++) {
    onBlock?.(s, samples);
    for (let at = s === 0 ? -burnIn : 0; at < thinning; at++) {
      const gradient = whole
        ? evaluateHead(problem, moved, model.linalg, onBlock).gradient
        : batchGradient(model, moved, chooseRows(train, batchRows, random), train.length, onBlock);
      if (!whole) for (let j = 0; j < p; j++) gradient[j] += ridge[j % d] * moved[j];
      for (let j = 0; j < p; j++) noise[j] = random.normal();
      removeGauge(noise, outputs, d);
      for (let j = 0; j < p; j++) {
        change[j] += -0.5 * step * (beta * gradient[j] + localisation * change[j]) + Math.sqrt(step) * noise[j];
      }
      removeGauge(change, outputs, d);
      for (let j = 0; j < p; j++) moved[j] = theta[j] + change[j];
    }
    draws.set(change, s * p);
  }
  return 1;
}

/** Distinct rows, ascending. */
function chooseRows(train: Int32Array, count: number, random: Random): Int32Array {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(train[random.integer(train.length)]);
  return Int32Array.from(chosen).sort();
}

/** n/m times the gradient of the losses of m rows. O(m·d·K). */
function batchGradient(
  { problem }: FittedModel,
  theta: Float64Array,
  rows: Int32Array,
  n: number,
  onBlock?: OnBlock,
): Float64Array {
  onBlock?.(0, n);
  const { outputs, labels, weights } = problem;
  const { data: x, columns: d } = gatherRows(problem.features, rows);
  const sum = new Float64Array(theta.length);
  const logits = new Float64Array(outputs);
  const residual = new Float64Array(outputs);
  for (let s = 0; s < rows.length; s++) {
    for (let c = 0; c < outputs; c++) {
      logits[c] = 0;
      for (let j = 0; j < d; j++) logits[c] += theta[c * d + j] * x[s * d + j];
    }
    fillResidual(problem, logits, 0, labels[rows[s]], residual, 0);
    for (let c = 0; c < outputs; c++) {
      const value = (weights[rows[s]] * n * residual[c]) / rows.length;
      for (let j = 0; j < d; j++) sum[c * d + j] += value * x[s * d + j];
    }
  }
  return sum;
}

/** λmax(H) within a few per cent by power iteration: a dozen products with H. */
function largestCurvature(model: FittedModel, random: Random, onBlock?: OnBlock): number {
  const { problem, logits, linalg } = model;
  let v = drawNormals(random, problem.parameters);
  let size = 0;
  for (let round = 0; round < 12; round++) {
    removeGauge(v, problem.outputs, problem.features.columns);
    const before = norm(v);
    v = v.map((value) => value / before);
    v = Float64Array.from(multiplyHessian(problem, logits, v, linalg, onBlock));
    size = norm(v);
  }
  return size;
}
