import type { AuditInput } from '../../src/core/audit/auditTypes';
import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';
import { splitCodes } from '../../src/core/base/splitCodes';

export type Noise = 'uniform' | 'asymmetric';

export interface PlantedLabels {
  readonly labels: Int32Array;
  /** n: 1 where the label was changed. */
  readonly wrong: Uint8Array;
}

/** Of the one class that loses labels: with more gone than that, what is left would not say what the class is. */
const mostOfClass = 0.4;

/**
 * Changes the labels of `share` of the rows, drawn by the seed: to any other class (`uniform`), or to the class that
 * follows in the cycle (`asymmetric`). Of two classes asymmetric errors change only the first, and at most 40 % of it.
 */
export function plantErrors(
  labels: Int32Array,
  classes: number,
  noise: Noise,
  share: number,
  seed: number,
): PlantedLabels {
  const random = createRandom(seed);
  const order = Int32Array.from(labels.keys());
  random.shuffle(order);
  const oneWay = noise === 'asymmetric' && classes === 2;
  const candidates = oneWay ? order.filter((row) => labels[row] === 0) : order;
  const most = oneWay ? mostOfClass * candidates.length : candidates.length;
  const planted = labels.slice();
  const wrong = new Uint8Array(labels.length);
  for (const row of candidates.subarray(0, Math.round(Math.min(share * labels.length, most)))) {
    const step = noise === 'uniform' ? 1 + random.integer(classes - 1) : 1;
    planted[row] = (labels[row] + step) % classes;
    wrong[row] = 1;
  }
  return { labels: planted, wrong };
}

/** Stratified validation rows by the (possibly wrong) given labels, as the product draws them by default. */
export function drawValidation(labels: Int32Array, classes: number, share: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  const split = new Uint8Array(labels.length).fill(splitCodes.train);
  for (let c = 0; c < classes; c++) {
    const rows = Int32Array.from(Array.from(labels.keys()).filter((row) => labels[row] === c));
    random.shuffle(rows);
    for (const row of rows.subarray(0, Math.round(share * rows.length))) split[row] = splitCodes.validation;
  }
  return split;
}

/**
 * Centred and scaled by the training rows' mean and population standard deviation; constants dropped; intercept last.
 */
export function standardize(features: Matrix, split: Uint8Array): Matrix {
  const { rows: n, columns: d, data } = features;
  const kept: { readonly column: number; readonly mean: number; readonly deviation: number }[] = [];
  for (let column = 0; column < d; column++) {
    let count = 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      if (split[i] !== splitCodes.train) continue;
      count++;
      sum += data[i * d + column];
    }
    const mean = sum / count;
    let squares = 0;
    for (let i = 0; i < n; i++) if (split[i] === splitCodes.train) squares += (data[i * d + column] - mean) ** 2;
    const deviation = Math.sqrt(squares / count);
    if (deviation > 1e-12) kept.push({ column, mean, deviation });
  }
  const width = kept.length + 1;
  const out = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    kept.forEach(({ column, mean, deviation }, at) => {
      out[i * width + at] = (data[i * d + column] - mean) / deviation;
    });
    out[i * width + width - 1] = 1;
  }
  return { rows: n, columns: width, data: out };
}

/**
 * The audit a person gets by default for these labels: 20 % stratified validation, standardised features, λ by
 * leave-one-out.
 */
export function defaultAuditInput(
  features: Matrix,
  labels: Int32Array,
  classes: number,
  seed: number,
): Omit<AuditInput, 'neighbours'> {
  const split = drawValidation(labels, classes, 0.2, seed);
  const standardized = standardize(features, split);
  return {
    features: standardized,
    labels,
    classes,
    split,
    unpenalised: [standardized.columns - 1],
    l2: 'auto',
  };
}

/**
 * Average precision of ranking by `score` (larger = more suspicious; NaN left out) against `wrong`: the mean over wrong
 * rows of the precision at their rank. Ties in row order.
 */
export function averagePrecision(score: Float64Array, wrong: Uint8Array): number {
  const order = Array.from(score.keys()).filter((row) => !Number.isNaN(score[row]));
  order.sort((a, b) => score[b] - score[a] || a - b);
  let found = 0;
  let sum = 0;
  order.forEach((row, at) => {
    if (wrong[row] === 0) return;
    found++;
    sum += found / (at + 1);
  });
  return found === 0 ? Number.NaN : sum / found;
}
