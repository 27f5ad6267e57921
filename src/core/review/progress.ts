import { wilsonInterval } from './wilson';
import { estimateWrongRate, type JudgedRows } from './wrongRate';

/** Labelled training rows of like suspicion, on one side of the threshold, and what was decided about them. */
export interface SuspicionBin extends JudgedRows {
  /** At or above the threshold. */
  readonly suspect: boolean;
  /** Without a decision. */
  readonly pending: number;
  /** Flagged for another look. */
  readonly later: number;
}

/** Counts behind the queue's progress. */
export interface ReviewCounts {
  readonly kept: number;
  readonly removed: number;
  readonly relabelled: number;
  readonly bins: readonly SuspicionBin[];
}

interface ReviewProgress {
  readonly decided: number;
  /** Rows found wrong: removed or relabelled. */
  readonly wrong: number;
  /** wrong / decided with its 95 % Wilson interval; null before the first decision. */
  readonly rate: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Estimate of the wrong labels among the pending suspects; null before the first decision. */
  readonly wrongLeft: number | null;
}

/**
 * How far the review has come. The wrong labels still in the queue are estimated from the suspicions as the decisions
 * have corrected them: see {@link estimateWrongRate}.
 */
export function computeReviewProgress({ kept, removed, relabelled, bins }: ReviewCounts): ReviewProgress {
  const wrong = removed + relabelled;
  const decided = kept + wrong;
  if (decided === 0) return { decided, wrong, rate: null, wrongLeft: null };
  const rate = estimateWrongRate(bins);
  const wrongLeft = bins
    .filter(({ suspect, pending }) => suspect && pending > 0)
    .reduce((sum, { logOdds, pending }) => sum + pending * meanOf(rate.at(logOdds)), 0);
  return { decided, wrong, rate: { value: wrong / decided, ...wilsonInterval(wrong, decided) }, wrongLeft };
}

function meanOf(draws: Float64Array): number {
  return draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
}
