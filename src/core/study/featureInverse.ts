import type { FeatureRows } from '../base/featureRows';
import type { FittedModel } from '../influence/fittedModel';
import { createInverseHessian } from '../influence/ihvp/createInverseHessian';
import type { IhvpMethod, InverseHessian } from '../influence/ihvp/inverseHessian';
import type { InverseOptions } from '../influence/ihvp/inverseOptions';
import { withL2 } from '../models/headProblem';
import type { RowSpace } from '../models/rowSpace';
import type { InfluenceQuestion } from './influenceQuestion';

/** The features of the dataset where a model's are coordinates in the span of its rows. */
export interface OriginalFeatures {
  readonly features: FeatureRows;
  readonly unpenalised: readonly number[];
  readonly space: RowSpace;
}

/** Estimates of H⁻¹ that are made feature by feature: they are others in other coordinates. */
const featureMethods = ['diagonal', 'identity', 'nystroem'] as const satisfies readonly IhvpMethod[];
type FeatureMethod = (typeof featureMethods)[number];

export function isFeatureMethod(method: IhvpMethod): method is FeatureMethod {
  return (featureMethods as readonly IhvpMethod[]).includes(method);
}

/** Whether an answer depends on more than the products of rows with the training rows. */
export function dependsOnFeatures({ ihvp, attributions }: InfluenceQuestion): boolean {
  return (
    (ihvp !== undefined && isFeatureMethod(ihvp.method)) ||
    attributions.includes('bayesian') ||
    attributions.includes('trak')
  );
}

/**
 * Such an estimate made of the features themselves, for a model in the span of its rows. `dispose` when nothing is
 * solved any more.
 */
export function createFeatureInverse(
  method: FeatureMethod,
  { problem, linalg, logits }: FittedModel,
  { features, unpenalised, space }: OriginalFeatures,
  options: InverseOptions,
): { readonly inverse: InverseHessian; readonly dispose: () => void } {
  const rows = linalg.loadRows(features);
  const parameters = problem.outputs * features.columns;
  const original = withL2({ ...problem, features, rows, parameters, unpenalised, classSums: undefined }, problem.l2);
  try {
    const whole = createInverseHessian(method, { problem: original, linalg, logits }, options);
    const inverse: InverseHessian = {
      ...whole,
      parameters: problem.parameters,
      solve: (b, asked) => {
        const expanded = { rows: b.rows, columns: parameters, data: space.expand(b.data) };
        const { vectors, residuals } = whole.solve(expanded, asked);
        return { vectors: { ...b, data: space.reduce(vectors.data) }, residuals };
      },
    };
    return { inverse, dispose: () => rows.dispose() };
  } catch (error) {
    rows.dispose();
    throw error;
  }
}
