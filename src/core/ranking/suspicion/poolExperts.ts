import { createRandom } from '../../base/random';
import { rowsOfWeight } from '../../base/weights';
import type { Expert } from './experts';
import { climbPool, gatherPoolRows, labelTargets, poolLog } from './poolObjective';
import type { RowsByLabel } from './rowsByLabel';
import { orderByLabel } from './rowsByLabel';

/** Ten are plenty. */
const newtonSteps = 24;
/**
 * A handful of numbers is told well enough by so many rows; by fewer where there are hundreds of classes, as the
 * experts' logarithms of all of them are held.
 */
const fittedRows = { atLeast: 2000, atMost: 5000, cells: 1e6 };
/** Which rows those are must not depend on the audit's seed. */
const sampleSeed = 1;
/** Cells between two calls of `onStep`. */
const cellsPerStep = 262_144;
/** Float32 holds no less. */
const smallest = 1e-37;

/**
 * Strengths w ≥ 0 of the experts in the log-linear pool πᵢⱼ ∝ exp Σₑ wₑ log(.999·Pₑᵢⱼ + .001/C) that maximise
 * Σᵢ log πᵢ,yᵢ − Σₑ (wₑ − 1/E)² over the rows of {@link rowsForPool} (docs/mathematics.md, "Suspicion", 2). They
 * need not sum to 1: more than that is sharper than the experts' mean, less is blunter. Concave: the start does not
 * matter. One expert has the strength 1. At most 5,000 rows, every class in proportion, are looked at, 24 times at
 * most: O(rows·C·E²) each.
 */
export function fitPoolWeights(
  experts: readonly Expert[],
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: () => void,
): Float64Array {
  const strengths = new Float64Array(experts.length).fill(1 / experts.length);
  if (experts.length === 1) return strengths;
  const order = rowsForPool(labels, weights, classes);
  const rows = gatherPoolRows(experts, order);
  climbPool(rows, labelTargets(order), strengths, newtonSteps, onStep);
  return strengths;
}

/**
 * Rows of weight that the pool is fitted on: all that are not alone in their class, or a sample of them, of every class
 * in proportion and one row at least. Nobody has learnt the class of a row that is alone in it: it would tell no more
 * than how little each expert gives to what it does not know. Where all rows are alone, all of them.
 */
export function rowsForPool(labels: Int32Array, weights: Float64Array, classes: number): RowsByLabel {
  const weighed = orderByLabel(rowsOfWeight(weights), labels, classes);
  const inCompany = weighed.rows.filter((row) => weighed.starts[labels[row] + 1] - weighed.starts[labels[row]] > 1);
  const all =
    inCompany.length === weighed.rows.length || inCompany.length === 0
      ? weighed
      : orderByLabel(inCompany, labels, classes);
  const limit = Math.min(fittedRows.atMost, Math.max(fittedRows.atLeast, Math.floor(fittedRows.cells / classes)));
  const n = all.rows.length;
  if (n <= limit) return all;
  const random = createRandom(sampleSeed);
  const drawn: Int32Array[] = [];
  for (let c = 0; c < classes; c++) {
    const own = all.rows.slice(all.starts[c], all.starts[c + 1]);
    random.shuffle(own);
    drawn.push(own.subarray(0, Math.ceil((own.length * limit) / n)).sort());
  }
  const rows = new Int32Array(drawn.reduce((sum, own) => sum + own.length, 0));
  let at = 0;
  for (const own of drawn) {
    rows.set(own, at);
    at += own.length;
  }
  return orderByLabel(rows, labels, classes);
}

/**
 * π of all rows (n×C, rows sum to 1) by the strengths of {@link fitPoolWeights}; of one expert its own probabilities.
 * O(n·C·E).
 */
export function poolExperts(
  experts: readonly Expert[],
  strengths: Float64Array,
  classes: number,
  onStep?: () => void,
): Float32Array {
  if (experts.length === 1) return experts[0].probabilities.slice();
  const pool = new Float32Array(experts[0].probabilities.length);
  const block = Math.max(1, Math.floor(cellsPerStep / classes)) * classes;
  const sums = new Float64Array(Math.min(block, pool.length));
  for (let from = 0; from < pool.length; from += block) {
    const end = Math.min(pool.length, from + block);
    sums.fill(0);
    experts.forEach(({ probabilities }, e) => {
      if (strengths[e] > 0) addLogs(probabilities, strengths[e], classes, from, end, sums);
    });
    fillPowers(sums, classes, from, end, pool);
    onStep?.();
  }
  return pool;
}

function addLogs(
  probabilities: Float32Array,
  strength: number,
  classes: number,
  from: number,
  end: number,
  sums: Float64Array,
): void {
  for (let at = from; at < end; at++) sums[at - from] += strength * poolLog(probabilities[at], classes);
}

/** to ← exp(sums), each row divided by its sum. */
function fillPowers(sums: Float64Array, classes: number, from: number, end: number, to: Float32Array): void {
  for (let row = from; row < end; row += classes) {
    const start = row - from;
    let largest = sums[start];
    for (let j = 1; j < classes; j++) if (sums[start + j] > largest) largest = sums[start + j];
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += sums[start + j] = Math.exp(sums[start + j] - largest);
    for (let j = 0; j < classes; j++) to[row + j] = Math.max(smallest, sums[start + j] / sum);
  }
}

/**
 * What two rounds say together (docs/mathematics.md, "Suspicion", 3): √(first·second), each row divided by its sum.
 * n×C. O(n·C).
 */
export function combineRounds(first: Float32Array, second: Float32Array, classes: number): Float32Array {
  const both = new Float32Array(first.length);
  fillMeans(first, second, classes, both);
  return both;
}

function fillMeans(first: Float32Array, second: Float32Array, classes: number, to: Float32Array): void {
  for (let row = 0; row < to.length; row += classes) {
    let sum = 0;
    for (let at = row; at < row + classes; at++) {
      const mean = Math.sqrt(Math.max(first[at], smallest) * Math.max(second[at], smallest));
      to[at] = mean;
      sum += mean;
    }
    for (let at = row; at < row + classes; at++) to[at] /= sum;
  }
}
