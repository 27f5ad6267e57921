import { describe, expect, it } from 'vitest';
import { cohensKappa, compareReviews } from './agreement';
import type { Decision, RowReview } from './decisions';

const review = (decision: Decision | null): RowReview => ({ decision, note: '', time: '', reviewer: '' });

describe("Cohen's kappa", () => {
  it('and its interval are those of worked examples', () => {
    // Fleiss, "Statistical methods for rates and proportions", 1981, table 13.1; s = 0.0877 (statsmodels'
    // cohens_kappa gives 0.6765 and 0.0877 for it).
    const kappa = cohensKappa([
      [75, 1, 4],
      [5, 4, 1],
      [0, 0, 10],
    ]);
    expect(kappa?.value).toBeCloseTo(0.676470588, 9);
    expect(kappa?.low).toBeCloseTo(0.504576, 6);
    expect(kappa?.high).toBeCloseTo(0.848365, 6);
    // sklearn.metrics.cohen_kappa_score of 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no is 0.4.
    expect(
      cohensKappa([
        [20, 5],
        [10, 15],
      ])?.value,
    ).toBeCloseTo(0.4, 12);
  });

  it('is not sure of itself where few agree in everything, and is none where one decision is all', () => {
    const few = cohensKappa([
      [3, 0],
      [0, 2],
    ]);
    const many = cohensKappa([
      [300, 0],
      [0, 200],
    ]);
    expect(few).toMatchObject({ value: 1, high: 1 });
    expect(few?.low).toBeLessThan(0.2);
    expect(many?.low).toBeGreaterThan(0.98);
    expect(cohensKappa([[7]])).toBeNull();
    expect(cohensKappa([])).toBeNull();
  });
});

it('compares two reviews: what both decided, who only one did, and what is to be settled', () => {
  const first = new Map([
    [0, review({ kind: 'keep' })],
    [1, review({ kind: 'remove' })],
    [2, review({ kind: 'relabel', label: 'a' })],
    [3, review({ kind: 'relabel', label: 'a' })],
    [4, review({ kind: 'later' })],
    [6, review({ kind: 'keep' })],
  ]);
  const second = new Map([
    [0, review({ kind: 'keep' })],
    [1, review({ kind: 'keep' })],
    [2, review({ kind: 'relabel', label: 'a' })],
    [3, review({ kind: 'relabel', label: 'b' })],
    [4, review({ kind: 'remove' })],
    [5, review({ kind: 'keep' })],
    [6, review({ kind: 'later' })],
    [7, review(null)],
  ]);
  const compared = compareReviews([7, 6, 5, 4, 3, 2, 1, 0], first, second);
  expect(compared).toMatchObject({ rows: 8, both: 4, same: 2, otherLabels: 1, differences: [1, 3, 4, 5] });
  expect(compared.share?.value).toBe(0.5);
  // keep, remove, a, b: agreed ½, expected (1·2 + 1·0 + 2·1 + 0·1) / 16 = ¼.
  expect(compared.kappa?.value).toBeCloseTo(1 / 3, 12);
  expect(compared.table.find(({ first: a, second: b }) => a === 'relabel' && b === 'relabel')?.rows).toBe(2);
  expect(compared.table.reduce((sum, { rows }) => sum + rows, 0)).toBe(8);
  expect(compareReviews([], first, second)).toMatchObject({ rows: 0, share: null, kappa: null, differences: [] });
});
