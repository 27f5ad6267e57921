import type { Annotations } from './annotations';

/**
 * How annotators confuse classes: m matrices C×C, entry (a·C + given)·C + true, so that what one label says of all
 * true classes stands together.
 */
export type Confusions = Float64Array;

/** How strongly what is known of one annotator is drawn to what is known of all. */
export interface Shrinkage {
  /** Labels' worth of the pooled share of errors in an annotator's own. Default 3. */
  readonly errorRate?: number;
  /** Labels' worth, for each true class, of an annotator whose errors are spread as everybody's. Default C. */
  readonly row?: number;
  /** Labels' worth, for each true class, of one error rate for all classes in the pooled matrix. Default 5. */
  readonly pooled?: number;
}

const smallestErrorRate = 1e-3;
const smallestProbability = 1e-9;

/**
 * Expected numbers of labels: counts[(a·C + given)·C + true] = Σ qᵢ(true) over the rows that a gave that label. O(L·C).
 */
export function countConfusions(annotations: Annotations, posterior: Float64Array, counts: Float64Array): void {
  const { rows, classes, starts, annotator, label } = annotations;
  counts.fill(0);
  for (let i = 0; i < rows; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      addRow(counts, (annotator[at] * classes + label[at]) * classes, posterior, i * classes, classes);
    }
  }
}

function addRow(to: Float64Array, toAt: number, from: Float64Array, fromAt: number, count: number): void {
  for (let c = 0; c < count; c++) to[toAt + c] += from[fromAt + c];
}

/**
 * P(given | true) of each annotator from the expected counts, shrunk in three steps, as few labels an annotator are
 * usual (docs/mathematics.md, "Several annotators"): all labels pooled, drawn to one error rate; of each annotator the
 * error rate, drawn to the pooled one; each true class of his matrix, drawn to that rate with the errors spread as in
 * the pool. What is said of one true class sums to 1. O(m·C²).
 */
export function estimateConfusions(
  { annotators, classes }: Pick<Annotations, 'annotators' | 'classes'>,
  counts: Float64Array,
  { errorRate = 3, row = classes, pooled = 5 }: Shrinkage,
  out: Confusions,
): void {
  const pool = new Float64Array(classes * classes);
  const area = pool.length;
  for (let at = 0; at < counts.length; at++) pool[at % area] += counts[at];
  const own = errorsOf(pool, 0, classes);
  const common = limitRate(own.errors / own.labels, classes);
  poolConfusions(pool, common, pooled, classes);
  for (let a = 0; a < annotators; a++) {
    const { errors, labels } = errorsOf(counts, a * area, classes);
    const rate = limitRate((errors + errorRate * common) / (labels + errorRate), classes);
    shrinkOne(counts, a * area, { pool, rate, row, classes }, out);
  }
}

/** Labels off the diagonal, and all, of one matrix of counts. */
function errorsOf(counts: Float64Array, from: number, classes: number): { errors: number; labels: number } {
  let labels = 0;
  let right = 0;
  for (let at = 0; at < classes * classes; at++) labels += counts[from + at];
  for (let c = 0; c < classes; c++) right += counts[from + c * classes + c];
  return { errors: labels - right, labels };
}

/** An annotator may be wrong more often than not, never always or never; without labels half. */
function limitRate(rate: number, classes: number): number {
  if (!Number.isFinite(rate)) return (classes - 1) / classes / 2;
  return Math.min(1 - smallestErrorRate, Math.max(smallestErrorRate, rate));
}

/** The pooled counts become P(given | true), drawn to one error rate for all classes. */
function poolConfusions(pool: Float64Array, rate: number, weight: number, classes: number): void {
  for (let c = 0; c < classes; c++) {
    let total = weight;
    for (let given = 0; given < classes; given++) total += pool[given * classes + c];
    for (let given = 0; given < classes; given++) {
      const prior = given === c ? 1 - rate : rate / (classes - 1);
      pool[given * classes + c] = (pool[given * classes + c] + weight * prior) / total;
    }
  }
}

interface AnnotatorPrior {
  readonly pool: Float64Array;
  readonly rate: number;
  readonly row: number;
  readonly classes: number;
}

function shrinkOne(counts: Float64Array, from: number, prior: AnnotatorPrior, out: Confusions): void {
  const { pool, rate, row, classes } = prior;
  for (let c = 0; c < classes; c++) {
    const poolErrors = 1 - pool[c * classes + c];
    let total = row;
    for (let given = 0; given < classes; given++) total += counts[from + given * classes + c];
    for (let given = 0; given < classes; given++) {
      const expected = given === c ? 1 - rate : (rate * pool[given * classes + c]) / poolErrors;
      const share = (counts[from + given * classes + c] + row * expected) / total;
      out[from + given * classes + c] = Math.max(smallestProbability, share);
    }
  }
}
