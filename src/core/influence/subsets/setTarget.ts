import { BugError, InputError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import { dot } from '../../base/vectors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import type { Measurement } from '../measurements/measurement';
import type { MeasuredSplits } from '../measurements/prepareMeasurements';
import { prepareMeasurements } from '../measurements/prepareMeasurements';

/** The head at some θ. */
export interface TargetState {
  readonly theta: Float64Array;
  /** n×K. */
  readonly logits: Float64Array;
}

/** f(θ), for whose change a set of rows is chosen. **Positive change = removing the set raises f.** */
export interface SetTarget {
  /** Of a measurement, that of its column in tables; else words for people. */
  readonly name: string;
  /** f(θ̂). */
  readonly value: number;
  /** ∇f at some θ, p numbers of zero sum over the classes of a softmax head. */
  gradientAt(state: TargetState, onBlock?: OnBlock): Float64Array;
  /** f(θ̂ + Δ) − f(θ̂). */
  evaluate(change: Float64Array, onBlock?: OnBlock): number;
  dispose(): void;
}

/**
 * A measurement as the target. Its gradient at another θ is one pass over the measured rows.
 * @throws InputError for accuracy, which has no gradient to choose rows by.
 */
export function measurementTarget(
  model: FittedModel,
  measurement: Measurement,
  splits: MeasuredSplits,
  onBlock?: OnBlock,
): SetTarget {
  if (measurement.kind === 'accuracy') {
    throw new InputError(
      'Rows cannot be chosen by their effect on accuracy: it has no gradient. Choose them by a mean loss, and read the accuracy off the result.',
    );
  }
  const [prepared] = prepareMeasurements(model, [measurement], splits, onBlock);
  const { gradient } = prepared;
  if (gradient === undefined) throw new BugError(`${prepared.name} has no gradient.`);
  return {
    name: prepared.name,
    value: prepared.value,
    gradientAt: (state, report) => {
      // A margin is linear in θ.
      if (state.theta === model.theta || measurement.kind === 'margin') return gradient;
      const moved = { problem: model.problem, linalg: model.linalg, logits: state.logits };
      const [there] = prepareMeasurements(moved, [measurement], splits, report);
      there.dispose();
      return there.gradient ?? gradient;
    },
    evaluate: (change, report) => prepared.evaluate(change, report),
    dispose: () => prepared.dispose(),
  };
}

/**
 * z_a − z_b of a row, labelled or not: by how much the head prefers class a to class b (softmax). Logistic: the logit
 * towards class a; ridge: the prediction. Linear in θ.
 */
export function logitDifferenceTarget(model: FittedModel, row: number, a: number, b: number): SetTarget {
  const { problem, logits } = model;
  const { outputs, kind } = problem;
  const d = problem.features.columns;
  const x = gatherRows(problem.features, Int32Array.of(row)).data;
  const signs = new Float64Array(outputs);
  if (kind === 'softmax') {
    signs[a] += 1;
    signs[b] -= 1;
  } else {
    signs[0] = kind === 'logistic' && a === 0 ? -1 : 1;
  }
  const gradient = new Float64Array(problem.parameters);
  for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) gradient[c * d + j] = signs[c] * x[j];
  let value = 0;
  for (let c = 0; c < outputs; c++) value += signs[c] * logits[row * outputs + c];
  return linearTarget(kind === 'ridge' ? `the prediction of row ${row}` : `the margin of row ${row}`, value, gradient);
}

function linearTarget(name: string, value: number, gradient: Float64Array): SetTarget {
  return {
    name,
    value,
    gradientAt: () => gradient,
    evaluate: (change) => dot(change, gradient),
    dispose: () => undefined,
  };
}
