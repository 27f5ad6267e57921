import { deviationsPerMedianDistance, quantile } from '../base/statistics';
import { mediaFlags, mediaReasonExplanations, mediaReasonWords } from '../media/mediaIssues';
import type { Neighbours } from './neighbours/neighbours';

/** Bit flags: why a row deserves a look. A row may have several; none of them alone makes it wrong. */
export const reasonFlags = {
  headDisagrees: 1,
  neighboursDisagree: 2,
  duplicateDisagrees: 4,
  ambiguous: 8,
  farFromNeighbours: 16,
  highLeverage: 32,
  harmfulForValidation: 64,
  rareClass: 128,
  /** Of numeric labels only. */
  decimalSlip: 256,
  ...mediaFlags,
} as const;
export type Reason = keyof typeof reasonFlags;

/** Short words for tables and exports. */
export const reasonWords: Readonly<Record<Reason, string>> = {
  headDisagrees: 'head disagrees',
  neighboursDisagree: 'neighbours disagree',
  duplicateDisagrees: 'near-duplicate has another label',
  ambiguous: 'ambiguous',
  farFromNeighbours: 'far from every neighbour',
  highLeverage: 'high leverage',
  harmfulForValidation: 'harmful for validation',
  rareClass: 'rare class',
  decimalSlip: 'decimal slip',
  ...mediaReasonWords,
};

/** A sentence for the evidence card. */
export const reasonExplanations: Readonly<Record<Reason, string>> = {
  headDisagrees: 'A head that has not seen this row predicts another class.',
  neighboursDisagree: 'At least half of its ten nearest labelled rows share one other label.',
  duplicateDisagrees:
    'A row with all but the same features, picture or text has another label: one of the two is wrong, or they cannot tell.',
  ambiguous: 'Two classes are nearly equally probable: even a careful person may disagree.',
  farFromNeighbours: 'It lies unusually far from all labelled rows: an outlier, or a value that was entered wrongly.',
  highLeverage: 'It largely determines its own prediction: without it the head would have little to go by here.',
  harmfulForValidation: 'Removing it is estimated to lower the validation loss by as much as few other rows do.',
  rareClass: 'Its label has at most three rows: neither head nor neighbours can vouch for it.',
  decimalSlip: 'Ten, a hundred or a thousand times its label, or such a part of it, is what the other rows suggest.',
  ...mediaReasonExplanations,
};

/** The same for numeric labels, where it is another one. */
export const numberReasonExplanations: Readonly<Partial<Record<Reason, string>>> = {
  headDisagrees: 'A head that has not seen this row predicts a number far from its label.',
  neighboursDisagree: 'Its label lies far outside those of its ten nearest rows.',
  duplicateDisagrees:
    'A row with all but the same features, picture or text has another label: one of the two is wrong, or they cannot tell.',
};

/**
 * Leverage above this is high: with two classes IF then shows at most half of the row's own effect (RIF/IF = 1/(1 −
 * h)). Measured at the λ of leave-one-out: 0.6 % of breast_cancer, 3–6 % of digits with a tenth of the labels wrong, 9
 * % of wine (n = 138).
 */
export const highLeverageThreshold = 0.5;

/**
 * A neighbour nearer than this share of the median nearest distance is a near-duplicate; exact duplicates always are.
 * Flags nothing on digits, breast_cancer and wine, and 0.6 % of noisy labels in two dimensions, where points crowd.
 */
const duplicateShare = 0.1;

/**
 * Difference of the two largest out-of-sample probabilities below which a row is ambiguous: 1 % of digits,
 * breast_cancer and wine, 3 % of digits with a tenth of the labels wrong.
 */
const ambiguityMargin = 0.1;

/**
 * An outlier's tenth neighbour is farther away than the median by this many robust standard deviations (1.4826·MAD) of
 * the *logarithm* of that distance. Flags at most 0.1 % of normal samples in 5 to 60 dimensions, 4 % in two (a normal
 * sample has far corners there), 1–2 % of digits, breast_cancer and wine.
 */
const outlierDeviations = 3.5;

/**
 * Rows among this share with the most harmful effect on the validation loss, provided that it is negative. With a tenth
 * of the labels of digits changed, 86 % of these rows have a changed label.
 */
const harmfulShare = 0.01;

/** Neighbours that are asked, at most. */
export const nearRows = 10;

/** An effect on the validation loss below this is one of the most harmful. */
export function harmfulLimit(valLossRif: Float64Array): number {
  return Math.min(0, quantile(valLossRif, harmfulShare));
}

/** Labels with at most this many rows are rare. */
export const rareClassRows = 3;

interface ReasonInput {
  readonly labels: Int32Array;
  readonly classes: number;
  /** n×C out-of-sample probabilities of the head. */
  readonly headProbabilities: Float32Array;
  /** n×C mixture. */
  readonly mixture: Float32Array;
  /** Entry i belongs to row i; null when neighbours are off. */
  readonly neighbours: Neighbours | null;
  readonly leverage: Float64Array;
  readonly valLossRif: Float64Array;
}

/** Flags of all rows; unlabelled rows get only those that need no label. O(n·(C + k) + n log n). */
export function computeReasons(input: ReasonInput): Uint32Array {
  const { labels, classes, neighbours } = input;
  const n = labels.length;
  const flags = new Uint32Array(n);
  const classSizes = new Int32Array(classes);
  for (const label of labels) if (label >= 0) classSizes[label]++;
  const harmfulBelow = harmfulLimit(input.valLossRif);
  const likeliest = new Int32Array(n);
  const margins = new Float64Array(n);
  fillLikeliest(input.mixture, classes, likeliest, margins);
  const likeliestOfHead = new Int32Array(n);
  fillLikeliest(input.headProbabilities, classes, likeliestOfHead);
  for (let i = 0; i < n; i++) {
    let bits = 0;
    if (margins[i] < ambiguityMargin) bits |= reasonFlags.ambiguous;
    if (input.leverage[i] > highLeverageThreshold) bits |= reasonFlags.highLeverage;
    if (input.valLossRif[i] < harmfulBelow) bits |= reasonFlags.harmfulForValidation;
    if (labels[i] >= 0) {
      if (likeliestOfHead[i] !== labels[i]) bits |= reasonFlags.headDisagrees;
      if (classSizes[labels[i]] <= rareClassRows) bits |= reasonFlags.rareClass;
    }
    flags[i] = bits;
  }
  if (neighbours !== null) addNeighbourReasons(flags, input, neighbours);
  return flags;
}

/** The likeliest class of each row of n×C probabilities, the first of equals, and by how much it exceeds the next. */
function fillLikeliest(probabilities: Float32Array, C: number, likeliest: Int32Array, margins?: Float64Array): void {
  for (let i = 0, from = 0; i < likeliest.length; i++, from += C) {
    let best = 0;
    let largest = probabilities[from];
    let second = 0;
    for (let c = 1; c < C; c++) {
      const p = probabilities[from + c];
      if (p > largest) {
        second = largest;
        largest = p;
        best = c;
      } else if (p > second) {
        second = p;
      }
    }
    likeliest[i] = best;
    if (margins !== undefined) margins[i] = largest - second;
  }
}

function addNeighbourReasons(flags: Uint32Array, { labels, classes }: ReasonInput, neighbours: Neighbours): void {
  const n = labels.length;
  const { k, rows, squaredDistances } = neighbours;
  const near = Math.min(nearRows, k);
  const { isFar, duplicateBelow } = measureNeighbourhoods(neighbours);
  const counts = new Int32Array(classes);
  for (let i = 0; i < n; i++) {
    if (isFar[i] !== 0) flags[i] |= reasonFlags.farFromNeighbours;
    if (labels[i] < 0) continue;
    counts.fill(0);
    let found = 0;
    for (let at = i * k; at < i * k + near && rows[at] >= 0; at++) {
      counts[labels[rows[at]]]++;
      found++;
    }
    let commonest = 0;
    for (let c = 1; c < classes; c++) if (counts[c] > counts[commonest]) commonest = c;
    if (
      found > 0 &&
      commonest !== labels[i] &&
      2 * counts[commonest] >= found &&
      counts[commonest] > counts[labels[i]]
    ) {
      flags[i] |= reasonFlags.neighboursDisagree;
    }
    for (let at = i * k; at < (i + 1) * k && rows[at] >= 0; at++) {
      const distance = Math.sqrt(squaredDistances[at]);
      if (distance > 0 && !(distance < duplicateBelow)) break;
      if (labels[rows[at]] !== labels[i]) {
        flags[i] |= reasonFlags.duplicateDisagrees;
        break;
      }
    }
  }
}

/** How far apart rows lie. */
interface Neighbourhoods {
  /** n: 1 = unusually far from every neighbour. */
  readonly isFar: Uint8Array;
  /** A distance below this is that of near-duplicates, and 0 always is. */
  readonly duplicateBelow: number;
}

/** Entry i of the neighbours belongs to row i. O(n·log n). */
export function measureNeighbourhoods({ k, rows, squaredDistances }: Neighbours): Neighbourhoods {
  const n = rows.length / k;
  const near = Math.min(nearRows, k);
  const nearest = new Float64Array(n);
  const tenth = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    nearest[i] = rows[i * k] < 0 ? Number.NaN : Math.sqrt(squaredDistances[i * k]);
    tenth[i] = rows[i * k + near - 1] < 0 ? Number.NaN : 0.5 * Math.log(squaredDistances[i * k + near - 1]);
  }
  const finite = tenth.map((value) => (value === Number.NEGATIVE_INFINITY ? Number.NaN : value));
  const middle = quantile(finite, 0.5);
  const distances = finite.map((value) => Math.abs(value - middle));
  const deviation = deviationsPerMedianDistance * quantile(distances, 0.5);
  const outlierAbove = middle + outlierDeviations * deviation;
  return {
    // Without any spread (a grid of equal distances) nobody is an outlier.
    isFar: Uint8Array.from(tenth, (value) => (deviation > 0 && value > outlierAbove ? 1 : 0)),
    duplicateBelow: duplicateShare * quantile(nearest, 0.5),
  };
}
