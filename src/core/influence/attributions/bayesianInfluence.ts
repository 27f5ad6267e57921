import { InputError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { sumOf } from '../../base/vectors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { ProductBlock } from '../effects/directionProducts';
import { visitDirectionProducts } from '../effects/directionProducts';
import type { FittedModel } from '../fittedModel';
import { lossChange } from '../measurements/lossChange';
import { evaluateTogether } from '../measurements/meanMeasurement';
import type { PreparedMeasurement } from '../measurements/measurement';
import { drawFromPosterior } from './drawFromPosterior';
import type { PosteriorSampler } from './posterior';

/** Numbers of draws held at a time: 256 MiB. */
const largestDraws = 2 ** 25;
/** Rows between two questions whether to go on. */
const rowsPerReport = 64;

export interface BayesianOptions {
  /** Default `laplace`. */
  readonly sampler?: PosteriorSampler | undefined;
  /** S, at least twice the batches. The standard error falls with √S. Default 1000. */
  readonly samples?: number | undefined;
  /** Stretches of draws that the standard errors are computed from; default 20. */
  readonly batches?: number | undefined;
  /** β; the posterior narrows with it, and the answer goes to IF as it grows. Default 1. */
  readonly inverseTemperature?: number | undefined;
  /** γ: holds the draws near θ̂; IF is then the one damped by γ/β. Default 0: the ridge term does. */
  readonly localisation?: number | undefined;
  readonly seed: number;
  readonly onBlock?: OnBlock | undefined;
  /** Takes the numbers block by block in place of n×M matrices. */
  readonly visit?: ((block: BayesianBlock) => void) | undefined;
}

/** Rows × M, row-major; valid during the call only. */
export interface BayesianBlock {
  readonly firstRow: number;
  readonly rows: number;
  readonly effects: Float64Array;
  readonly standardErrors: Float64Array;
}

export interface BayesianInfluence {
  readonly names: readonly string[];
  /**
   * n×M, undefined where it went to `visit`. **Positive = removal raises the measurement.** NaN for rows that are not
   * training rows.
   */
  readonly effects: Matrix | undefined;
  /** n×M: Monte Carlo standard error of each effect, from the spread over batches of draws. */
  readonly standardErrors: Matrix | undefined;
  /** Share of proposals taken; a chain works well between 0.4 and 0.9. */
  readonly acceptance: number;
  /**
   * Largest correlation of a measurement at one draw with itself at the next; near 0 draws are as good as independent.
   * Above about ½ the standard errors are too small: thin more, or draw more.
   */
  readonly autocorrelation: number;
}

/**
 * Influence without an inverse Hessian: β·Cov(ℓᵢ(θ), f(θ)) over draws θ from the localised posterior, to first order
 * the change of the posterior mean of f when row i is removed. For a quadratic loss and a linear f it is IF exactly,
 * otherwise IF and terms of order 1/β. Differences ℓᵢ(θ) − ℓᵢ(θ̂) are taken without cancellation. O(S·n·(d·K + M))
 * after the draws; S·p numbers.
 *
 * Source: Kreer et al., "Bayesian Influence Functions for Hessian-Free Data Attribution", 2025, arXiv 2509.26544 (their
 * BIF is the covariance with the sign turned: the effect of more weight on the row).
 * @throws InputError for settings out of range.
 */
export function computeBayesianInfluence(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  options: BayesianOptions,
): BayesianInfluence {
  const { sampler = { kind: 'laplace' }, samples = 1000, batches = 20, onBlock, visit } = options;
  const { inverseTemperature = 1, localisation = 0, seed } = options;
  const { problem } = model;
  requireBatches(samples, batches, problem.parameters);
  const random = createRandom(seed);
  const posterior = { sampler, inverseTemperature, localisation, random, onBlock };
  const { changes, acceptance } = drawFromPosterior(model, samples, posterior);
  const measured = evaluateTogether(measurements, changes, onBlock);
  const covariances = new Covariances(measured, samples, batches, inverseTemperature);
  const n = problem.features.rows;
  const m = measurements.length;
  const whole = visit === undefined ? { effects: new Float64Array(n * m), errors: new Float64Array(n * m) } : undefined;
  const losses = new Float64Array(samples);
  visitDirectionProducts(
    model,
    changes,
    (block) => {
      const size = block.rows * m;
      const from = block.firstRow * m;
      const effects = whole?.effects.subarray(from, from + size) ?? new Float64Array(size);
      const errors = whole?.errors.subarray(from, from + size) ?? new Float64Array(size);
      for (let at = 0; at < block.rows; at++) {
        const row = block.firstRow + at;
        if (at % rowsPerReport === 0) onBlock?.(row, n);
        if (problem.weights[row] === 0) {
          effects.fill(Number.NaN, at * m, (at + 1) * m);
          errors.fill(Number.NaN, at * m, (at + 1) * m);
          continue;
        }
        fillLossChanges(model, block, at, losses);
        covariances.measure(losses, effects, errors, at * m);
      }
      visit?.({ firstRow: block.firstRow, rows: block.rows, effects, standardErrors: errors });
    },
    { perGroup: samples, onBlock },
  );
  return {
    names: measurements.map(({ name }) => name),
    effects: whole && { rows: n, columns: m, data: whole.effects },
    standardErrors: whole && { rows: n, columns: m, data: whole.errors },
    acceptance,
    autocorrelation: measured.reduce((worst, values) => Math.max(worst, lagOne(values)), 0),
  };
}

function requireBatches(samples: number, batches: number, p: number): void {
  if (!(Number.isInteger(batches) && batches >= 2 && Number.isInteger(samples) && samples >= 2 * batches)) {
    throw new InputError(
      `Standard errors need at least 2 batches of at least 2 draws each; ${samples} draws in ${batches} batches are too few.`,
    );
  }
  if (samples * p > largestDraws) {
    throw new InputError(
      `${samples} draws of ${p} parameters do not fit into memory. Take at most ${Math.floor(largestDraws / p)} draws.`,
      { details: { samples, parameters: p } },
    );
  }
}

/** wᵢ(ℓᵢ(θ̂ + Δ_s) − ℓᵢ(θ̂)) of all draws. */
function fillLossChanges(
  { problem, logits }: FittedModel,
  { firstRow, count, products }: ProductBlock,
  at: number,
  out: Float64Array,
): void {
  const { outputs, weights, labels } = problem;
  const row = firstRow + at;
  for (let s = 0, from = at * count * outputs; s < count; s++, from += outputs) {
    out[s] = weights[row] * lossChange(problem, logits, row * outputs, products, from, labels[row]);
  }
}

/** β·Cov(ℓ, f) for all measurements: the mean over batches of draws, and its standard error by their spread. */
class Covariances {
  /** M×S: (f_s − its batch's mean)·β/(batch size − 1). Centring f centres the products: ℓ needs no mean. */
  readonly #factors: Float64Array;
  /** Where each batch begins, and the end of the last. */
  readonly #bounds: Int32Array;

  constructor(
    measured: readonly Float64Array[],
    readonly samples: number,
    batches: number,
    beta: number,
  ) {
    this.#bounds = Int32Array.from({ length: batches + 1 }, (_, b) => Math.floor((b * samples) / batches));
    this.#factors = new Float64Array(measured.length * samples);
    measured.forEach((values, t) => {
      for (let b = 0; b < batches; b++) {
        const [from, to] = [this.#bounds[b], this.#bounds[b + 1]];
        let mean = 0;
        for (let s = from; s < to; s++) mean += values[s] / (to - from);
        for (let s = from; s < to; s++) {
          this.#factors[t * samples + s] = ((values[s] - mean) * beta) / (to - from - 1);
        }
      }
    });
  }

  measure(losses: Float64Array, effects: Float64Array, errors: Float64Array, at: number): void {
    const batches = this.#bounds.length - 1;
    const m = this.#factors.length / this.samples;
    for (let t = 0; t < m; t++) {
      let mean = 0;
      let squares = 0;
      for (let b = 0; b < batches; b++) {
        let covariance = 0;
        for (let s = this.#bounds[b]; s < this.#bounds[b + 1]; s++) {
          covariance += losses[s] * this.#factors[t * this.samples + s];
        }
        const gap = covariance - mean;
        mean += gap / (b + 1);
        squares += gap * (covariance - mean);
      }
      effects[at + t] = mean;
      errors[at + t] = Math.sqrt(squares / (batches * (batches - 1)));
    }
  }
}

/** Correlation of a series with itself one step later; 0 for a constant one. */
function lagOne(values: Float64Array): number {
  const mean = sumOf(values) / values.length;
  let next = 0;
  let squares = 0;
  for (let s = 0; s < values.length; s++) {
    squares += (values[s] - mean) ** 2;
    if (s > 0) next += (values[s] - mean) * (values[s - 1] - mean);
  }
  return squares > 0 ? next / squares : 0;
}
