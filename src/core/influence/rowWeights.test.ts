import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { estimateLeaveOneOutLoss } from '../l2/estimatedL2Points';
import { computeLeaveOneOutLoss } from '../l2/leaveOneOutLoss';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { factorizeHessian } from '../models/curvature/hessianFactor';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadKind } from '../models/headKind';
import { createHeadProblem } from '../models/headProblem';
import { syntheticRows } from '../testing/testData';
import { RemovalBatch } from '../validation/removalBatch';
import { retrainSets } from '../validation/retrainSets';
import { computeBayesianInfluence } from './attributions/bayesianInfluence';
import { computeGroupEffects } from './attributions/groupEffects';
import { computeRepresenterEffects } from './attributions/representerValues';
import { computeTrakEffects } from './attributions/trak';
import { computeEffects } from './effects/computeEffects';
import { computeEvaluatedEffects, computeEvaluatedEffectsOf } from './effects/evaluatedEffects';
import type { FittedModel } from './fittedModel';
import { createFittedModel } from './fittedModel';
import type { PreparedMeasurement } from './measurements/measurement';
import { prepareMeasurements } from './measurements/prepareMeasurements';
import { estimateRemovalChange } from './removal/removalChange';
import { retrain } from './removal/retrain';
import { computeMeanLossEffects, computeRowInfluence } from './rows/rowInfluence';
import { findAdaptiveSubset } from './subsets/adaptiveSubset';
import { fractionalParts } from './subsets/fractionalSubset';
import { measurementTarget } from './subsets/setTarget';
import { estimateRelabelChange } from './unlearning/relabelChange';

const linalg = createFloat64LinearAlgebra();
const trained = 60;
const measured = 12;
const d = 5;

/** Rows of weight 0 to 3, and the same rows as often as they weigh, each with weight 1. */
interface Twice {
  readonly weighed: FittedModel;
  readonly repeated: FittedModel;
  readonly weights: Float64Array;
  /** Rows of `repeated` that row i is; one that does not train where it weighs 0. */
  readonly copies: readonly Int32Array[];
  readonly held: { readonly weighed: Int32Array; readonly repeated: Int32Array };
}

function makeTwice(kind: HeadKind, l2 = 0.02): Twice {
  const data = syntheticRows({ rows: trained + measured, features: d, classes: kind === 'softmax' ? 3 : 2, seed: 5 });
  const random = createRandom(9);
  const given = kind === 'ridge' ? Float64Array.from(data.labels, (y) => y + random.normal()) : data.labels;
  const times = Int32Array.from({ length: trained + measured }, (_, i) => (i < trained ? i % 4 : 1));
  const rows: number[] = [];
  const copies = Array.from(times, (count, i) => {
    const first = rows.length;
    for (let k = 0; k < Math.max(1, count); k++) rows.push(i);
    return Int32Array.from({ length: Math.max(1, count) }, (_, k) => first + k);
  });
  const modelOf = (order: readonly number[], weights: Float64Array): FittedModel => {
    const features = {
      rows: order.length,
      columns: d,
      data: Float64Array.from(order.flatMap((i) => [...data.features.data.subarray(i * d, (i + 1) * d)])),
    };
    const labels =
      given.constructor === Float64Array
        ? Float64Array.from(order, (i) => given[i])
        : Int32Array.from(order, (i) => given[i]);
    const problem = createHeadProblem(
      {
        kind,
        classes: data.classes,
        features,
        rows: linalg.loadRows(features),
        labels,
        weights,
        l2,
        unpenalised: [d - 1],
      },
      linalg,
    );
    return createFittedModel(problem, fitHead(problem, linalg, { tolerance: 1e-12 }).state.theta, linalg);
  };
  const own = Float64Array.from(times, (count, i) => (i < trained ? count : 0));
  return {
    weighed: modelOf([...times.keys()], own),
    repeated: modelOf(
      rows,
      Float64Array.from(rows, (i) => (own[i] > 0 ? 1 : 0)),
    ),
    weights: own,
    copies,
    held: {
      weighed: Int32Array.from({ length: measured }, (_, i) => trained + i),
      repeated: Int32Array.from({ length: measured }, (_, i) => copies[trained + i][0]),
    },
  };
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-8): void {
  expect(found.length).toBe(wanted.length);
  const size = Math.max(1e-12, ...Array.from(wanted, Math.abs));
  for (let at = 0; at < wanted.length; at++) expect(Math.abs(found[at] - wanted[at]) / size).toBeLessThan(tolerance);
}

function prepare({ weighed, repeated, held }: Twice): [PreparedMeasurement, PreparedMeasurement] {
  const [one] = prepareMeasurements(weighed, [{ kind: 'meanLoss', rows: 'validation' }], {
    train: new Int32Array(0),
    validation: held.weighed,
    test: new Int32Array(0),
  });
  const [other] = prepareMeasurements(repeated, [{ kind: 'meanLoss', rows: 'validation' }], {
    train: new Int32Array(0),
    validation: held.repeated,
    test: new Int32Array(0),
  });
  return [one, other];
}

const kinds: HeadKind[] = ['logistic', 'softmax', 'ridge'];

describe.each(kinds)('a weight of the rows of a %s head', (kind) => {
  const twice = makeTwice(kind);
  const { weighed, repeated, weights, copies } = twice;
  const influence = computeRowInfluence(weighed);
  const K = weighed.problem.outputs;
  const some = [1, 2, 3, 6, 7, 10, 11];

  it('fits the row as often as it weighs', () => {
    expectClose(weighed.theta, repeated.theta);
  });

  it.each(['if', 'rif', 'newton'] as const)('removes all of the row by %s', (method) => {
    for (const convention of ['fixed', 'mean'] as const) {
      for (const row of some) {
        const options = { method, ridgeConvention: convention, meanRescaling: 'exact' } as const;
        const { change } = estimateRemovalChange(weighed, Int32Array.of(row), options);
        // RIF of a row of weight 2 is the Newton step of both, which their own RIFs do not know of.
        const whole = method === 'rif' ? 'newton' : method;
        if (method === 'rif' && convention === 'mean') continue;
        const both = estimateRemovalChange(repeated, copies[row], { ...options, method: whole });
        expectClose(change, both.change);
      }
    }
  });

  it('takes whole sets away by each way to solve the Newton step', () => {
    const rows = Int32Array.from(some);
    const gone = Int32Array.from(some.flatMap((row) => [...copies[row]]));
    const { change } = estimateRemovalChange(repeated, gone, { method: 'newton' });
    for (const newtonSolver of ['woodbury', 'direct', 'cg'] as const) {
      expectClose(estimateRemovalChange(weighed, rows, { method: 'newton', newtonSolver }).change, change, 1e-6);
    }
  });

  it('is the truth of retraining', () => {
    for (const ridgeConvention of ['fixed', 'mean'] as const) {
      const { change } = retrain(weighed, { removed: Int32Array.of(6), ridgeConvention });
      expectClose(change, retrain(repeated, { removed: copies[6], ridgeConvention }).change, 1e-7);
      if (kind === 'ridge') {
        expectClose(
          estimateRemovalChange(weighed, Int32Array.of(6), { method: 'newton', ridgeConvention }).change,
          change,
          1e-7,
        );
      }
    }
  });

  it('leaves rows out as their Newton steps do, and rows of weight 0 alone', () => {
    for (const row of some) {
      const { change } = estimateRemovalChange(repeated, copies[row], { method: 'newton' });
      const x = weighed.problem.features;
      const own = 'data' in x ? x.data.subarray(row * d, (row + 1) * d) : [];
      const logits = Array.from({ length: K }, (_, c) => {
        let z = weighed.logits[row * K + c];
        for (let j = 0; j < d; j++) z += own[j] * change[c * d + j];
        return z;
      });
      expectClose(influence.outOfSampleLogits.subarray(row * K, (row + 1) * K), logits);
    }
    expect(influence.leverage[4]).toBeNaN();
    expect(influence.looLoss[8]).toBeNaN();
    expectClose(influence.outOfSampleLogits.subarray(4 * K, 5 * K), weighed.logits.subarray(4 * K, 5 * K));
    const ofCopies = computeRowInfluence(repeated);
    const sum = (values: Float64Array): number => values.reduce((all, v) => all + (Number.isNaN(v) ? 0 : v), 0);
    expect(sum(influence.leverage)).toBeCloseTo(sum(ofCopies.leverage), 8);
    expect(influence.selfIf[6]).toBeCloseTo(2 * ofCopies.selfIf[copies[6][0]], 8);
  });

  it('moves measurements by as much', () => {
    const [one, other] = prepare(twice);
    const heldMask = weighed.problem.weights.map((_, i) => (i >= trained ? 1 : 0));
    const byMean = computeMeanLossEffects(
      weighed,
      heldMask,
      { labels: weighed.problem.labels },
      influence.rifCoefficients,
    );
    for (const ridgeConvention of ['fixed', 'mean'] as const) {
      const options = { methods: ['if', 'rif'], ridgeConvention, meanRescaling: 'exact' } as const;
      const found = computeEffects(weighed, [one], options);
      const ofCopies = computeEffects(repeated, [other], options);
      for (const row of some) {
        const single = ofCopies.byIf?.data[copies[row][0]] ?? Number.NaN;
        expect(found.byIf?.data[row]).toBeCloseTo(weights[row] * single, 9);
        const rows = Int32Array.of(row);
        const byRif = estimateRemovalChange(weighed, rows, { method: 'rif', ridgeConvention, meanRescaling: 'exact' });
        let linear = 0;
        for (let at = 0; at < byRif.change.length; at++) linear += (one.gradient?.[at] ?? 0) * byRif.change[at];
        expect(found.byRif?.data[row]).toBeCloseTo(linear, 9);
        const evaluated = computeEvaluatedEffectsOf(weighed, [one], rows, options);
        expect(evaluated.byRif?.data[0]).toBeCloseTo(one.evaluate(byRif.change), 9);
        if (ridgeConvention === 'fixed') {
          expect(byMean.byIf[row]).toBeCloseTo(found.byIf?.data[row] ?? 0, 9);
          expect(byMean.byRif[row]).toBeCloseTo(found.byRif?.data[row] ?? 0, 9);
        }
      }
      const margins = prepareMeasurements(weighed, [{ kind: 'margin', row: 65 }], {
        train: new Int32Array(0),
        validation: new Int32Array(0),
        test: new Int32Array(0),
      });
      const all = computeEvaluatedEffects(weighed, margins, options);
      const few = computeEvaluatedEffectsOf(weighed, margins, Int32Array.from(some), options);
      some.forEach((row, s) => expect(few.byRif?.data[s]).toBeCloseTo(all.byRif?.data[row] ?? 0, 9));
    }
  });

  it('is removed in batches and by groups as row by row', () => {
    const sets = [Int32Array.of(1, 2, 3), Int32Array.of(6, 11, 15, 21)];
    const wholes = sets.map((rows) => Int32Array.from([...rows].flatMap((row) => [...copies[row]])));
    for (const ridgeConvention of ['fixed', 'mean'] as const) {
      const batch = new RemovalBatch(weighed, sets, { ridgeConvention });
      try {
        for (const method of ['if', 'rif', 'newton'] as const) {
          const changes = batch.changes(method).data;
          sets.forEach((rows, t) => {
            const { change } = estimateRemovalChange(weighed, rows, { method, ridgeConvention });
            expectClose(changes.subarray(t * change.length, (t + 1) * change.length), change, 1e-6);
          });
        }
        const { changes } = retrainSets(batch, { start: batch.changes('newton'), tolerance: 1e-9 });
        wholes.forEach((rows, t) => {
          const { change } = retrain(repeated, { removed: rows, ridgeConvention });
          expectClose(changes.data.subarray(t * change.length, (t + 1) * change.length), change, 1e-6);
        });
      } finally {
        batch.dispose();
      }
      const [one, other] = prepare(twice);
      const groupOf = Int32Array.from(weights, (_, i) => (i < 20 ? 0 : i < 40 ? 1 : -1));
      const ofCopies = new Int32Array(repeated.problem.weights.length).fill(-1);
      copies.forEach((rows, i) => rows.forEach((row) => (ofCopies[row] = groupOf[i])));
      const methods = ['if', 'newton'] as const;
      const found = computeGroupEffects(weighed, [one], { groupOf, count: 2 }, { methods, ridgeConvention });
      const wanted = computeGroupEffects(
        repeated,
        [other],
        { groupOf: ofCopies, count: 2 },
        { methods, ridgeConvention },
      );
      methods.forEach((_, m) => expectClose(found.methods[m].effects.data, wanted.methods[m].effects.data, 1e-7));
    }
  });

  it('counts in sets that are searched for', () => {
    const [one, other] = prepare(twice);
    const gradient = one.gradient ?? new Float64Array(0);
    const parts = fractionalParts(weighed, gradient);
    const ofCopies = fractionalParts(repeated, other.gradient ?? new Float64Array(0));
    expect(parts.total).toBeCloseTo(ofCopies.total, 9);
    for (const row of some) {
      const copy = copies[row][0];
      expect(parts.numerators[row]).toBeCloseTo(weights[row] * ofCopies.numerators[copy], 9);
      expect(parts.denominators[row]).toBeCloseTo(weights[row] * ofCopies.denominators[copy], 9);
    }
    const splits = { train: new Int32Array(0), validation: twice.held.weighed, test: new Int32Array(0) };
    const target = measurementTarget(weighed, { kind: 'meanLoss', rows: 'validation' }, splits);
    const found = findAdaptiveSubset(weighed, target, {
      size: 3,
      direction: 'raise',
      rifCoefficients: influence.rifCoefficients,
    });
    const left = estimateRemovalChange(weighed, Int32Array.of(found.rows[0]), { method: 'newton' });
    let linear = 0;
    for (let at = 0; at < gradient.length; at++) linear += gradient[at] * left.change[at];
    expect(found.effects[0]).toBeCloseTo(linear, 9);
    expect(found.effects[1]).not.toBeNaN();
  });

  it('counts in attributions that are no Newton steps', () => {
    const [one, other] = prepare(twice);
    const representer = computeRepresenterEffects(weighed, [one]).effects?.data ?? [];
    const ofCopies = computeRepresenterEffects(repeated, [other]).effects?.data ?? [];
    const draws = { samples: 40, batches: 4, seed: 3 };
    const bayesian = computeBayesianInfluence(weighed, [one], draws).effects?.data ?? [];
    const bayesianOfCopies = computeBayesianInfluence(repeated, [other], draws).effects?.data ?? [];
    const trakOptions = { projections: [{ kind: 'identity' }], weighting: 'curvature', ridge: true } as const;
    const trak = computeTrakEffects(weighed, [one], trakOptions).effects?.data ?? [];
    const trakOfCopies = computeTrakEffects(repeated, [other], trakOptions).effects?.data ?? [];
    for (const row of some) {
      const copy = copies[row][0];
      expect(representer[row]).toBeCloseTo(weights[row] * ofCopies[copy], 8);
      expect(bayesian[row]).toBeCloseTo(weights[row] * bayesianOfCopies[copy], 8);
      expect(trak[row]).toBeCloseTo(weights[row] * trakOfCopies[copy], 6);
    }
  });

  it('is relabelled as often', () => {
    const label = kind === 'ridge' ? 3 : 1 - Math.min(1, weighed.problem.labels[7]);
    const { change } = estimateRelabelChange(weighed, Int32Array.of(7), Float64Array.of(label));
    const labels = new Float64Array(copies[7].length).fill(label);
    expectClose(change, estimateRelabelChange(repeated, copies[7], labels).change);
  });

  it('counts in the leave-one-out loss that chooses λ', () => {
    const { problem, logits } = weighed;
    const factor = factorizeHessian(problem, logits, linalg);
    const loss = computeLeaveOneOutLoss(problem, logits, factor, linalg);
    let sum = 0;
    let total = 0;
    for (let i = 0; i < trained; i++) {
      if (weights[i] === 0) continue;
      sum += weights[i] * influence.looLoss[i];
      total += weights[i];
    }
    expect(loss.meanLooLoss).toBeCloseTo(sum / total, 10);
    expect(loss.effectiveDof).toBeCloseTo(
      influence.leverage.reduce((all, v) => all + (Number.isNaN(v) ? 0 : v), 0),
      8,
    );
    if (kind !== 'softmax') return;
    const estimate = estimateLeaveOneOutLoss({ problem, linalg, logits });
    expect(Math.abs(estimate.meanLooLoss / loss.meanLooLoss - 1)).toBeLessThan(0.02);
  });

  it('does not matter by its unit', () => {
    const { problem } = weighed;
    const scaled = createHeadProblem(
      { ...problem, ridgeRows: undefined as never, weights: weights.map((w) => 0.25 * w) },
      linalg,
    );
    const theta = fitHead(scaled, linalg, { tolerance: 1e-12 }).state.theta;
    expectClose(theta, weighed.theta, 1e-7);
    const again = computeRowInfluence(createFittedModel(scaled, theta, linalg));
    for (const row of some) expect(again.looLoss[row]).toBeCloseTo(influence.looLoss[row], 7);
  });
});

describe('weights of a softmax head whose leverages are estimated', () => {
  it('come in as those of exact leverages do', () => {
    const { weighed } = makeTwice('softmax', 0.05);
    const { problem, theta, logits } = weighed;
    const estimated = createFittedModel(problem, theta, linalg, undefined, { logits, method: 'iterative' });
    expect(estimated.forms.computeLeftOut).toBeDefined();
    const exact = computeRowInfluence(weighed);
    const found = computeRowInfluence(estimated);
    const { computeLeftOut: _, ...closed } = estimated.forms;
    const closedForms = computeRowInfluence({ ...estimated, forms: closed });
    for (let row = 0; row < trained; row++) {
      if (problem.weights[row] === 0) continue;
      expect(closedForms.leverage[row]).toBeCloseTo(found.leverage[row], 6);
      expect(closedForms.looLoss[row]).toBeCloseTo(found.looLoss[row], 6);
      expect(Math.abs(found.leverage[row] / exact.leverage[row] - 1)).toBeLessThan(0.5);
    }
    const errors = Array.from(exact.leverage, (v, i) => Math.abs(found.leverage[i] / v - 1)).filter(
      (e) => !Number.isNaN(e),
    );
    errors.sort((a, b) => a - b);
    expect(errors[errors.length >> 1]).toBeLessThan(0.12);
    const options = { methods: ['rif'], ridgeConvention: 'mean' } as const;
    const margins = prepareMeasurements(estimated, [{ kind: 'margin', row: 65 }], {
      train: new Int32Array(0),
      validation: new Int32Array(0),
      test: new Int32Array(0),
    });
    const effects = computeEffects(estimated, margins, options).byRif?.data ?? new Float64Array(0);
    const same = computeEffects({ ...estimated, forms: closed }, margins, options).byRif?.data ?? new Float64Array(0);
    for (let row = 0; row < trained; row++)
      if (problem.weights[row] > 0) expect(effects[row]).toBeCloseTo(same[row], 6);
  });
});
