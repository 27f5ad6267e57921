import { describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors';
import { fittedHead } from '../../testing/fittedHeads';
import type { FittedModel } from '../fittedModel';
import { retrain } from '../removal/retrain';
import { computeRowInfluence } from '../rows/rowInfluence';
import { modelTrust } from '../trust/trustReport';
import { predictRow } from './rowPrediction';
import type { SmallestFlip } from './smallestFlip';
import { findSmallestFlip } from './smallestFlip';
import { findSmallestPrefix } from './smallestPrefix';

describe('findSmallestPrefix', () => {
  it('finds the first size that holds, from any guess, in few questions', () => {
    for (const truth of [1, 2, 7, 63, 64, 200]) {
      for (const guess of [1, 5, 64, 200]) {
        let asked = 0;
        const found = findSmallestPrefix(
          (size) => {
            asked++;
            return size >= truth;
          },
          guess,
          200,
        );
        expect(found.size).toBe(truth);
        expect(asked).toBeLessThanOrEqual(2 * Math.log2(Math.abs(truth - guess) + 1) + 3);
      }
    }
  });

  it('says when nothing holds up to the limit', () => {
    expect(findSmallestPrefix(() => false, 5, 50)).toEqual({ size: null, tried: 50 });
    expect(findSmallestPrefix(() => true, 5, 0)).toEqual({ size: null, tried: 0 });
  });

  it('returns a size that holds and whose predecessor does not where holding is not monotone', () => {
    const holds = (size: number): boolean => size >= 10 && size !== 17;
    const { size } = findSmallestPrefix(holds, 30, 40);
    expect(holds(size ?? -1)).toBe(true);
    expect(holds((size ?? -1) - 1)).toBe(false);
  });
});

describe.each(['logistic', 'softmax'] as const)('flipping a prediction of a %s head', (kind) => {
  const n = 140;
  const weights = Float64Array.from({ length: n }, (_, i) => (i < 100 ? 1 : 0));
  const model = fittedHead({ kind, rows: n, features: 4, seed: 41, l2: 0.02, weights });
  const { rifCoefficients, leverage } = computeRowInfluence(model);
  const common = { rifCoefficients, trust: modelTrust(model, leverage) };
  const held = Array.from({ length: 40 }, (_, at) => 100 + at).sort(
    (a, b) => predictRow(model, a).margin - predictRow(model, b).margin,
  );
  const retrainedClass = (rows: Int32Array, row: number): number =>
    predictRow(model, row).classAt(retrain(model, { removed: rows }).change);

  it('finds a set that flips by retraining, and with one row less does not', () => {
    for (const row of [held[0], held[3], held[12], held[20], 7]) {
      for (const ranking of ['rif', 'adaptive'] as const) {
        const found = findSmallestFlip(model, { ...common, row, ranking, limit: 99 });
        if (!found.flips) continue;
        const { predicted } = found;
        expect(predicted).toBe(predictRow(model, row).predicted);
        expect(retrainedClass(found.rows, row)).toBe(found.predictedAfter);
        expect(found.predictedAfter).not.toBe(predicted);
        if (found.rows.length > 1) expect(retrainedClass(found.rows.slice(0, -1), row)).toBe(predicted);
        expect(new Set(found.rows).size).toBe(found.rows.length);
        for (const one of found.rows) expect(weights[one]).toBe(1);
        expect(found.trust.set?.rows).toBe(found.rows.length);
        expect(found.fits).toBeGreaterThan(0);
        expect(found.summary).toMatch(/verified by retraining/);
      }
    }
  });

  it('flips most close calls with few rows, the adaptive ranking with no more than the sums', () => {
    let flipped = 0;
    let bySums = 0;
    let byAdaptive = 0;
    for (const row of held.slice(0, 12)) {
      const ask = (ranking: 'rif' | 'adaptive'): SmallestFlip =>
        findSmallestFlip(model, { ...common, row, ranking, limit: 60 });
      const [sums, adaptive] = [ask('rif'), ask('adaptive')];
      if (!sums.flips || !adaptive.flips) continue;
      flipped++;
      bySums += sums.rows.length;
      byAdaptive += adaptive.rows.length;
      expect(Math.abs((sums.sizeByNewton ?? 0) - sums.rows.length)).toBeLessThanOrEqual(2 + 0.3 * sums.rows.length);
    }
    expect(flipped).toBeGreaterThan(8);
    expect(byAdaptive).toBeLessThanOrEqual(bySums);
  });

  it('returns the one row that is enough where brute force finds that one is', () => {
    let checked = 0;
    for (const row of held.slice(0, 3)) {
      const before = predictRow(model, row).predicted;
      const single = Array.from({ length: 100 }, (_, at) => at).filter(
        (at) => retrainedClass(Int32Array.of(at), row) !== before,
      );
      const found = findSmallestFlip(model, { ...common, row, ranking: 'rif', limit: 99 });
      if (single.length === 0) {
        expect(found.rows.length === 1).toBe(false);
        continue;
      }
      checked++;
      expect(found.rows).toHaveLength(1);
      expect(single).toContain(found.rows[0]);
    }
    expect(checked).toBeGreaterThan(0);
  });

  it('says so when no set up to the limit flips the prediction', () => {
    const sure = held[held.length - 1];
    const found = findSmallestFlip(model, { ...common, row: sure, ranking: 'rif', limit: 2 });
    expect(found.flips).toBe(false);
    expect(found.rows).toHaveLength(0);
    expect(found.largestTried).toBe(2);
    expect(found.estimated).toBeNull();
    expect(found.marginAfter).toBeGreaterThan(0);
    expect(found.marginAfter).toBeLessThan(found.margin);
    expect(found.summary).toMatch(/No set of up to 2 rows/);
  });

  it('refuses rows that do not exist, and heads without classes', () => {
    expect(() => findSmallestFlip(model, { ...common, row: n, ranking: 'rif' })).toThrow(InputError);
    expect(() => findSmallestFlip(model, { ...common, row: 3, ranking: 'rif', limit: 0 })).toThrow(InputError);
    const ridge: FittedModel = fittedHead({ kind: 'ridge', rows: 30, features: 3, seed: 2, l2: 0.1 });
    expect(() => predictRow(ridge, 1)).toThrow(/numbers, not classes/);
  });
});

it('goes on along the sums where the adaptive ranking ends before retraining flips the prediction', () => {
  const model = fittedHead({ kind: 'logistic', rows: 120, features: 8, seed: 2, l2: 1e-3, signal: 1 });
  const { rifCoefficients, leverage } = computeRowInfluence(model);
  const found = findSmallestFlip(model, {
    row: 54,
    ranking: 'adaptive',
    rifCoefficients,
    trust: modelTrust(model, leverage),
  });
  expect(found.flips).toBe(true);
  const classWithout = (rows: Int32Array): number =>
    predictRow(model, 54).classAt(retrain(model, { removed: rows }).change);
  expect(classWithout(found.rows)).toBe(found.predictedAfter);
  expect(classWithout(found.rows.slice(0, -1))).toBe(found.predicted);
});

it('goes on where rows of the adaptive ranking leave the head undetermined', () => {
  const model = fittedHead({ kind: 'softmax', rows: 100, features: 4, seed: 27, l2: 1e-3, signal: 6 });
  const { rifCoefficients, leverage } = computeRowInfluence(model);
  const trust = modelTrust(model, leverage);
  const found = findSmallestFlip(model, { row: 17, ranking: 'adaptive', rifCoefficients, trust });
  expect(found.flips).toBe(true);
  const classWithout = (rows: Int32Array): number =>
    predictRow(model, 17).classAt(retrain(model, { removed: rows }).change);
  expect(classWithout(found.rows)).toBe(found.predictedAfter);
  expect(classWithout(found.rows.slice(0, -1))).toBe(found.predicted);
});
