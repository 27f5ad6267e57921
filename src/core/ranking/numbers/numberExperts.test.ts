import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../base/errors';
import { quantiseFeatures } from '../forest/quantiseFeatures';
import { numberForest, numberNeighbours } from './numberExperts';

const never = { cancelled: false, throwIfCancelled: () => undefined };

/** Friedman's first function of five of six features that fill the cube evenly, and a disturbance. */
function friedman(n: number) {
  const steps = [
    0.7548776662466927, 0.5698402909980532, 0.4301597090019468, 0.324717957244746, 0.2451223337533073, 0.1850372906999,
  ];
  const data = new Float64Array(6 * n);
  const targets = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const x = steps.map((step) => ((i + 1) * step) % 1);
    data.set(x, 6 * i);
    const disturbance = 4 * ((((i + 1) * 0.6180339887498949) % 1) - 0.5);
    targets[i] = 10 * Math.sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4] + disturbance;
  }
  return { features: { rows: n, columns: 6, data }, targets, train: new Float64Array(n).fill(1) };
}

function rSquared(targets: Float64Array, predictions: Float64Array): number {
  const mean = targets.reduce((a, b) => a + b) / targets.length;
  const left = targets.reduce((sum, target, i) => sum + (target - predictions[i]) ** 2, 0);
  return 1 - left / targets.reduce((sum, target) => sum + (target - mean) ** 2, 0);
}

function grow(name: 'forest' | 'trees', signal = never) {
  const { features, targets, train } = friedman(400);
  const trainingRows = Int32Array.from(targets.keys());
  const quantised = quantiseFeatures(features, trainingRows);
  return { ...numberForest(name, { features: quantised, targets, train, trainingRows }, signal), targets };
}

describe('forests for numbers', () => {
  // scikit-learn 1.9.1, 150 trees on bootstrap samples drawn by hand, each asked for its out-of-bag rows, over eight
  // seeds: DecisionTreeRegressor(max_features=1/3, min_samples_leaf=3) .8287 ± .0021, spread 1.591 ± .022;
  // ExtraTreeRegressor(max_features=1.0, min_samples_leaf=1) .8342 ± .0028, spread 1.406 ± .006.
  it.each([
    ['forest', 0.8287, 0.015, 1.591, 0.1],
    ['trees', 0.8342, 0.015, 1.406, 0.08],
  ] as const)('%s predicts out of bag as scikit-learn does', (name, expected, within, spread, spreadWithin) => {
    const found = grow(name);
    expect(Math.abs(rSquared(found.targets, found.predictions) - expected)).toBeLessThan(within);
    const meanSpread = [...(found.spread ?? [])].reduce((a, b) => a + b, 0) / 400;
    expect(Math.abs(meanSpread - spread)).toBeLessThan(spreadWithin);
  });

  it('are the same every time, and learn nothing of rows that are set aside', () => {
    const { features, targets, train } = friedman(120);
    const aside = train.map((_, i) => (i % 4 === 0 ? 0 : 1));
    const trainingRows = Int32Array.from(aside.keys()).filter((row) => aside[row] !== 0);
    const quantised = quantiseFeatures(features, trainingRows);
    const ask = (values: Float64Array) =>
      numberForest('trees', { features: quantised, targets: values, train: aside, trainingRows }, never).predictions;
    const spoilt = targets.map((target, i) => (i % 4 === 0 ? 1e6 : target));
    expect([...ask(spoilt)]).toEqual([...ask(targets)]);
  });

  it('stop within a tree', () => {
    let asked = 0;
    const signal = {
      cancelled: false,
      throwIfCancelled: () => {
        if (++asked > 2) throw new CancelledError();
      },
    };
    const { features, targets, train } = friedman(30_000);
    const trainingRows = Int32Array.from(targets.keys());
    const input = { features: quantiseFeatures(features, trainingRows), targets, train, trainingRows };
    expect(() => numberForest('trees', input, signal)).toThrow(CancelledError);
  });
});

describe('neighbours of numbers', () => {
  it('tell mean and spread of those that may be learnt from, up to ten or thirty', () => {
    const k = 12;
    const n = 13;
    const rows = new Int32Array(n * k);
    for (let i = 0; i < n; i++) for (let at = 0; at < k; at++) rows[i * k + at] = (i + at + 1) % n;
    const neighbours = {
      k,
      rows,
      squaredDistances: new Float32Array(n * k).fill(1),
      method: 'exact' as const,
      recall: 1,
    };
    const targets = Float64Array.from({ length: n }, (_, i) => i * i);
    const train = targets.map((_, i) => (i === 2 ? 0 : 1));
    const { predictions, spread } = numberNeighbours('neighbours10', neighbours, { targets, train });
    const own = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((i) => i * i);
    const mean = own.reduce((a, b) => a + b) / 10;
    expect(predictions[0]).toBeCloseTo(mean, 12);
    expect(spread?.[0]).toBeCloseTo(Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 10), 9);
    rows.fill(-1, 0, k);
    const all = [0, ...own, 144];
    const { predictions: alone } = numberNeighbours('neighbours30', neighbours, { targets, train });
    expect(alone[0]).toBeCloseTo(all.reduce((a, b) => a + b) / 12, 12);
  });
});
