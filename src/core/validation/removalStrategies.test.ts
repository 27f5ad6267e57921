import { describe, expect, it } from 'vitest';
import { InputError } from '../base/errors';
import { createRandom } from '../base/random';
import { syntheticRows } from '../testing/testData';
import type { StrategyRows } from './removalStrategies';
import { chooseRemovalSet, chooseSameClassMix, removalSizes, removalStrategies } from './removalStrategies';

const n = 60;
const { features } = syntheticRows({ rows: n, features: 4, classes: 2, seed: 3 });
// Every fourth row does not train.
const train = Int32Array.from({ length: n }, (_, row) => row).filter((row) => row % 4 !== 3);
const losses = Float64Array.from(train, (row) => ((row * 37) % 41) / 10);
const rows: StrategyRows = { features, train, losses };
const value = (row: number, feature: number): number => features.data[row * 4 + feature];

describe.each(removalStrategies)('strategy %s', (strategy) => {
  it('chooses distinct training rows, the same for the same seed', () => {
    const chosen = chooseRemovalSet(strategy, rows, 9, createRandom(5), 1);
    expect(new Set(chosen).size).toBe(9);
    expect([...chosen]).toEqual([...chosen].sort((a, b) => a - b));
    for (const row of chosen) expect(train).toContain(row);
    expect([...chooseRemovalSet(strategy, rows, 9, createRandom(5), 1)]).toEqual([...chosen]);
    expect([...chooseRemovalSet(strategy, rows, 9, createRandom(6), 1)]).not.toEqual([...chosen]);
  });

  it('can take all rows', () => {
    expect([...chooseRemovalSet(strategy, rows, train.length, createRandom(1))]).toEqual([...train]);
  });
});

describe('what the strategies choose', () => {
  it('clusters by one feature: an interval of it without gaps', () => {
    for (let seed = 0; seed < 10; seed++) {
      const chosen = new Set(chooseRemovalSet('feature', rows, 8, createRandom(seed)));
      // The last feature is constant and cannot be the one.
      const inOne = [0, 1, 2].some((j) => {
        const inside = train.filter((row) => chosen.has(row)).map((row) => row);
        const values = Array.from(inside, (row) => value(row, j));
        const [low, high] = [Math.min(...values), Math.max(...values)];
        return train.filter((row) => value(row, j) >= low && value(row, j) <= high).length === 8;
      });
      expect(inOne).toBe(true);
    }
  });

  it('clusters by distance: some row has exactly these as its nearest', () => {
    const chosen = chooseRemovalSet('distance', rows, 6, createRandom(2));
    const distance = (a: number, b: number): number =>
      [0, 1, 2, 3].reduce((sum, j) => sum + (value(a, j) - value(b, j)) ** 2, 0);
    const nearestOf = (row: number): number[] =>
      Array.from(train)
        .sort((a, b) => distance(row, a) - distance(row, b))
        .slice(0, 6)
        .sort((a, b) => a - b);
    expect(Array.from(chosen).some((row) => nearestOf(row).join() === [...chosen].join())).toBe(true);
  });

  it('takes the highest losses of all rows first, then of a half of them', () => {
    const lossOf = (row: number): number => losses[train.indexOf(row)];
    const first = Array.from(chooseRemovalSet('loss', rows, 5, createRandom(4)), lossOf).sort((a, b) => a - b);
    expect(first).toEqual([...Float64Array.from(losses).sort().slice(-5)]);
    const chosen = chooseRemovalSet('loss', rows, 5, createRandom(4), 1);
    const mean = (of: Iterable<number>): number => {
      const values = Array.from(of, lossOf);
      return values.reduce((sum, loss) => sum + loss, 0) / values.length;
    };
    const sorted = Float64Array.from(losses).sort();
    expect(mean(chosen)).toBeGreaterThan(sorted[Math.floor(0.75 * sorted.length)]);
  });

  it('breaks ties by lot, not by the order of the rows', () => {
    const constant = { ...rows, features: { rows: n, columns: 1, data: new Float64Array(n) } };
    const early = chooseRemovalSet('distance', constant, 10, createRandom(1));
    expect([...early]).not.toEqual([...train.slice(0, 10)]);
  });
});

describe('removalSizes', () => {
  it('rounds shares, keeps at least one row and drops repetitions', () => {
    expect(removalSizes(1000, [0.001, 0.0011, 0.05, 0.01])).toEqual([1, 10, 50]);
    expect(removalSizes(3, [0.001, 0.9])).toEqual([1, 2]);
    expect(() => removalSizes(10, [1.5])).toThrow(InputError);
    expect(() => removalSizes(1, [0.5])).toThrow(InputError);
  });
});

describe('chooseSameClassMix', () => {
  const labels = Int32Array.from({ length: n }, (_, row) => (row % 5 === 0 ? 1 : 0));
  const counts = (set: Int32Array): number[] =>
    [0, 1].map((label) => Array.from(set).filter((row) => labels[row] === label).length);

  it('draws as many rows of each class, outside the chosen ones', () => {
    const chosen = Int32Array.of(0, 1, 2, 5, 10, 12);
    const drawn = chooseSameClassMix(chosen, train, labels, createRandom(9));
    expect(counts(drawn)).toEqual(counts(chosen));
    for (const row of drawn) expect(chosen).not.toContain(row);
    expect([...chooseSameClassMix(chosen, train, labels, createRandom(9))]).toEqual([...drawn]);
  });

  it('draws from the whole class where too few others are left', () => {
    const ones = train.filter((row) => labels[row] === 1);
    const chosen = ones.slice(0, ones.length - 1);
    expect(counts(chooseSameClassMix(chosen, train, labels, createRandom(1)))).toEqual([0, chosen.length]);
  });
});
