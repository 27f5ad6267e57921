import { quantile } from '../../base/statistics';
import { solveSmall } from './solveSmall';

/** Of the median, added to sizes before their logarithm: what is 0 by chance says nothing about how small it is. */
const floor = { residual: 1e-3, spread: 1e-2 };
/** Residuals of the regression beyond this count less (Huber). */
const huber = 1.5;
const rounds = 10;
/** Added to the diagonal, relative to it: spreads that say the same share their slope. */
const sharing = 1e-9;
/** Local spreads differ by no more than e² from the median one, either way. */
const largestLogSpread = 2;

/**
 * How far labels scatter about the predictions where each row is, relative to the median row: log |residual| is
 * regressed on the logarithms of the spreads that experts tell, by Huber's loss with slopes ≥ 0, and the fitted part is
 * the answer. Without spreads, 1 everywhere. O(rounds·n·E²).
 *
 * @param residuals n
 * @param spreads of experts, n each; NaN counts as nothing known
 * @param train n: rows that are learnt from
 * @returns n numbers > 0
 */
export function fitLocalSpread(
  residuals: Float64Array,
  spreads: readonly Float64Array[],
  train: Float64Array,
): Float64Array {
  const n = residuals.length;
  const rows = Int32Array.from(train.keys()).filter((row) => train[row] !== 0);
  const logs = spreads.map((values) => logSizes(values, rows, floor.spread)).filter((values) => values !== null);
  const response = logSizes(residuals.map(Math.abs), rows, floor.residual);
  const local = new Float64Array(n).fill(1);
  if (response === null || logs.length === 0) return local;
  const slopes = huberSlopes(response, logs, rows);
  const fitted = new Float64Array(n);
  logs.forEach((values, j) => {
    for (let i = 0; i < n; i++) fitted[i] += slopes[j] * values[i];
  });
  const middle = quantile(
    Float64Array.from(rows, (row) => fitted[row]),
    0.5,
  );
  return fitted.map((value) => Math.exp(Math.max(-largestLogSpread, Math.min(largestLogSpread, value - middle))));
}

/** log(v + share·median); null where the median is 0: most are the same then. */
function logSizes(values: Float64Array, rows: Int32Array, share: number): Float64Array | null {
  const middle = quantile(
    Float64Array.from(rows, (row) => values[row]),
    0.5,
  );
  if (!(middle > 0)) return null;
  return values.map((value) => Math.log((Number.isNaN(value) ? middle : value) + share * middle));
}

/** Slopes ≥ 0; the most negative one is left out until there is none. */
function huberSlopes(response: Float64Array, columns: readonly Float64Array[], rows: Int32Array): number[] {
  const slopes = columns.map(() => 0);
  let active = columns.map((_, j) => j);
  while (active.length > 0) {
    const found = huberRegression(
      response,
      active.map((j) => columns[j]),
      rows,
    );
    const least = found.indexOf(Math.min(...found));
    if (found[least] >= 0) {
      active.forEach((j, at) => (slopes[j] = found[at]));
      break;
    }
    active = active.filter((_, at) => at !== least);
  }
  return slopes;
}

/** Without the intercept, which is fitted too. Centred, as the columns move together. */
function huberRegression(response: Float64Array, columns: readonly Float64Array[], rows: Int32Array): number[] {
  const m = columns.length;
  const weights = new Float64Array(rows.length).fill(1);
  let slopes: number[] = columns.map(() => 0);
  for (let round = 0; round <= rounds; round++) {
    const means = [response, ...columns].map((values) => weightedMean(values, rows, weights));
    const system = columns.map((_, a) =>
      [...columns, response].map((other, b) => {
        const product = weightedProduct(columns[a], means[a + 1], other, means[b < m ? b + 1 : 0], rows, weights);
        return a === b ? product * (1 + sharing) : product;
      }),
    );
    slopes = solveSmall(system) ?? slopes;
    reweigh(response, columns, slopes, means, rows, weights);
  }
  return slopes;
}

function weightedMean(values: Float64Array, rows: Int32Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let at = 0; at < rows.length; at++) {
    sum += weights[at] * values[rows[at]];
    total += weights[at];
  }
  return sum / total;
}

function weightedProduct(
  a: Float64Array,
  meanA: number,
  b: Float64Array,
  meanB: number,
  rows: Int32Array,
  weights: Float64Array,
): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at++) sum += weights[at] * (a[rows[at]] - meanA) * (b[rows[at]] - meanB);
  return sum;
}

function reweigh(
  response: Float64Array,
  columns: readonly Float64Array[],
  slopes: readonly number[],
  means: readonly number[],
  rows: Int32Array,
  weights: Float64Array,
): void {
  for (let at = 0; at < rows.length; at++) {
    let residual = response[rows[at]] - means[0];
    for (let j = 0; j < columns.length; j++) residual -= slopes[j] * (columns[j][rows[at]] - means[j + 1]);
    weights[at] = Math.min(1, huber / Math.abs(residual));
  }
}
