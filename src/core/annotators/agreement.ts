import type { Annotations } from './annotations';
import { countVotes } from './annotations';

/** How far annotators agree with each other, whoever is right. NaN where no row has two labels. */
export interface Agreement {
  /** Rows with two labels or more. */
  readonly rows: number;
  /** Share of the pairs of labels of a row that are the same, the mean over these rows. */
  readonly share: number;
  /**
   * Fleiss' κ (1971), for rows with differing numbers of labels: (share − expected) / (1 − expected), the expected
   * share from the frequencies of the classes. 1 = always, 0 = as chance would have it. NaN where one class is all.
   */
  readonly fleissKappa: number;
  /** Krippendorff's α for nominal data: 1 − observed / expected disagreement. NaN where one class is all. */
  readonly krippendorffAlpha: number;
}

/** Agreement over the rows with two labels or more. O(n·C + L). */
export function measureAgreement(annotations: Annotations): Agreement {
  const { rows, classes, starts } = annotations;
  const votes = countVotes(annotations);
  const frequency = new Float64Array(classes);
  let compared = 0;
  let shares = 0;
  let disagreement = 0;
  let labels = 0;
  for (let i = 0; i < rows; i++) {
    const count = starts[i + 1] - starts[i];
    if (count < 2) continue;
    let same = 0;
    for (let c = 0; c < classes; c++) {
      const own = votes[i * classes + c];
      frequency[c] += own;
      same += own * (own - 1);
    }
    compared++;
    labels += count;
    shares += same / (count * (count - 1));
    disagreement += (count * (count - 1) - same) / (count - 1);
  }
  let squares = 0;
  let byChance = 0;
  for (const own of frequency) {
    squares += (own / labels) ** 2;
    byChance += own * (labels - own);
  }
  const share = shares / compared;
  const expected = byChance / (labels - 1);
  return {
    rows: compared,
    share,
    fleissKappa: byChance === 0 ? Number.NaN : (share - squares) / (1 - squares),
    krippendorffAlpha: byChance === 0 ? Number.NaN : 1 - disagreement / expected,
  };
}

/** Two annotators who labelled some of the same rows; `first` < `second`. */
export interface PairAgreement {
  readonly first: number;
  readonly second: number;
  /** Rows that both labelled. */
  readonly rows: number;
  /** Share of them with the same label. */
  readonly share: number;
  /** Cohen's κ over them; NaN where both gave one and the same class throughout. */
  readonly kappa: number;
}

/** Every pair that has rows in common, in order. O(Σᵢ lᵢ² + pairs·C) for rows with lᵢ labels. */
export function comparePairs(annotations: Annotations): PairAgreement[] {
  const { rows, classes, annotators, starts, annotator, label } = annotations;
  const pairs = new Map<number, { rows: number; same: number; ofFirst: Int32Array; ofSecond: Int32Array }>();
  for (let i = 0; i < rows; i++) {
    for (let a = starts[i]; a < starts[i + 1]; a++) {
      for (let b = a + 1; b < starts[i + 1]; b++) {
        const key = annotator[a] * annotators + annotator[b];
        let pair = pairs.get(key);
        if (pair === undefined) {
          pair = { rows: 0, same: 0, ofFirst: new Int32Array(classes), ofSecond: new Int32Array(classes) };
          pairs.set(key, pair);
        }
        pair.rows++;
        if (label[a] === label[b]) pair.same++;
        pair.ofFirst[label[a]]++;
        pair.ofSecond[label[b]]++;
      }
    }
  }
  return [...pairs]
    .sort(([a], [b]) => a - b)
    .map(([key, { rows: common, same, ofFirst, ofSecond }]) => {
      const expected = ofFirst.reduce((sum, own, c) => sum + own * ofSecond[c], 0) / common ** 2;
      const share = same / common;
      return {
        first: Math.floor(key / annotators),
        second: key % annotators,
        rows: common,
        share,
        kappa: expected === 1 ? Number.NaN : (share - expected) / (1 - expected),
      };
    });
}
