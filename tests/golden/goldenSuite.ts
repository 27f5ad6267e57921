import { beforeAll, describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/core/base/matrix';
import type { Effects } from '../../src/core/influence/effects/computeEffects';
import { computeEffects } from '../../src/core/influence/effects/computeEffects';
import type { EvaluatedEffects } from '../../src/core/influence/effects/evaluatedEffects';
import { computeEvaluatedEffects } from '../../src/core/influence/effects/evaluatedEffects';
import type { FittedModel } from '../../src/core/influence/fittedModel';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import type { Measurement } from '../../src/core/influence/measurements/measurement';
import { prepareMeasurements } from '../../src/core/influence/measurements/prepareMeasurements';
import { estimateRemovalChange } from '../../src/core/influence/removal/removalChange';
import { retrain } from '../../src/core/influence/removal/retrain';
import type { RowInfluence } from '../../src/core/influence/rows/rowInfluence';
import { computeRowInfluence } from '../../src/core/influence/rows/rowInfluence';
import type { LinearAlgebra, RowBlocks } from '../../src/core/linalg/linearAlgebra';
import { fillResidual, lossOfRow } from '../../src/core/models/evaluateHead';
import { fitHead } from '../../src/core/models/fitting/fitHead';
import { createHeadProblem } from '../../src/core/models/headProblem';
import type { Golden, GoldenPrediction, LabelledRows } from './goldenData';
import { goldenNames, readGolden } from './goldenData';

export interface GoldenTolerance {
  /** Largest error relative to max(|value|, a thousandth of the column's root mean square). */
  readonly relative: number;
}

/** Largest error of a column, relative to max(|expected|, a thousandth of the column's root mean square). */
export function worstRelativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let squares = 0;
  for (let i = 0; i < expected.length; i++) squares += expected[i] * expected[i];
  const floor = 1e-3 * Math.sqrt(squares / expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / Math.max(Math.abs(expected[i]), floor);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

/** Test rows that the golden tables have columns for. */
const shownTargets = 5;

interface Opened {
  readonly golden: Golden;
  readonly model: FittedModel;
  readonly influence: RowInfluence;
  /** Linear effects on the margins of test rows 0 … 4, their losses, and the mean test loss. */
  readonly linear: Effects;
  /** Evaluated effects on the same margins and losses. */
  readonly evaluated: EvaluatedEffects;
  /** Rows of train and test together, test weights 0. */
  readonly trainRows: number;
}

/** Training and test rows in one matrix: the test rows have weight 0, as the validation rows of an audit. */
function stack(train: LabelledRows, test: LabelledRows): LabelledRows {
  const columns = train.features.columns;
  const rows = train.features.rows + test.features.rows;
  const data = new Float64Array(rows * columns);
  data.set(train.features.data);
  data.set(test.features.data, train.features.data.length);
  const labels = new Int32Array(rows);
  labels.set(train.labels);
  labels.set(test.labels, train.labels.length);
  return { features: { rows, columns, data }, labels };
}

function open(name: (typeof goldenNames)[number], linalg: LinearAlgebra): Opened & { readonly rows: RowBlocks } {
  const golden = readGolden(name);
  const { numbers, train, test } = golden;
  const all = stack(train, test);
  const trainRows = train.labels.length;
  const weights = new Float64Array(all.labels.length).fill(1, 0, trainRows);
  const rows = linalg.loadRows(all.features);
  const problem = createHeadProblem(
    {
      kind: numbers.kind === 'binary' ? 'logistic' : 'softmax',
      classes: numbers.C,
      features: all.features,
      rows,
      labels: all.labels,
      weights,
      l2: numbers.lam,
      unpenalised: [],
    },
    linalg,
  );
  const model = createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
  const influence = computeRowInfluence(model);
  const targets = Array.from({ length: shownTargets }, (_, t) => trainRows + t);
  const ofRows: Measurement[] = [
    ...targets.map((row): Measurement => ({ kind: 'margin', row })),
    ...targets.map((row): Measurement => ({ kind: 'loss', row })),
  ];
  const numbersFrom = (first: number, count: number): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => first + i);
  const measurements = prepareMeasurements(model, [...ofRows, { kind: 'meanLoss', rows: 'test' }], {
    train: numbersFrom(0, trainRows),
    validation: new Int32Array(0),
    test: numbersFrom(trainRows, test.labels.length),
  });
  const options = { methods: ['if', 'rif'], influence, precision: 'float64' } as const;
  return {
    golden,
    model,
    influence,
    trainRows,
    rows,
    linear: computeEffects(model, measurements, options),
    evaluated: computeEvaluatedEffects(model, measurements.slice(0, ofRows.length), options),
  };
}

/** The figures that golden groups hold, for a parameter change Δ. */
function predict({ model, trainRows, golden }: Opened, change: Float64Array): GoldenPrediction {
  const { problem, linalg, logits } = model;
  const { outputs: K } = problem;
  const d = problem.features.columns;
  const columns = new Float64Array(d * K);
  for (let c = 0; c < K; c++) for (let j = 0; j < d; j++) columns[j * K + c] = change[c * d + j];
  const moved = linalg.multiply(problem.rows, { rows: d, columns: K, data: columns }).data;
  const after = logits.map((value, at) => value + moved[at]);
  const residual = new Float64Array(K);
  const sums = { testLinear: 0, testExact: 0, trainLinear: 0, trainExact: 0, logit: 0 };
  const shown: number[] = [];
  for (let i = 0; i < problem.features.rows; i++) {
    fillResidual(problem, logits, i, problem.labels[i], residual, 0);
    let linear = 0;
    for (let c = 0; c < K; c++) linear += residual[c] * moved[i * K + c];
    const exact = lossOfRow(problem, after, i) - lossOfRow(problem, logits, i);
    if (i < trainRows) {
      sums.trainLinear += linear;
      sums.trainExact += exact;
    } else {
      sums.testLinear += linear;
      sums.testExact += exact;
      const logit = moved[i * K + (K === 1 ? 0 : golden.test.labels[i - trainRows])];
      sums.logit += logit;
      if (shown.length < 5) shown.push(logit);
    }
  }
  return {
    dw_norm: Math.sqrt(change.reduce((sum, value) => sum + value * value, 0)),
    dw_first5: Array.from(change.slice(0, 5)),
    logit_t: shown,
    sum_logit: sums.logit,
    test_loss_linear: sums.testLinear,
    test_loss_exact: sums.testExact,
    train_loss_linear: sums.trainLinear,
    train_loss_exact: sums.trainExact,
  };
}

/**
 * Compares a backend with the golden numbers of the reference implementation: weights, every column of the rows tables,
 * parameter vectors and removal sets of all four data sets. Call it in a test file of the backend.
 */
export function goldenSuite(
  createLinalg: () => LinearAlgebra | Promise<LinearAlgebra>,
  tolerance: GoldenTolerance,
): void {
  describe.each(goldenNames)('%s', (name) => {
    let opened: Opened & { readonly rows: RowBlocks };
    const limit = tolerance.relative;

    beforeAll(async () => {
      opened = open(name, await createLinalg());
      return () => opened.rows.dispose();
    }, 120_000);

    it('fits the reference weights', () => {
      const { golden, model } = opened;
      const expected = golden.numbers.weights.flat();
      expect(worstRelativeError(model.theta, expected)).toBeLessThan(limit);
      const largest = model.theta.reduce((worst, value, at) => Math.max(worst, Math.abs(value - expected[at])), 0);
      expect(largest).toBeLessThan(1e-8);
      // A power estimate: close from below.
      expect(model.conditionEstimate / golden.numbers.cond_H).toBeGreaterThan(0.5);
      expect(model.conditionEstimate / golden.numbers.cond_H).toBeLessThan(1.01);
    });

    it('gives every column of the rows table', () => {
      const { golden, model, influence, linear, evaluated, trainRows } = opened;
      const testRows = golden.test.labels.length;
      const train = (values: Float64Array): Float64Array => values.slice(0, trainRows);
      const columns = new Map<string, Float64Array>([
        ['row', Float64Array.from({ length: trainRows }, (_, i) => i)],
        ['label', Float64Array.from(golden.train.labels)],
        ['loss', Float64Array.from({ length: trainRows }, (_, i) => lossOfRow(model.problem, model.logits, i))],
        ['leverage', train(influence.leverage)],
        ['self_IF', train(influence.selfIf)],
        ['self_RIF', train(influence.selfRif)],
        ['loo_loss_RIF', train(influence.looLoss)],
      ]);
      for (const method of ['IF', 'RIF'] as const) {
        const [byLinear, byValue] = [linear, evaluated].map(({ byIf, byRif }) => (method === 'IF' ? byIf : byRif));
        const pick = (matrix: Matrix | undefined, column: number, factor = 1): Float64Array =>
          Float64Array.from({ length: trainRows }, (_, i) =>
            matrix === undefined ? Number.NaN : factor * matrix.data[i * matrix.columns + column],
          );
        for (let t = 0; t < shownTargets; t++) {
          // The tables hold the logit of class 1, a margin that of the true class.
          const sign = golden.numbers.kind === 'binary' && golden.test.labels[t] === 0 ? -1 : 1;
          columns.set(`${method}_logit_t${t}`, pick(byLinear, t, sign));
          expect(worstRelativeError(pick(byValue, t), pick(byLinear, t))).toBeLessThan(1e-11);
          columns.set(`${method}_loss_linear_t${t}`, pick(byLinear, shownTargets + t));
          columns.set(`${method}_loss_exact_t${t}`, pick(byValue, shownTargets + t));
        }
        columns.set(`val_loss_${method}`, pick(byLinear, 2 * shownTargets, testRows));
      }
      expect([...columns.keys()].sort()).toEqual([...golden.columns.keys()].sort());
      const errors = [...golden.columns].map(
        ([column, expected]) => [column, worstRelativeError(columns.get(column) ?? [], expected)] as const,
      );
      const beyond = errors.filter(([, error]) => !(error < limit));
      expect(beyond).toEqual([]);
    });

    it('gives the parameter vectors of single rows, and retraining gives the exact ones', () => {
      const { golden, model } = opened;
      const { rows, IF, RIF, exact_loo: exact } = golden.numbers.param_rows;
      rows.forEach((row, at) => {
        const only = Int32Array.of(row);
        const byIf = estimateRemovalChange(model, only, { method: 'if' }).change;
        const byRif = estimateRemovalChange(model, only, { method: 'rif' }).change;
        const byNewton = estimateRemovalChange(model, only, { method: 'newton' }).change;
        expect(worstRelativeError(byIf, IF[at])).toBeLessThan(limit);
        expect(worstRelativeError(byRif, RIF[at])).toBeLessThan(limit);
        expect(worstRelativeError(byNewton, RIF[at])).toBeLessThan(limit);
        const truth = retrain(model, { removed: only });
        // The reference stops at ‖∇L‖ ≤ 1e-10: its θ is within that over the smallest eigenvalue of H, at least nλ.
        const ownError = 1e-10 / (golden.numbers.n * golden.numbers.lam);
        const error = Math.sqrt(exact[at].reduce((sum, value, j) => sum + (truth.change[j] - value) ** 2, 0));
        const size = Math.sqrt(exact[at].reduce((sum, value) => sum + value * value, 0));
        expect(error).toBeLessThan(1e-6 * size + ownError);
      });
    }, 120_000);

    it('predicts removal sets by IF, RIF and the Newton step', () => {
      const { golden, model } = opened;
      const figures = (prediction: GoldenPrediction): number[] => [
        prediction.dw_norm,
        prediction.sum_logit,
        prediction.test_loss_linear,
        prediction.test_loss_exact,
        prediction.train_loss_linear,
        prediction.train_loss_exact,
      ];
      const methods = [
        ['IF', 'if'],
        ['RIF', 'rif'],
        ['NS', 'newton'],
      ] as const;
      for (const [column, method] of methods) {
        const predictions = golden.numbers.groups.map((group) =>
          predict(opened, estimateRemovalChange(model, Int32Array.from(group.rows), { method }).change),
        );
        figures(predictions[0]).forEach((_, figure) => {
          const actual = predictions.map((prediction) => figures(prediction)[figure]);
          const expected = golden.numbers.groups.map((group) => figures(group[column])[figure]);
          expect(worstRelativeError(actual, expected), `${column} figure ${figure}`).toBeLessThan(limit);
        });
        golden.numbers.groups.forEach((group, g) => {
          expect(worstRelativeError(predictions[g].dw_first5, group[column].dw_first5)).toBeLessThan(limit);
          expect(worstRelativeError(predictions[g].logit_t, group[column].logit_t)).toBeLessThan(limit);
        });
      }
    }, 120_000);

    it('retrains without removal sets to the reference optimum', () => {
      const { golden, model } = opened;
      for (const group of golden.numbers.groups.filter((_, g) => g % 6 === 3)) {
        const removed = Int32Array.from(group.rows);
        const { change } = estimateRemovalChange(model, removed, { method: 'rif' });
        const start = model.theta.map((value, at) => value + change[at]);
        const truth = retrain(model, { removed, start });
        const prediction = predict(opened, truth.change);
        expect(worstRelativeError([prediction.test_loss_exact], [group.actual.test_loss_exact])).toBeLessThan(1e-5);
        expect(worstRelativeError([prediction.dw_norm], [group.actual.dw_norm])).toBeLessThan(1e-6);
      }
    }, 120_000);
  });
}
