import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { createFloat32Rows } from '../../base/featureRows';
import { createRandom } from '../../base/random';
import { indexOfLargest } from '../../base/vectors';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { computeLogits, lossOfRow } from '../../models/evaluateHead';
import type { HeadKind } from '../../models/headKind';
import type { HeadProblem } from '../../models/headProblem';
import { createHeadProblem } from '../../models/headProblem';
import { createCountingLinearAlgebra } from '../../testing/countingLinearAlgebra';
import { relativeDistance, syntheticRows } from '../../testing/testData';
import type { Measurement, PreparedMeasurement } from './measurement';
import { isRowMeasurement, linearEffect } from './measurement';
import { prepareMeasurements } from './prepareMeasurements';

const linalg = createFloat64LinearAlgebra();
const n = 120;
const d = 5;

interface Case {
  readonly problem: HeadProblem;
  readonly theta: Float64Array;
  readonly logits: Float64Array;
}

function caseOf(kind: HeadKind, store: 'matrix' | 'float32'): Case {
  const { features, labels, classes } = syntheticRows({
    rows: n,
    features: d,
    classes: kind === 'softmax' ? 3 : 2,
    seed: 5,
  });
  // Rounded to single precision, so that both ways of storing hold the same numbers.
  const rounded = Float32Array.from(features.data);
  const stored: FeatureRows =
    store === 'matrix' ? { rows: n, columns: d, data: Float64Array.from(rounded) } : createFloat32Rows(rounded, n, d);
  const problem = createHeadProblem(
    {
      kind,
      classes,
      features: stored,
      rows: linalg.loadRows(stored),
      labels: kind === 'ridge' ? Float64Array.from(labels, (label, i) => label + 0.1 * (i % 3)) : labels,
      weights: Float64Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : 1)),
      l2: 0.05,
      unpenalised: [d - 1],
    },
    linalg,
  );
  const random = createRandom(2);
  const theta = Float64Array.from({ length: problem.parameters }, () => 0.8 * random.normal());
  return { problem, theta, logits: computeLogits(problem, theta, linalg) };
}

const sets = {
  train: Int32Array.from({ length: 80 }, (_, at) => at + Math.floor(at / 2) + 1),
  validation: Int32Array.from({ length: 10 }, (_, at) => 12 * at),
  test: Int32Array.from({ length: 20 }, (_, at) => 100 + at),
};
const slice = { name: 'odd', rows: Int32Array.of(77, 3, 41, 5) };

function measurementsFor(kind: HeadKind): Measurement[] {
  const smooth: Measurement[] = [
    { kind: 'margin', row: 7 },
    { kind: 'loss', row: 7 },
    { kind: 'loss', row: 0 },
    { kind: 'meanLoss', rows: 'train' },
    { kind: 'meanLoss', rows: 'validation' },
    { kind: 'meanLoss', rows: slice },
  ];
  if (kind === 'ridge') return smooth;
  return [...smooth, { kind: 'accuracy', rows: 'validation' }, { kind: 'accuracy', rows: 'test' }];
}

/** f(θ) from the definition. */
function valueAt({ problem }: Case, measurement: Measurement, theta: Float64Array): number {
  const logits = computeLogits(problem, theta, linalg);
  const K = problem.outputs;
  if (isRowMeasurement(measurement)) {
    const { kind, row } = measurement;
    if (kind === 'loss') return lossOfRow(problem, logits, row);
    const label = problem.labels[row];
    if (problem.kind === 'softmax') return logits[row * K + label];
    return (problem.kind === 'logistic' && label === 0 ? -1 : 1) * logits[row];
  }
  const { rows } = measurement;
  const list = Array.from(typeof rows === 'string' ? sets[rows] : rows.rows);
  const share = (row: number): number => {
    if (measurement.kind === 'meanLoss') return lossOfRow(problem, logits, row);
    const predicted = K === 1 ? (logits[row] > 0 ? 1 : 0) : indexOfLargest(logits, row * K, K);
    return predicted === problem.labels[row] ? 1 : 0;
  };
  return list.reduce((sum, row) => sum + share(row), 0) / list.length;
}

function dispose(measurements: readonly PreparedMeasurement[]): void {
  for (const measurement of measurements) measurement.dispose();
}

describe.each(['logistic', 'softmax', 'ridge'] as const)('measurements of a %s head', (kind) => {
  const opened = caseOf(kind, 'matrix');
  const { problem, theta, logits } = opened;
  const model = { problem, logits, linalg };
  const measurements = measurementsFor(kind);
  const prepared = prepareMeasurements(model, measurements, sets);
  const random = createRandom(9);
  /** A change of zero sum over the classes, as those of fits are. */
  const changeOf = (size: number): Float64Array => {
    const change = theta.map(() => size * random.normal());
    if (kind !== 'softmax') return change;
    return change.map((value, at) => value - (change[at % d] + change[(at % d) + d] + change[(at % d) + 2 * d]) / 3);
  };
  const shifted = (change: Float64Array): Float64Array => theta.map((value, at) => value + change[at]);

  it('have the values of their definition, and names', () => {
    prepared.forEach((measurement, at) => {
      expect(measurement.value).toBeCloseTo(valueAt(opened, measurements[at], theta), 12);
    });
    const expected = ['margin_7', 'loss_7', 'loss_0', 'training_loss', 'validation_loss', 'loss_of_odd'];
    if (kind !== 'ridge') expected.push('validation_accuracy', 'test_accuracy');
    expect(prepared.map(({ name }) => name)).toEqual(expected);
  });

  it('have gradients that agree with central differences along any change', () => {
    for (let trial = 0; trial < 4; trial++) {
      const change = changeOf(1e-5);
      const back = change.map((value) => -value);
      prepared.forEach((measurement, at) => {
        if (measurement.gradient === undefined) return;
        const numeric =
          (valueAt(opened, measurements[at], shifted(change)) - valueAt(opened, measurements[at], shifted(back))) / 2;
        expect(Math.abs(linearEffect(measurement, change) - numeric)).toBeLessThan(1e-12);
      });
    }
  });

  it('evaluate changes as the difference of two values, one by one and many at once', () => {
    const changes = [0.01, 0.3, 2].map(changeOf);
    const data = new Float64Array(3 * theta.length);
    changes.forEach((change, t) => data.set(change, t * theta.length));
    prepared.forEach((measurement, at) => {
      const many = measurement.evaluateMany({ rows: 3, columns: theta.length, data });
      changes.forEach((change, t) => {
        const expected = valueAt(opened, measurements[at], shifted(change)) - measurement.value;
        expect(measurement.evaluate(change)).toBeCloseTo(expected, 11);
        expect(many[t]).toBe(measurement.evaluate(change));
      });
    });
  });

  it('keep the digits of changes far below rounding of the value', () => {
    const change = changeOf(1e-13);
    for (const measurement of prepared) {
      if (measurement.gradient === undefined) continue;
      expect(measurement.evaluate(change) / linearEffect(measurement, change)).toBeCloseTo(1, 9);
    }
  });

  it('say the same of rows that are stored in single precision', () => {
    const stored = caseOf(kind, 'float32');
    const others = prepareMeasurements({ problem: stored.problem, logits: stored.logits, linalg }, measurements, sets);
    const change = changeOf(0.2);
    others.forEach((other, at) => {
      const own = prepared[at];
      expect(other.value).toBeCloseTo(own.value, 13);
      expect(other.evaluate(change)).toBeCloseTo(own.evaluate(change), 13);
      if (own.gradient !== undefined && other.gradient !== undefined) {
        expect(relativeDistance(other.gradient, own.gradient)).toBeLessThan(1e-13);
      }
    });
    dispose(others);
  });

  it('lets go of shared rows with the last user, and only once', () => {
    const two = prepareMeasurements(
      model,
      [
        { kind: 'meanLoss', rows: slice },
        { kind: 'loss', row: 3 },
        { kind: 'meanLoss', rows: { name: 'same rows', rows: slice.rows } },
      ],
      sets,
    );
    two[0].dispose();
    two[0].dispose();
    expect(Number.isFinite(two[2].evaluate(changeOf(0.1)))).toBe(true);
    dispose(two);
  });

  it('can be cancelled', () => {
    const stop = (): void => {
      throw new CancelledError();
    };
    expect(() => prepareMeasurements(model, [{ kind: 'meanLoss', rows: 'train' }], sets, stop)).toThrow(CancelledError);
    expect(() => prepared[3].evaluate(changeOf(0.1), stop)).toThrow(CancelledError);
  });
});

describe('prepareMeasurements', () => {
  const { problem, logits } = caseOf('ridge', 'matrix');
  const { problem: classes, logits: z } = caseOf('softmax', 'matrix');
  const refuse = (measurement: Measurement, message: RegExp): void => {
    const labels = Int32Array.from(classes.labels);
    labels[6] = -1;
    const model = { problem: { ...classes, labels }, logits: z, linalg };
    expect(() => prepareMeasurements(model, [measurement], { ...sets, test: new Int32Array(0) })).toThrow(InputError);
    expect(() => prepareMeasurements(model, [measurement], { ...sets, test: new Int32Array(0) })).toThrow(message);
  };

  it('refuses what cannot be measured, and says why', () => {
    refuse({ kind: 'margin', row: n }, /no row 120.*0 to 119/);
    refuse({ kind: 'loss', row: 6 }, /Row 6 has no label/);
    refuse({ kind: 'meanLoss', rows: 'test' }, /test rows: there are none/);
    refuse({ kind: 'accuracy', rows: { name: 'mine', rows: Int32Array.of(4, 6) } }, /Row 6 has no label.*slice mine/);
    refuse({ kind: 'meanLoss', rows: { name: 'mine', rows: Int32Array.of(4, 2, 4) } }, /Row 4 occurs more than once/);
    const accuracy: Measurement = { kind: 'accuracy', rows: 'train' };
    expect(() => prepareMeasurements({ problem, logits, linalg }, [accuracy], sets)).toThrow(/no accuracy/);
  });

  it('lets go of the rows it has copied when a measurement after them is refused or cancelled', () => {
    const counting = createCountingLinearAlgebra();
    const model = { problem, logits, linalg: counting.linalg };
    const loss: Measurement = { kind: 'meanLoss', rows: 'validation' };
    const [prepared] = prepareMeasurements(model, [loss], sets);
    expect(counting.held()).toBe(1);
    prepared.dispose();
    expect(() => prepareMeasurements(model, [loss, { kind: 'accuracy', rows: 'train' }], sets)).toThrow(InputError);
    const stop = (): void => {
      throw new CancelledError();
    };
    expect(() => prepareMeasurements(model, [loss], sets, stop)).toThrow(CancelledError);
    expect(counting.held()).toBe(0);
  });
});
