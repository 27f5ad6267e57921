/** Counts behind the queue's progress. Suspicions are probabilities (0–1) that the given label is wrong. */
export interface ReviewCounts {
  readonly pending: number;
  readonly kept: number;
  readonly removed: number;
  readonly relabelled: number;
  readonly later: number;
  /** Σ suspicion over pending rows. */
  readonly pendingSuspicion: number;
  /** Σ suspicion over kept, removed and relabelled rows. */
  readonly decidedSuspicion: number;
}

interface ReviewProgress {
  readonly decided: number;
  /** Rows found wrong: removed or relabelled. */
  readonly wrong: number;
  /** wrong / decided with its 95 % Wilson interval; null before the first decision. */
  readonly rate: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Estimate of the wrong labels still pending; null before the first decision. */
  readonly wrongLeft: number | null;
}

/**
 * 95 % score interval of a share of `hits` in `total` (total > 0).
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
 */
export function wilsonInterval(hits: number, total: number): { low: number; high: number } {
  const z = 1.959963984540054;
  const share = hits / total;
  const centre = share + (z * z) / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

/**
 * How far the review has come. The wrong labels still in the queue are estimated as the pending rows' summed suspicion,
 * corrected by how far suspicion has over- or understated the truth so far: Σ pending · (wrong + 1)/(Σ decided + 1).
 */
export function computeReviewProgress(counts: ReviewCounts): ReviewProgress {
  const wrong = counts.removed + counts.relabelled;
  const decided = counts.kept + wrong;
  if (decided === 0) return { decided, wrong, rate: null, wrongLeft: null };
  const calibration = (wrong + 1) / (counts.decidedSuspicion + 1);
  return {
    decided,
    wrong,
    rate: { value: wrong / decided, ...wilsonInterval(wrong, decided) },
    wrongLeft: Math.min(counts.pending, counts.pendingSuspicion * calibration),
  };
}
