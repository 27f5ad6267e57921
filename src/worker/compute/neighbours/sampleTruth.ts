import { gatherRows } from '../../../core/base/gatherRows';
import type { Matrix } from '../../../core/base/matrix';
import type { CancellationSignal, JobContext } from '../../../core/job/jobContext';
import type { NeighbourRequest } from '../../../core/ranking/neighbours/neighbours';
import { NeighbourTable } from '../../../core/ranking/neighbours/neighbourTable';
import { squaredDistance } from '../../../core/ranking/neighbours/squaredDistance';
import { BestScores } from './bestScores';

/** Queries on which a search is chosen and its recall is measured: with k = 30 the recall is known to about ±0.008. */
export const sampleSize = 128;
/** Rows looked at beyond k: the query itself, and what double precision may reorder. */
const spare = 9;
const chunkNumbers = 2 ** 20;

/** Positions in `queries` of a seeded sample, ascending; all where there are no more. */
export function drawSample(queries: number, random: JobContext['random']): Int32Array {
  const order = Int32Array.from({ length: queries }, (_, i) => i);
  if (queries <= sampleSize) return order;
  random.shuffle(order);
  return order.slice(0, sampleSize).sort();
}

/** The exact neighbours of a sample of the queries, found while all rows go by once. */
export class SampleTruth {
  readonly sample: Int32Array;
  /** The sampled rows, S×d. */
  readonly rows: Matrix;
  readonly #request: NeighbourRequest;
  readonly #best: BestScores;

  constructor(request: NeighbourRequest, sample: Int32Array) {
    this.#request = request;
    this.sample = sample;
    this.rows = gatherRows(
      request.features,
      sample.map((position) => request.queries[position]),
    );
    this.#best = new BestScores(sample.length, request.k + spare);
  }

  /**
   * Takes the scores xᵀy − ½‖y‖² of the sampled x with rows y from number `from` on, about any centre: S for each row,
   * which follow `skipped` other numbers.
   */
  addScores(products: Float32Array, skipped: number, from: number, isReference: Uint8Array): void {
    const sampled = this.sample.length;
    const stride = skipped + sampled;
    const limits = Float64Array.from(this.sample, (_, s) => this.#best.threshold(s));
    for (let row = from, at = skipped; at < products.length; row++, at += stride) {
      if (isReference[row] === 0) continue;
      for (let s = 0; s < sampled; s++) {
        const score = products[at + s];
        if (score < limits[s] || row === this.#request.queries[this.sample[s]]) continue;
        this.#best.offer(s, row, score);
        limits[s] = this.#best.threshold(s);
      }
    }
  }

  /** The neighbours by distances in float64. Stored rows are read in ascending order. */
  finish(signal: CancellationSignal): NeighbourTable {
    const { features, k } = this.#request;
    const { c, counts, positions } = this.#best;
    const d = features.columns;
    const table = new NeighbourTable(this.sample.length, k);
    const pairs = Int32Array.from({ length: this.sample.length * c }, (_, at) => at)
      .filter((at) => at % c < counts[Math.floor(at / c)])
      .sort((a, b) => positions[a] - positions[b] || a - b);
    const step = Math.max(1, Math.floor(chunkNumbers / d));
    for (let from = 0; from < pairs.length; from += step) {
      const part = pairs.subarray(from, from + step);
      const block = gatherRows(
        features,
        part.map((at) => positions[at]),
      );
      part.forEach((at, i) => {
        const s = Math.floor(at / c);
        table.offer(s, positions[at], squaredDistance(this.rows.data, s * d, block.data, i * d, d, Infinity));
      });
      signal.throwIfCancelled();
    }
    return table;
  }
}
