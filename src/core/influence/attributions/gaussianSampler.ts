import { InputError } from '../../base/errors';
import type { Random } from '../../base/random';
import type { CholeskyFactor } from '../../linalg/linearAlgebra';
import { evaluateHead } from '../../models/evaluateHead';
import { removeGauge } from '../../models/gauge';
import type { FittedModel } from '../fittedModel';
import type { PosteriorOptions, PosteriorSampler } from './posterior';
import { requirePositive, requireSteps } from './posterior';

/** N(0, (βH + γI)⁻¹) on the parameters where the posterior lives, by the Cholesky factor of H + (γ/β)I. */
interface Gaussian {
  readonly factor: CholeskyFactor;
  /** √β. */
  readonly scale: number;
}

function createGaussian({ exact, problem, linalg }: FittedModel, options: PosteriorOptions): Gaussian {
  const { inverseTemperature, localisation, sampler } = options;
  if (exact === undefined) {
    throw new InputError(
      `The sampler ${sampler.kind} needs the Hessian, which is too large to form for ${problem.parameters} parameters. Choose sgld.`,
    );
  }
  const scale = Math.sqrt(inverseTemperature);
  if (localisation === 0) return { factor: exact.factor, scale };
  const { rows: p, data } = exact.hessian;
  const shifted = data.slice();
  for (let at = 0; at < p; at++) shifted[at * p + at] += localisation / inverseTemperature;
  return { factor: linalg.cholesky({ rows: p, columns: p, data: shifted }, options.onBlock), scale };
}

/** L⁻ᵀx/√β in place of x. O(p²/2). */
function unwhiten({ factor, scale }: Gaussian, x: Float64Array): void {
  const { data, rows: p } = factor.lower;
  for (let i = p - 1; i >= 0; i--) {
    const value = x[i] / data[i * p + i];
    x[i] = value;
    for (let j = 0, at = i * p; j < i; j++, at++) x[j] -= data[at] * value;
  }
  for (let i = 0; i < p; i++) x[i] /= scale;
}

/** √β·Lᵀx into `out`. */
function whiten({ factor, scale }: Gaussian, x: Float64Array, out: Float64Array): void {
  const { data, rows: p } = factor.lower;
  out.fill(0);
  for (let i = 0; i < p; i++) for (let j = 0, at = i * p; j <= i; j++, at++) out[j] += scale * data[at] * x[i];
}

/** L⁻¹x/√β in place of x: a gradient by θ becomes one by the whitened parameters. */
function whitenGradient({ factor, scale }: Gaussian, x: Float64Array): void {
  const { data, rows: p } = factor.lower;
  for (let i = 0; i < p; i++) {
    let value = x[i];
    for (let j = 0, at = i * p; j < i; j++, at++) value -= data[at] * x[j];
    x[i] = value / data[i * p + i];
  }
  for (let i = 0; i < p; i++) x[i] /= scale;
}

function drawGaussian({ problem }: FittedModel, gaussian: Gaussian, random: Random, out: Float64Array): void {
  for (let at = 0; at < out.length; at++) out[at] = random.normal();
  unwhiten(gaussian, out);
  removeGauge(out, problem.outputs, problem.features.columns);
}

/** The posterior's −log density and its gradient by the whitened parameters, at θ̂ + change. */
interface Place {
  readonly change: Float64Array;
  readonly whitened: Float64Array;
  readonly energy: number;
  readonly gradient: Float64Array;
}

function placeAt(
  model: FittedModel,
  gaussian: Gaussian,
  change: Float64Array,
  { inverseTemperature: beta, localisation, onBlock }: PosteriorOptions,
): Place {
  const { problem, linalg, theta } = model;
  const p = change.length;
  const moved = theta.map((value, at) => value + change[at]);
  const { objective, gradient: own } = evaluateHead(problem, moved, linalg, onBlock);
  const gradient = new Float64Array(p);
  let energy = beta * objective;
  for (let at = 0; at < p; at++) {
    gradient[at] = beta * own[at] + localisation * change[at];
    energy += 0.5 * localisation * change[at] * change[at];
  }
  whitenGradient(gaussian, gradient);
  const whitened = new Float64Array(p);
  whiten(gaussian, change, whitened);
  return { change, whitened, energy, gradient };
}

/**
 * Independent draws from the Gaussian approximation of the posterior (`laplace`), or a chain of Metropolis-adjusted
 * Langevin steps preconditioned by it (`mala`). Fills `draws` (S×p); returns the share of proposals taken. O(p²) a
 * draw; `mala` adds a pass over the rows for every step.
 *
 * Source: Roberts & Tweedie, "Exponential convergence of Langevin distributions and their discrete approximations",
 * Bernoulli 1996.
 */
export function drawByGaussian(
  model: FittedModel,
  draws: Float64Array,
  sampler: Exclude<PosteriorSampler, { kind: 'sgld' }>,
  options: PosteriorOptions,
): number {
  const { random, onBlock } = options;
  const gaussian = createGaussian(model, options);
  const { parameters: p, outputs, features } = model.problem;
  const samples = draws.length / p;
  if (sampler.kind === 'laplace') {
    for (let s = 0; s < samples; s++) {
      onBlock?.(s, samples);
      drawGaussian(model, gaussian, random, draws.subarray(s * p, (s + 1) * p));
    }
    return 1;
  }
  const { stepSize = 1.2 * p ** (-1 / 6), thinning = 4, burnIn = 50 } = sampler;
  requirePositive('step size', stepSize);
  requireSteps(thinning, burnIn);
  const start = new Float64Array(p);
  drawGaussian(model, gaussian, random, start);
  let place = placeAt(model, gaussian, start, options);
  let taken = 0;
  let proposed = 0;
  const half = (stepSize * stepSize) / 2;
  for (let s = 0; s < samples; s++) {
    for (let step = s === 0 ? -burnIn : 0; step < thinning; step++) {
      // A step in whitened parameters, brought back to θ; the noise stays where the posterior lives.
      const noise = new Float64Array(p);
      drawGaussian(model, gaussian, random, noise);
      const change = place.gradient.map((value) => -half * value);
      unwhiten(gaussian, change);
      for (let at = 0; at < p; at++) change[at] += place.change[at] + stepSize * noise[at];
      removeGauge(change, outputs, features.columns);
      const next = placeAt(model, gaussian, change, options);
      const logRatio = place.energy - next.energy + logProposal(next, place, half) - logProposal(place, next, half);
      proposed++;
      if (Math.log(1 - random.uniform()) < logRatio) {
        place = next;
        taken++;
      }
    }
    draws.set(place.change, s * p);
  }
  return taken / proposed;
}

/** log q(from → to) but for a constant: −‖to − from + (ε²/2)∇‖²/(2ε²) in whitened parameters. */
function logProposal(from: Place, to: Place, half: number): number {
  let squares = 0;
  for (let at = 0; at < from.whitened.length; at++) {
    const rest = to.whitened[at] - from.whitened[at] + half * from.gradient[at];
    squares += rest * rest;
  }
  return -squares / (4 * half);
}
