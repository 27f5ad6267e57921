import { InputError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import type { FittedModel } from '../fittedModel';
import { drawByGaussian } from './gaussianSampler';
import type { PosteriorOptions } from './posterior';
import { drawBySgld } from './sgldSampler';

interface PosteriorDraws {
  /** S×p: θ − θ̂ of each draw; for a softmax head within the parameters that sum to zero over the classes. */
  readonly changes: Matrix;
  /** Share of proposals taken (`mala`); 1 for the others. */
  readonly acceptance: number;
}

/**
 * S draws, in the order in which they were made. Deterministic for a given `random`.
 * @throws InputError for settings out of range, or a sampler that needs H on a head too large to form it.
 */
export function drawFromPosterior(model: FittedModel, samples: number, options: PosteriorOptions): PosteriorDraws {
  const { inverseTemperature, localisation } = options;
  if (!(inverseTemperature > 0 && Number.isFinite(inverseTemperature))) {
    throw new InputError(`The inverse temperature must be a positive number, not ${inverseTemperature}.`);
  }
  if (!(localisation >= 0 && Number.isFinite(localisation))) {
    throw new InputError(`The localisation must be a number of at least 0, not ${localisation}.`);
  }
  const p = model.problem.parameters;
  const data = new Float64Array(samples * p);
  const { sampler } = options;
  const acceptance =
    sampler.kind === 'sgld' ? drawBySgld(model, data, sampler, options) : drawByGaussian(model, data, sampler, options);
  return { changes: { rows: samples, columns: p, data }, acceptance };
}
