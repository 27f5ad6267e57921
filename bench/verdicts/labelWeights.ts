import type { Matrix } from '../../src/core/base/matrix';

/** What is known, and what is true, of m measured rows. */
export interface MeasuredLabels {
  readonly classes: number;
  readonly given: Int32Array;
  readonly truth: Int32Array;
  /** Probability that the given label is wrong. */
  readonly suspicion: Float64Array;
  readonly suggested: Int32Array;
  /** m×C: the experts' pool, out of sample. */
  readonly pool: Float32Array;
  /** C×C, true → given; null where there are none. */
  readonly transitions: Matrix | null;
}

/** Adds what one row says to `out[from]` … `out[from + C − 1]`, all 0 before. */
type FillRow = (labels: MeasuredLabels, row: number, out: Float64Array, from: number) => void;

const firmlySuspected = 0.5;
const barelySuspected = 0.1;

/** How validation labels may be taken: `clean` is the truth, which nobody has. s is the suspicion of the row. */
const labelReadings = {
  /** The labels before errors were planted. */
  clean: (labels, row, out, from) => void (out[from + labels.truth[row]] = 1),
  /** As they stand. */
  given: (labels, row, out, from) => void (out[from + labels.given[row]] = 1),
  /** The given label with the weight 1 − s. */
  weighted: (labels, row, out, from) => void (out[from + labels.given[row]] = 1 - labels.suspicion[row]),
  /** The given label with 1 − s, the likeliest other one with s. */
  expected: (labels, row, out, from) => {
    out[from + labels.given[row]] = 1 - labels.suspicion[row];
    out[from + likeliestOther(labels, row)] = labels.suspicion[row];
  },
  /** The given label with 1 − s, all others with s in the shares of pool × transitions. */
  posterior: fillPosterior,
  /** The given label with 1 − s, the suggested one with s: that is the given one for rows that are not listed. */
  suggested: (labels, row, out, from) => {
    out[from + labels.given[row]] += 1 - labels.suspicion[row];
    out[from + labels.suggested[row]] += labels.suspicion[row];
  },
  /** The given label with (1 − s)². */
  squared: (labels, row, out, from) => void (out[from + labels.given[row]] = (1 - labels.suspicion[row]) ** 2),
  /** Rows of suspicion ½ and more are left out. */
  excluded: (labels, row, out, from) =>
    void (out[from + labels.given[row]] = labels.suspicion[row] < firmlySuspected ? 1 : 0),
  /** 1 − s, and 1 for rows of suspicion below 0.1. */
  floored: (labels, row, out, from) => {
    const s = labels.suspicion[row];
    out[from + labels.given[row]] = s < barelySuspected ? 1 : 1 - s;
  },
} as const satisfies Readonly<Record<string, FillRow>>;

export type LabelReading = keyof typeof labelReadings;
export const allReadings = Object.keys(labelReadings) as readonly LabelReading[];

/** m×C weights of (row, label): a mean loss under them is Σ W_ic ℓ_ic / Σ W. */
export function fillLabelWeights(labels: MeasuredLabels, reading: LabelReading): Matrix {
  const { classes, given } = labels;
  const data = new Float64Array(given.length * classes);
  for (let row = 0; row < given.length; row++) labelReadings[reading](labels, row, data, row * classes);
  return { rows: given.length, columns: classes, data };
}

function fillPosterior(labels: MeasuredLabels, row: number, out: Float64Array, from: number): void {
  const { classes, given, suspicion, pool, transitions } = labels;
  const y = given[row];
  let others = 0;
  for (let c = 0; c < classes; c++) {
    if (c === y) continue;
    out[from + c] = pool[row * classes + c] * (transitions === null ? 1 : transitions.data[c * classes + y]);
    others += out[from + c];
  }
  for (let c = 0; c < classes; c++) {
    if (c !== y) out[from + c] = others > 0 ? (suspicion[row] * out[from + c]) / others : 0;
  }
  out[from + y] = others > 0 ? 1 - suspicion[row] : 1;
}

/** The suggested label where it is another, else the first of the most probable others in the pool. */
function likeliestOther({ classes, given, suggested, pool }: MeasuredLabels, row: number): number {
  const y = given[row];
  if (suggested[row] !== y) return suggested[row];
  let best = y === 0 ? 1 : 0;
  for (let c = 0; c < classes; c++) {
    if (c !== y && pool[row * classes + c] > pool[row * classes + best]) best = c;
  }
  return best;
}
