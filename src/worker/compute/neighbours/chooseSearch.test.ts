import { describe, expect, it } from 'vitest';
import type { ChooseSearchOptions } from './chooseSearch';
import { chooseSearch } from './chooseSearch';

/**
 * 100 true neighbours: a third in the first cell, the rest over ten; a narrow projection that mixes them up, a wide one
 * that does not.
 */
const cellPlaces = Int32Array.from({ length: 100 }, (_, i) => (i < 34 ? 0 : i % 10));
const options: ChooseSearchOptions = {
  widths: [
    { columns: 8, places: Float64Array.from({ length: 100 }, (_, i) => (i < 90 ? i : Infinity)) },
    { columns: 32, places: Float64Array.from({ length: 100 }, (_, i) => i % 12) },
  ],
  cellPlaces,
  cells: 20,
  candidates: [6, 60],
  target: 0.95,
  mostSeconds: 1e6,
  secondsOf: ({ columns, probes, candidates }) => columns * probes + candidates,
};

describe('chooseSearch', () => {
  it('takes the cheapest plan that finds enough, with no more candidates than it needs', () => {
    const plan = chooseSearch(options);
    expect(plan).toMatchObject({ columns: 32, candidates: 12 });
    expect(plan.recall).toBeGreaterThanOrEqual(0.95);
    expect(plan.seconds).toBe(32 * plan.probes + 12);
    expect(plan.probes).toBeLessThan(20);
    // One cell less would not do: the share is what it says.
    const found = cellPlaces.filter((place) => place < plan.probes).length;
    expect(plan.recall).toBe(found / 100);
  });

  it('takes what finds most where time is short, and never takes longer where it can be helped', () => {
    const short = chooseSearch({ ...options, mostSeconds: 120 });
    expect(short.seconds).toBeLessThanOrEqual(120);
    expect(short.recall).toBeLessThan(0.95);
    expect(short.recall).toBeGreaterThan(0.34);
    const none = chooseSearch({ ...options, mostSeconds: 1 });
    expect(none).toMatchObject({ columns: 8, probes: 1, candidates: 6 });
  });

  it('looks at the first cells only where the sample needs no neighbours', () => {
    const plan = chooseSearch({
      ...options,
      widths: [{ columns: 4, places: new Float64Array(0) }],
      cellPlaces: new Int32Array(0),
    });
    expect(plan).toMatchObject({ probes: 1, candidates: 6, recall: 1 });
  });
});
