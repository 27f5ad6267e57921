import { describe, expect, it } from 'vitest';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { syntheticRows } from '../../src/core/testing/testData';
import { allReadings } from './labelWeights';
import type { PlantedTable } from './measureVerdicts';
import { measureVerdicts } from './measureVerdicts';

const linalg = createFloat64LinearAlgebra();
const rows = syntheticRows({ rows: 400, features: 6, classes: 3, seed: 5, signal: 4 });
const table: PlantedTable = { ...rows, noise: 'uniform', share: 0.1, seed: 1 };

describe('measureVerdicts', () => {
  const verdicts = measureVerdicts(table, linalg);

  it('says of every edit what it does by every measure', () => {
    expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(
      new Set(['top', 'list', 'relabelled', 'errors', 'right', 'suspected right']),
    );
    for (const { kind, size, changes } of verdicts) {
      expect(Object.keys(changes.loss)).toEqual([...allReadings, 'unseen']);
      for (const { retrained, rif, newton, randomDeviation } of Object.values(changes.loss)) {
        expect(Number.isFinite(retrained)).toBe(true);
        expect(randomDeviation).toBeGreaterThan(0);
        expect(Number.isNaN(rif)).toBe(kind === 'relabelled');
        if (size < 10) expect(Math.abs(newton - retrained)).toBeLessThan(0.3 * Math.abs(retrained) + randomDeviation);
      }
    }
  });

  it('plants errors among training and validation labels, and none among the rows kept aside', () => {
    const list = verdicts.find(({ kind }) => kind === 'list')?.changes.loss;
    // Errors of training and validation rows pull alike: without them the clean loss falls, the given one less.
    expect(list?.clean.retrained).toBeLessThan(0);
    expect(list?.unseen.retrained).toBeLessThan(0);
    expect(list?.given.retrained).toBeGreaterThan(list?.clean.retrained ?? 0);
    expect(list?.weighted.retrained).toBeLessThan(list?.given.retrained ?? 0);
  });

  it('measures the same on clean and on given labels where no error is planted', () => {
    for (const { changes } of measureVerdicts({ ...table, share: 0 }, linalg)) {
      expect(changes.loss.given).toEqual(changes.loss.clean);
      expect(changes.accuracy.given).toEqual(changes.accuracy.clean);
    }
  });
});
