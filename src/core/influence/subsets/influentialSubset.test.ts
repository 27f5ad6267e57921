import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../base/errors';
import { fittedHead } from '../../testing/fittedHeads';
import { relativeDistance } from '../../testing/testData';
import type { FittedModel } from '../fittedModel';
import type { Measurement } from '../measurements/measurement';
import { estimateRemovalChange } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { computeRowInfluence } from '../rows/rowInfluence';
import { modelTrust } from '../trust/trustReport';
import { findAdaptiveSubset } from './adaptiveSubset';
import { findFractionalSubset, fractionalEffect, fractionalParts } from './fractionalSubset';
import type { InfluentialSubset, SubsetOptions } from './influentialSubset';
import { findInfluentialSubset, subsetMethods } from './influentialSubset';
import { topPlaces } from './rankRowsByEffect';
import type { SetTarget } from './setTarget';
import { logitDifferenceTarget, measurementTarget } from './setTarget';

/**
 * The coefficient θ_j of class c (of the one output of other heads): what Konrad & Kuschnig choose sets for. Linear in
 * θ.
 */
function coefficientTarget({ problem, theta }: FittedModel, feature: number, classNumber = 0): SetTarget {
  const { outputs, parameters } = problem;
  const d = problem.features.columns;
  const gradient = new Float64Array(parameters);
  for (let c = 0; c < outputs; c++) {
    gradient[c * d + feature] = (c === classNumber ? 1 : 0) - (outputs === 1 ? 0 : 1 / outputs);
  }
  return {
    name: `coefficient_${feature}`,
    value: theta[classNumber * d + feature],
    gradientAt: () => gradient,
    evaluate: (change) => change.reduce((sum, move, at) => sum + move * gradient[at], 0),
    dispose: () => undefined,
  };
}

/** All sets of k of the rows 0 … n−1. */
function* allSets(n: number, k: number, from = 0): Generator<number[]> {
  if (k === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= n - k; first++)
    for (const rest of allSets(n, k - 1, first + 1)) yield [first, ...rest];
}

function bestSet(n: number, k: number, effect: (rows: Int32Array) => number): { rows: number[]; effect: number } {
  let best = { rows: [] as number[], effect: Number.NEGATIVE_INFINITY };
  for (const rows of allSets(n, k)) {
    const value = effect(Int32Array.from(rows));
    if (value > best.effect) best = { rows, effect: value };
  }
  return best;
}

function optionsOf(model: FittedModel): Pick<SubsetOptions, 'rifCoefficients' | 'trust'> {
  const { rifCoefficients, leverage } = computeRowInfluence(model);
  return { rifCoefficients, trust: modelTrust(model, leverage) };
}

const sorted = (rows: Int32Array): number[] => Array.from(rows).sort((a, b) => a - b);

describe('topPlaces', () => {
  it('orders by score, of equals the earlier first, and leaves out what it is told to', () => {
    const scores = Float64Array.of(1, 5, Number.NaN, 5, -2, 5, 0);
    expect(Array.from(topPlaces(scores, 4, 'raise'))).toEqual([1, 3, 5, 0]);
    expect(Array.from(topPlaces(scores, 2, 'raise'))).toEqual([1, 3]);
    expect(Array.from(topPlaces(scores, 2, 'lower'))).toEqual([4, 6]);
    expect(Array.from(topPlaces(scores, 9, 'raise', (at) => at !== 3))).toEqual([1, 5, 0, 6, 4]);
    expect(topPlaces(scores, 3, 'raise', () => false)).toHaveLength(0);
  });
});

describe('the linear-fractional target', () => {
  it.each(['raise', 'lower'] as const)(
    'of a ridge head with one parameter: the best set of all by retraining (%s)',
    (direction) => {
      for (const seed of [1, 2, 3]) {
        const one = oneFeature(seed);
        const target = coefficientTarget(one, 0);
        const sign = direction === 'raise' ? 1 : -1;
        for (const size of [1, 2, 4]) {
          const truth = bestSet(12, size, (rows) => sign * retrain(one, { removed: rows }).change[0]);
          const found = findFractionalSubset(one, target.gradientAt(one), { size, direction });
          expect(found.exactForRetraining).toBe(true);
          expect(sorted(found.rows)).toEqual(truth.rows);
          expect(found.effect).toBeCloseTo(sign * truth.effect, 9);
          expect(found.iterations).toBeLessThan(10);
        }
      }
    },
  );

  function oneFeature(seed: number): FittedModel {
    // Rows whose leverages differ much, so that ratios and sums disagree.
    return fittedHead({ kind: 'ridge', rows: 12, features: 1, seed, l2: 0.001, unpenalised: [] });
  }

  it.each(['logistic', 'softmax', 'ridge'] as const)(
    'of a %s head: the best of all sets for its own effect',
    (kind) => {
      const model = fittedHead({ kind, rows: 14, features: 3, seed: 5, l2: 0.05 });
      expect(model.problem.parameters).toBeGreaterThan(1);
      const targets = [
        coefficientTarget(model, 0),
        logitDifferenceTarget(model, 3, 0, 1),
        measurementTarget(model, { kind: 'loss', row: 2 }, noSplits),
      ];
      for (const target of targets) {
        const gradient = target.gradientAt(model);
        const parts = fractionalParts(model, gradient);
        for (const direction of ['raise', 'lower'] as const) {
          const sign = direction === 'raise' ? 1 : -1;
          const truth = bestSet(14, 4, (rows) => sign * fractionalEffect(parts, rows));
          const found = findFractionalSubset(model, gradient, { size: 4, direction });
          expect(found.effect).toBeCloseTo(sign * truth.effect, 12);
          expect(sorted(found.rows)).toEqual(truth.rows);
          expect(found.exactForRetraining).toBe(false);
        }
      }
    },
  );

  it('is the Newton step along one direction', () => {
    const model = fittedHead({ kind: 'softmax', rows: 30, features: 3, seed: 6, l2: 0.05 });
    const gradient = coefficientTarget(model, 1, 2).gradientAt(model);
    const parts = fractionalParts(model, gradient);
    // One row: between IF and RIF, as the other directions do not give way.
    for (const row of [0, 7, 21]) {
      const one = Int32Array.of(row);
      const { change } = estimateRemovalChange(model, one, { method: 'if' });
      const linear = change.reduce((sum, value, at) => sum + value * gradient[at], 0);
      expect(parts.numerators[row]).toBeCloseTo(linear, 12);
      const effect = fractionalEffect(parts, one);
      expect(Math.abs(effect)).toBeGreaterThan(Math.abs(linear));
      expect(effect / linear).toBeCloseTo(1 / (1 - parts.denominators[row] / parts.total), 10);
    }
  });

  const noSplits = { train: new Int32Array(0), validation: new Int32Array(0), test: new Int32Array(0) };
});

describe.each(['logistic', 'softmax', 'ridge'] as const)('the most influential set of a %s head', (kind) => {
  const n = 90;
  const weights = Float64Array.from({ length: n }, (_, i) => (i % 5 === 4 ? 0 : 1));
  const model = fittedHead({ kind, rows: n, features: 5, seed: 17, l2: 0.01, weights });
  const numbers = Array.from({ length: n }, (_, i) => i);
  const splits = {
    train: Int32Array.from(numbers.filter((i) => weights[i] === 1)),
    validation: Int32Array.from(numbers.filter((i) => weights[i] === 0)),
    test: new Int32Array(0),
  };
  const common = optionsOf(model);
  const validationLoss: Measurement = { kind: 'meanLoss', rows: 'validation' };
  const target = (): SetTarget => measurementTarget(model, validationLoss, splits);

  it('is by each method what it says, and the truth is retraining', () => {
    for (const direction of ['raise', 'lower'] as const) {
      for (const method of subsetMethods) {
        const found = findInfluentialSubset(model, target(), { ...common, size: 6, direction, method, verify: true });
        expect(found.rows).toHaveLength(6);
        expect(new Set(found.rows).size).toBe(6);
        for (const row of found.rows) expect(weights[row]).toBe(1);
        const truth = retrain(model, { removed: found.rows }).change;
        expect(found.actual).toBeCloseTo(target().evaluate(truth), 9);
        const sign = direction === 'raise' ? 1 : -1;
        expect(sign * (found.actual ?? Number.NaN)).toBeGreaterThan(0);
        const newton = estimateRemovalChange(model, found.rows, { method: 'newton' }).change;
        expect(found.predicted.newton).toBeCloseTo(target().evaluate(newton), 12);
        expect(found.trust.set?.effects).toEqual(found.predicted);
        expect(found.trust.set?.residual).toBeLessThan(1e-9);
        if (kind === 'ridge') expect(found.predicted.newton).toBeCloseTo(found.actual ?? Number.NaN, 8);
      }
    }
  });

  it('is measured under the mean convention where that is asked for', () => {
    const ask = (ridgeConvention: 'fixed' | 'mean'): InfluentialSubset =>
      findInfluentialSubset(model, target(), {
        ...common,
        size: 6,
        direction: 'raise',
        method: 'rif',
        verify: true,
        ridgeConvention,
      });
    const [fixed, mean] = [ask('fixed'), ask('mean')];
    expect([...mean.rows]).toEqual([...fixed.rows]);
    const truth = retrain(model, { removed: mean.rows, ridgeConvention: 'mean' }).change;
    expect(mean.actual).toBeCloseTo(target().evaluate(truth), 9);
    expect(Math.abs((mean.actual ?? 0) - (fixed.actual ?? 0))).toBeGreaterThan(1e-5);
    const newton = estimateRemovalChange(model, mean.rows, { method: 'newton', ridgeConvention: 'mean' }).change;
    expect(mean.predicted.newton).toBeCloseTo(target().evaluate(newton), 12);
    expect(mean.optimality).toMatch(/ridge term left as it was/);
  });

  it('is the top of the single effects for sums', () => {
    const { rows } = findInfluentialSubset(model, target(), { ...common, size: 5, direction: 'raise', method: 'rif' });
    const gradient = target().gradientAt(model);
    const single = Float64Array.from(numbers, (row) => {
      if (weights[row] === 0) return Number.NaN;
      const { change } = estimateRemovalChange(model, Int32Array.of(row), { method: 'rif' });
      return change.reduce((sum, value, at) => sum + value * gradient[at], 0);
    });
    expect(Array.from(rows)).toEqual(Array.from(topPlaces(single, 5, 'raise')));
  });

  it('is never worse by adaptive choice than by sums when it is retrained, here', () => {
    const actual = (method: 'rif' | 'adaptive'): number =>
      findInfluentialSubset(model, target(), { ...common, size: 10, direction: 'raise', method, verify: true })
        .actual ?? Number.NaN;
    expect(actual('adaptive')).toBeGreaterThanOrEqual(0.98 * actual('rif'));
  });

  it('chooses each adaptive row as retraining one by one would', () => {
    const found = findAdaptiveSubset(model, target(), {
      size: 4,
      direction: 'raise',
      rifCoefficients: common.rifCoefficients,
      refitEvery: 1,
    });
    const gone: number[] = [];
    for (let step = 0; step < 4; step++) {
      const before = target().evaluate(retrain(model, { removed: Int32Array.from(gone) }).change);
      let best = Number.NEGATIVE_INFINITY;
      const changes = new Map<number, number>();
      for (const row of splits.train) {
        if (gone.includes(row)) continue;
        const there = target().evaluate(retrain(model, { removed: Int32Array.from([...gone, row]) }).change) - before;
        changes.set(row, there);
        best = Math.max(best, there);
      }
      // The chosen row is the best by retraining, or nearly: effects are linear in the loss.
      expect(changes.get(found.rows[step])).toBeGreaterThan(0.85 * best);
      gone.push(found.rows[step]);
    }
  });

  it('needs no H but for the adaptive choice', () => {
    const inverse = { ...model.inverse, method: 'cg' as const };
    const large: FittedModel = { ...model, exact: undefined, inverse };
    for (const method of ['if', 'rif', 'fractional'] as const) {
      const ask = (of: FittedModel): InfluentialSubset =>
        findInfluentialSubset(of, target(), { ...common, size: 4, direction: 'lower', method });
      const [without, exact] = [ask(large), ask(model)];
      expect(Array.from(without.rows)).toEqual(Array.from(exact.rows));
      expect(without.predicted.newton).toBeCloseTo(exact.predicted.newton ?? Number.NaN, 8);
    }
    const adaptive = { ...common, size: 4, direction: 'lower', method: 'adaptive' } as const;
    expect(() => findInfluentialSubset(large, target(), adaptive)).toThrow(/Choose rows by RIF sums/);
  });

  it('keeps candidates, and refuses sizes that cannot be had', () => {
    const candidates = Int32Array.of(0, 1, 2, 3, 4, 6);
    for (const method of subsetMethods) {
      const { rows } = findInfluentialSubset(model, target(), {
        ...common,
        size: 3,
        direction: 'lower',
        method,
        candidates,
      });
      for (const row of rows) expect(candidates).toContain(row);
    }
    const ask = (size: number, some?: Int32Array): unknown =>
      findInfluentialSubset(model, target(), { ...common, size, direction: 'lower', method: 'if', candidates: some });
    expect(() => ask(6, candidates)).toThrow(InputError);
    expect(() => ask(0)).toThrow(InputError);
    expect(() => ask(2.5)).toThrow(InputError);
    expect(() => ask(splits.train.length)).toThrow(/left to train on/);
    if (kind === 'ridge') return;
    expect(() => measurementTarget(model, { kind: 'accuracy', rows: 'validation' }, splits)).toThrow(/no gradient/);
  });
});

describe('adaptive selection', () => {
  const model = fittedHead({ kind: 'softmax', rows: 240, features: 5, seed: 23, l2: 0.01 });
  const { rifCoefficients } = computeRowInfluence(model);
  const target = (): SetTarget => logitDifferenceTarget(model, 11, 0, 1);

  it('keeps effects as they are when computed anew', () => {
    // Without refits H holds the curvatures of θ̂'s neighbourhood only; after one it is exact, so a refit every step is
    // the reference.
    const run = (options: {
      batch: number;
      refitEvery: number;
      poolSize?: number;
    }): ReturnType<typeof findAdaptiveSubset> =>
      findAdaptiveSubset(model, target(), { size: 12, direction: 'raise', rifCoefficients, ...options });
    const exact = run({ batch: 1, refitEvery: 1 });
    const lazy = run({ batch: 1, refitEvery: 100 });
    expect(exact.refits).toBe(11);
    expect(lazy.refits).toBe(0);
    const common = Array.from(lazy.rows).filter((row) => exact.rows.includes(row));
    expect(common.length).toBeGreaterThanOrEqual(10);
    expect(Math.abs(lazy.effects[0] / exact.effects[0] - 1)).toBeLessThan(1e-12);
    expect(Math.abs(lazy.effects[5] / exact.effects[5] - 1)).toBeLessThan(0.2);
    const batched = run({ batch: 4, refitEvery: 4 });
    expect(batched.rows).toHaveLength(12);
    const pooled = run({ batch: 1, refitEvery: 1, poolSize: 60 });
    expect(pooled.poolSize).toBe(60);
    expect(Array.from(pooled.rows)).toEqual(Array.from(exact.rows));
  });

  it('follows a ridge head exactly without any refit, in batches that keep and that remake the leverages', () => {
    const ridge = fittedHead({ kind: 'ridge', rows: 60, features: 6, seed: 3, l2: 0.01 });
    const influence = computeRowInfluence(ridge);
    for (const batch of [1, 2, 5]) {
      let checked = 0;
      findAdaptiveSubset(ridge, coefficientTarget(ridge, 0), {
        size: 10,
        direction: 'raise',
        rifCoefficients: influence.rifCoefficients,
        batch,
        refitEvery: 1000,
        enough: ({ theta, logits }) => {
          checked++;
          expect(logits).toHaveLength(60);
          thetas.push(theta.slice());
          return false;
        },
      }).rows.forEach((row, at, rows) => {
        if ((at + 1) % batch !== 0) return;
        const truth = retrain(ridge, { removed: rows.slice(0, at + 1) }).fit.state.theta;
        expect(row).toBeGreaterThanOrEqual(0);
        expect(relativeDistance(thetas[(at + 1) / batch - 1], truth)).toBeLessThan(1e-9);
      });
      expect(checked).toBe(10 / batch);
      thetas.length = 0;
    }
  });
  const thetas: Float64Array[] = [];

  it('stops when asked to', () => {
    const onBlock = (): void => {
      throw new CancelledError();
    };
    expect(() =>
      findAdaptiveSubset(model, target(), { size: 3, direction: 'raise', rifCoefficients, onBlock }),
    ).toThrow(CancelledError);
  });
});
