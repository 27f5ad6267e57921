import { expect, it } from 'vitest';
import { confusionCells, excessOf, tellingConfusions } from './confusionShares';

const group = {
  kappa: 0.4,
  counts: [
    [6, 4],
    [0, 0.2],
  ],
};
const all = {
  kappa: 0.8,
  counts: [
    [96, 14],
    [5, 95.2],
  ],
};

it('shares of a group stand beside those of the rest, which it is no part of', () => {
  const [[right, mixed], [none]] = confusionCells(group, all);
  expect(right.share).toBeCloseTo(0.6, 12);
  expect(mixed.elsewhere).toBeCloseTo(0.1, 12);
  expect(excessOf(mixed)).toBeCloseTo(0.3, 12);
  expect(excessOf(right)).toBe(0);
  expect(none.share).toBeNull();
  expect(excessOf(none)).toBe(0);
});

it('what a group mixes up more than others is told, and nothing of a few rows', () => {
  expect(tellingConfusions({ confusion: all }, group, 3).map(({ believed, given }) => [believed, given])).toEqual([
    [0, 1],
  ]);
  const few = {
    kappa: 0.4,
    counts: [
      [1, 1],
      [0, 0],
    ],
  };
  expect(tellingConfusions({ confusion: all }, few, 3)).toEqual([]);
  expect(tellingConfusions({ confusion: null }, group, 3)).toEqual([]);
});
