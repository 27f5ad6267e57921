import { describe, expect, it } from 'vitest';
import { computeReviewProgress, type SuspicionBin } from './progress';

const bin = (logOdds: number, counts: Partial<SuspicionBin>): SuspicionBin => ({
  logOdds,
  suspect: true,
  pending: 0,
  later: 0,
  right: 0,
  wrong: 0,
  ...counts,
});

describe('computeReviewProgress', () => {
  it('says nothing before the first decision', () => {
    const progress = computeReviewProgress({ kept: 0, removed: 0, relabelled: 0, bins: [bin(1, { pending: 10 })] });
    expect(progress.rate).toBeNull();
    expect(progress.wrongLeft).toBeNull();
  });

  it('expects of pending rows what rows of the same suspicion turned out to be', () => {
    const bins = [
      bin(1, { pending: 100, right: 90, wrong: 10 }),
      // Below the threshold, flagged: not in the queue.
      bin(-3, { suspect: false, pending: 5_000 }),
      bin(2, { later: 40 }),
    ];
    const progress = computeReviewProgress({ kept: 90, removed: 5, relabelled: 5, bins });
    expect(progress.wrong).toBe(10);
    expect(progress.rate?.value).toBeCloseTo(0.1);
    expect(progress.wrongLeft).toBeGreaterThan(8);
    expect(progress.wrongLeft).toBeLessThan(15);
  });
});
