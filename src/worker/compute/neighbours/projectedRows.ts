import type { FeatureRows } from '../../../core/base/featureRows';
import { forEachRowBlock } from '../../../core/base/featureRows';
import { gatherRows } from '../../../core/base/gatherRows';
import type { Matrix } from '../../../core/base/matrix';
import type { DuplicateRows } from '../../../core/ranking/neighbours/duplicateRows';
import { DuplicateFinder } from '../../../core/ranking/neighbours/duplicateRows';
import type { NeighbourContext, NeighbourRequest } from '../../../core/ranking/neighbours/neighbours';
import { computePrincipalAxes } from '../../../core/ranking/neighbours/principalAxes';
import type { SampleTruth } from './sampleTruth';
import { mostProjectedBytes } from './searchCosts';

/** Rows that the axes come from, and how many of them follow each other: few reads where rows are stored. */
const axisSample = 2048;
const mostAxisSample = 8192;
const sampleRun = 32;
/** Fewer columns are searched as they are. */
const fewColumns = 32;
const mostAxes = 128;

/** Coordinates to search in: about `mean`, along `axes` (d×width), or all columns where `axes` is null. */
export interface Coordinates {
  readonly mean: Float64Array;
  readonly axes: Matrix | null;
  readonly width: number;
}

/**
 * Coordinates in which `rows` rows fit into the memory for them: the columns themselves where there are few, else the
 * leading principal axes of a sample of rows. At least 8, whatever the memory.
 */
export function chooseCoordinates(
  features: FeatureRows,
  rows: number,
  context: NeighbourContext,
  onBlock: () => void,
): Coordinates {
  const { rows: n, columns: d } = features;
  const affordable = Math.max(8, Math.floor(mostProjectedBytes / 4 / Math.max(1, rows)) - 1);
  const sample = gatherRows(features, sampleRows(n, Math.max(axisSample, Math.min(2 * d, mostAxisSample))));
  onBlock();
  if (d <= Math.min(fewColumns, affordable)) return { mean: meanOfRows(sample), axes: null, width: d };
  const { mean, axes } = computePrincipalAxes(sample, Math.min(d, mostAxes, affordable), context, onBlock);
  return { mean, axes, width: axes.columns };
}

/** Runs of rows, evenly over all. */
function sampleRows(n: number, count: number): Int32Array {
  if (n <= count) return Int32Array.from({ length: n }, (_, i) => i);
  const runs = Math.floor(count / sampleRun);
  return Int32Array.from({ length: runs * sampleRun }, (_, i) => {
    const run = Math.floor(i / sampleRun);
    return Math.floor((run * (n - sampleRun)) / (runs - 1)) + (i % sampleRun);
  });
}

/** One number a column. O(rows·columns). */
export function meanOfRows({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns] += data[at] / rows;
  return mean;
}

/**
 * Computes the products of a block of rows [x − mean, −½‖x − mean‖²], count×(d + 1), in single precision, a row of them
 * for each: `width` coordinates where there are axes, then the scores of the sampled rows (see SampleTruth) where there
 * is a sample.
 */
export type BlockProducts = (block: Float32Array, count: number) => Float32Array;

/** Rows as they are searched. */
export interface ProjectedRows {
  /** Row number of each position, ascending. */
  readonly rowOf: Int32Array;
  /** positions×(width + 1): coordinates and −½‖x − mean‖², the norm over all columns. */
  readonly data: Float32Array<ArrayBuffer>;
  readonly width: number;
  readonly duplicates: DuplicateRows;
}

/**
 * One pass over all rows, in order: coordinates of the rows in `rowOf`, duplicates among all, and the scores of the
 * sample with all. The blocks depend on d only, so that rows in memory and stored ones give the same numbers.
 */
export function projectRows(
  { features }: NeighbourRequest,
  rowOf: Int32Array,
  { mean, axes, width }: Coordinates,
  {
    multiply,
    truth,
    isReference,
  }: {
    readonly multiply: BlockProducts;
    readonly truth: SampleTruth | null;
    readonly isReference: Uint8Array;
  },
  onBlock: (share: number) => void,
): ProjectedRows {
  const { rows: n, columns: d } = features;
  const data = new Float32Array(rowOf.length * (width + 1));
  const finder = new DuplicateFinder(n);
  let position = 0;
  let centred = new Float32Array(0);
  forEachRowBlock(features, (block, from, count) => {
    finder.add(block, from, count);
    if (centred.length !== count * (d + 1)) centred = new Float32Array(count * (d + 1));
    centreRows(block, count, mean, centred);
    const products = multiply(centred, count);
    const projected = axes === null ? centred : products;
    const first = position;
    position = firstFrom(rowOf, first, from + count);
    const own = rowOf.subarray(first, position);
    copyCoordinates(own, from, projected, projected.length / count, data.subarray(first * (width + 1)), width);
    copyNorms(own, from, centred, d, data.subarray(first * (width + 1)), width);
    truth?.addScores(products, axes === null ? 0 : width, from, isReference);
    onBlock((from + count) / n);
  });
  return { rowOf, data, width, duplicates: finder.finish() };
}

/** Where in ascending numbers, from `start` on, the first one that is not below `limit` stands. */
function firstFrom(ascending: Int32Array, start: number, limit: number): number {
  let at = start;
  while (at < ascending.length && ascending[at] < limit) at++;
  return at;
}

/** The first `width` of the `stride` numbers of each of some rows of a block that begins with row `from`. */
function copyCoordinates(
  rows: Int32Array,
  from: number,
  projected: Float32Array,
  stride: number,
  out: Float32Array,
  width: number,
): void {
  for (let i = 0, to = 0; i < rows.length; i++, to++) {
    let at = (rows[i] - from) * stride;
    for (const end = at + width; at < end; at++, to++) out[to] = projected[at];
  }
}

/** The last number of the same rows of [x − mean, −½‖x − mean‖²]. */
function copyNorms(
  rows: Int32Array,
  from: number,
  centred: Float32Array,
  d: number,
  out: Float32Array,
  width: number,
): void {
  for (let i = 0; i < rows.length; i++) out[i * (width + 1) + width] = centred[(rows[i] - from) * (d + 1) + d];
}

/** Rows [x − mean, −½‖x − mean‖²] in single precision; the norm is that of the rounded numbers. */
export function centreRows(block: Float64Array, count: number, mean: Float64Array, out: Float32Array): void {
  const d = mean.length;
  for (let i = 0, at = 0, to = 0; i < count; i++) {
    let norm = 0;
    for (let j = 0; j < d; j++) {
      const value = Math.fround(block[at++] - mean[j]);
      out[to++] = value;
      norm += value * value;
    }
    out[to++] = -0.5 * norm;
  }
}
