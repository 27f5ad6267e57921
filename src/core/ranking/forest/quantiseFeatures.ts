import type { FeatureRows } from '../../base/featureRows';
import { forEachRowBlock } from '../../base/featureRows';
import { gatherRows } from '../../base/gatherRows';
import type { OnBlock } from '../../linalg/linearAlgebra';

/** Bins of a feature, at most. */
export const mostBins = 64;
/** Training rows whose values say where bins begin, at most. */
const sampledRows = 20_000;

/** Features as trees see them: for each value the number of its bin, ascending. */
export interface QuantisedFeatures {
  /** n. */
  readonly rows: number;
  /** Features that are not constant on the training rows. */
  readonly columns: number;
  /** n×columns, row-major: the bin of each value, below {@link mostBins}. */
  readonly bins: Uint8Array;
  /** columns×{@link mostBins}: the mean of the sampled values in each bin, ascending. */
  readonly centres: Float64Array;
}

/** Where the bins of one feature lie. */
interface Bins {
  /** Ascending; a value is in the bin whose number is that of the edges below it. */
  readonly edges: Float64Array;
  /** One more than edges. */
  readonly centres: Float64Array;
}

/**
 * Puts every value into one of at most 64 bins: each value its own where the training rows have no more, else bins of
 * about as many rows each. Bins are learnt from at most 20,000 training rows, evenly spread. Features that are constant
 * there are left out. Reads the sampled rows and then all rows once, by blocks; O(n·d·log 64) time, n·d bytes. Reports
 * two passes: over the features, and over the rows.
 *
 * @param trainingRows ascending
 * @param allocate zeros, for the bins
 */
export function quantiseFeatures(
  features: FeatureRows,
  trainingRows: Int32Array,
  onBlock?: OnBlock,
  allocate: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): QuantisedFeatures {
  const { rows: n, columns: d } = features;
  const sample = gatherRows(features, spread(trainingRows, sampledRows));
  onBlock?.(0, d);
  const kept: (Bins & { readonly column: number })[] = [];
  const values = new Float64Array(sample.rows);
  for (let column = 0; column < d; column++) {
    for (let i = 0; i < sample.rows; i++) values[i] = sample.data[i * d + column];
    const found = chooseBins(values.sort());
    if (found.edges.length > 0) kept.push({ column, ...found });
    onBlock?.(column + 1, d);
  }
  const bins = allocate(kept.length * n);
  forEachRowBlock(features, (block, from, count) => {
    kept.forEach(({ column, edges }, at) =>
      fillBins(block, d, column, edges, bins, from * kept.length + at, kept.length, count),
    );
    onBlock?.(from + count, n);
  });
  const centres = new Float64Array(kept.length * mostBins);
  kept.forEach((one, at) => centres.set(one.centres, at * mostBins));
  return { rows: n, columns: kept.length, bins, centres };
}

/** At most `most` of the rows, evenly spread. */
function spread(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]);
}

/** Ends a bin where it is full and the next value is another; edges lie half way between values. */
function chooseBins(sorted: Float64Array): Bins {
  const m = sorted.length;
  let distinct = 1;
  for (let i = 1; i < m; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  const edges: number[] = [];
  const centres: number[] = [];
  let begin = 0;
  let sum = sorted[0];
  for (let i = 1; i < m; i++) {
    const full = distinct <= mostBins || i * mostBins >= (edges.length + 1) * m;
    if (full && sorted[i] !== sorted[i - 1]) {
      edges.push(sorted[i - 1] + (sorted[i] - sorted[i - 1]) / 2);
      centres.push(sum / (i - begin));
      begin = i;
      sum = 0;
    }
    sum += sorted[i];
  }
  centres.push(sum / (m - begin));
  return { edges: Float64Array.from(edges), centres: Float64Array.from(centres) };
}

function fillBins(
  block: Float64Array,
  stride: number,
  column: number,
  edges: Float64Array,
  bins: Uint8Array,
  to: number,
  step: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) bins[to + i * step] = binOf(edges, block[i * stride + column]);
}

/** Edges below the value. */
function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
