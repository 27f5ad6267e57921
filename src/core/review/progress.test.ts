import { describe, expect, it } from 'vitest';
import { computeReviewProgress, wilsonInterval } from './progress';

describe('computeReviewProgress', () => {
  it('says nothing before the first decision', () => {
    const progress = computeReviewProgress({
      pending: 10,
      kept: 0,
      removed: 0,
      relabelled: 0,
      later: 0,
      pendingSuspicion: 8,
      decidedSuspicion: 0,
    });
    expect(progress.rate).toBeNull();
    expect(progress.wrongLeft).toBeNull();
  });

  it('scales the pending suspicion by what the decided rows turned out to be', () => {
    const progress = computeReviewProgress({
      pending: 100,
      kept: 10,
      removed: 5,
      relabelled: 5,
      later: 1,
      pendingSuspicion: 80,
      decidedSuspicion: 19,
    });
    expect(progress.wrong).toBe(10);
    expect(progress.rate?.value).toBeCloseTo(0.5);
    expect(progress.wrongLeft).toBeCloseTo((80 * 11) / 20);
  });
});

describe('wilsonInterval', () => {
  it('agrees with the published example (hits 10 of 20: 0.299–0.701)', () => {
    const { low, high } = wilsonInterval(10, 20);
    expect(low).toBeCloseTo(0.2993, 4);
    expect(high).toBeCloseTo(0.7007, 4);
  });

  it('stays inside 0 and 1 at the ends', () => {
    expect(wilsonInterval(0, 3).low).toBeCloseTo(0, 12);
    expect(wilsonInterval(3, 3).high).toBeCloseTo(1, 12);
  });
});
