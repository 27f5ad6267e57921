import { InputError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { removeGauge } from '../../models/gauge';
import type { HeadProblem } from '../../models/headProblem';

/** Numbers of a projection, at most: 256 MiB. */
const largestProjection = 2 ** 25;

/** A linear map of the head's parameters to k numbers. */
export type Projection =
  /**
   * Nothing is lost: for softmax an orthonormal basis of the parameters that sum to zero over the classes, (C − 1)·d
   * numbers.
   */
  | { readonly kind: 'identity' }
  /** k columns of independent ±1 or standard normal numbers. */
  | { readonly kind: 'rademacher' | 'normal'; readonly dimensions: number; readonly seed: number };

/** k of a projection of this head. */
export function projectedDimensions({ kind, outputs, parameters: p }: HeadProblem, projection: Projection): number {
  if (projection.kind !== 'identity') return projection.dimensions;
  return kind === 'softmax' ? (p / outputs) * (outputs - 1) : p;
}

/**
 * P, p×k. Columns for a softmax head sum to zero over the classes, as gradients do.
 * @throws InputError when it would not fit into memory.
 */
export function createProjection(problem: HeadProblem, projection: Projection): Matrix {
  const { parameters: p } = problem;
  const k = projectedDimensions(problem, projection);
  if (!(Number.isInteger(k) && k > 0)) {
    throw new InputError(`A projection needs a whole number of dimensions of at least 1, not ${k}.`);
  }
  if (p * k > largestProjection) {
    throw new InputError(
      `A projection of ${p} parameters to ${k} numbers does not fit into memory. Choose at most ` +
        `${Math.floor(largestProjection / p)} dimensions.`,
      { details: { parameters: p, dimensions: k } },
    );
  }
  const data = new Float64Array(p * k);
  if (projection.kind === 'identity') {
    fillIdentity(problem, k, data);
  } else {
    const random = createRandom(projection.seed);
    const rademacher = projection.kind === 'rademacher';
    for (let at = 0; at < data.length; at++)
      data[at] = rademacher ? (random.uniform() < 0.5 ? -1 : 1) : random.normal();
    removeGauge(data, problem.outputs, k * problem.features.columns);
  }
  return { rows: p, columns: k, data };
}

/** Softmax: column (c, j) is Helmert's contrast of class c + 1 with those before it, at feature j. */
function fillIdentity({ kind, outputs, features }: HeadProblem, k: number, data: Float64Array): void {
  const d = features.columns;
  if (kind !== 'softmax') {
    for (let at = 0; at < k; at++) data[at * k + at] = 1;
    return;
  }
  for (let c = 0; c + 1 < outputs; c++) {
    const scale = 1 / Math.sqrt((c + 1) * (c + 2));
    for (let j = 0; j < d; j++) {
      const column = c * d + j;
      for (let b = 0; b <= c; b++) data[(b * d + j) * k + column] = -scale;
      data[((c + 1) * d + j) * k + column] = (c + 1) * scale;
    }
  }
}
