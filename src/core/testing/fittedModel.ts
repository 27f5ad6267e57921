import type { FeatureRows } from '../base/featureRows';
import { createFloat32Rows } from '../base/featureRows';
import { createRandom } from '../base/random';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadKind } from '../models/headKind';
import { createHeadProblem } from '../models/headProblem';
import { syntheticRows } from './testData';

export interface TestModelOptions {
  readonly kind: HeadKind;
  /** Training rows; as many again, at most 30, are held out behind them. */
  readonly rows: number;
  readonly features: number;
  readonly l2: number;
  readonly seed: number;
  /** Default: the last feature, an intercept. */
  readonly unpenalised?: readonly number[];
  /** Keep the features in single precision, read by ranges. */
  readonly stored?: boolean;
}

/**
 * For unit tests only: a head of two classes (softmax: three; ridge: responses) at its optimum, and the rows it was not
 * fitted to.
 */
export interface TestModel {
  readonly model: FittedModel;
  readonly train: Int32Array;
  readonly heldOut: Int32Array;
}

export function fitTestModel({ kind, rows, features: d, l2, seed, unpenalised, stored }: TestModelOptions): TestModel {
  const linalg = createFloat64LinearAlgebra();
  const held = Math.min(30, rows);
  const n = rows + held;
  const data = syntheticRows({ rows: n, features: d, classes: kind === 'softmax' ? 3 : 2, seed });
  const random = createRandom(seed + 1);
  const single = Float32Array.from(data.features.data);
  const features: FeatureRows =
    stored === true ? createFloat32Rows(single, n, d) : { rows: n, columns: d, data: Float64Array.from(single) };
  const problem = createHeadProblem(
    {
      kind,
      classes: data.classes,
      features,
      rows: linalg.loadRows(features),
      labels: kind === 'ridge' ? Float64Array.from(data.labels, (label) => label + random.normal()) : data.labels,
      weights: new Float64Array(n).fill(1, 0, rows),
      l2,
      unpenalised: unpenalised ?? [d - 1],
    },
    linalg,
  );
  return {
    model: createFittedModel(problem, fitHead(problem, linalg, { tolerance: 1e-12 }).state.theta, linalg),
    train: Int32Array.from({ length: rows }, (_, i) => i),
    heldOut: Int32Array.from({ length: held }, (_, i) => rows + i),
  };
}
