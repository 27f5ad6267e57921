import { InputError } from '../../base/errors';
import type { Random } from '../../base/random';
import type { OnBlock } from '../../linalg/linearAlgebra';

/**
 * How parameters are drawn from the localised posterior p(θ) ∝ exp(−β·L(θ) − (γ/2)‖θ − θ̂‖²), L with its ridge term:
 *
 * - `laplace`: independent draws from its Gaussian approximation N(θ̂, (βH + γI)⁻¹). Exact for a ridge head; O(p²) a
 *   draw.
 * - `mala`: Metropolis-adjusted Langevin steps, preconditioned by that Gaussian: the posterior itself. `thinning`
 *   passes over the rows a draw.
 * - `sgld`: stochastic gradient Langevin steps, which know nothing of H: for heads too large to factorise. Gradients of
 *   `batchRows` rows; the step leaves a bias of its own size, and needs about cond(H) steps to forget where it was.
 */
export type PosteriorSampler =
  | { readonly kind: 'laplace' }
  | {
      readonly kind: 'mala';
      /** Length of a step in units of the posterior's spread; default 1.2·p^(−1/6). */
      readonly stepSize?: number;
      /** Steps between draws; default 4. */
      readonly thinning?: number;
      /** Steps before the first draw; default 50 (it starts from a `laplace` draw). */
      readonly burnIn?: number;
    }
  | {
      readonly kind: 'sgld';
      /** ε in units of 1/(β·λmax(H) + γ), below 1; default 0.2. */
      readonly stepSize?: number;
      /** Default 256; all training rows: no noise from the choice of rows. */
      readonly batchRows?: number;
      /** Default 20. */
      readonly thinning?: number;
      /** Default 1000. */
      readonly burnIn?: number;
    };

export interface PosteriorOptions {
  readonly sampler: PosteriorSampler;
  /** β > 0. */
  readonly inverseTemperature: number;
  /** γ ≥ 0. */
  readonly localisation: number;
  readonly random: Random;
  readonly onBlock?: OnBlock | undefined;
}

export function requirePositive(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new InputError(`The ${what} must be a positive number, not ${value}.`);
}

export function requireSteps(thinning: number, burnIn: number): void {
  if (!(Number.isInteger(thinning) && thinning >= 1 && Number.isInteger(burnIn) && burnIn >= 0)) {
    throw new InputError(
      `A sampler takes at least one step between draws and none or more before; not ${thinning} and ${burnIn}.`,
    );
  }
}
