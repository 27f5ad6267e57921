import { InputError } from '../base/errors';
import { addProductTransposed } from '../linalg/denseKernels';
import { WorkTicker } from '../linalg/workTicker';
import { gatherRows } from '../base/gatherRows';
import type { Neighbours, NeighbourSearch } from './neighbours';

const queryBlock = 48;
const referenceBlock = 384;

/**
 * Exact blocked search in float64: ‖a‖² + ‖b‖² − 2aᵀb finds the candidates, the differences themselves give the distances kept.
 * O(q·r·d) multiply-adds, about 1.5e9 a second: fine to some 20,000 rows.
 */
export function createExactNeighbourSearch(): NeighbourSearch {
  return {
    description: 'exact, blocked, float64',
    search: ({ features, references, queries, k }, { signal }, onBlock) => {
      if (!(k >= 1)) throw new InputError(`At least one neighbour has to be asked for, not ${k}.`);
      const d = features.columns;
      const right = gatherRows(features, references).data;
      const rightNorms = squaredNorms(right, references.length, d);
      const result: Neighbours = {
        k,
        rows: new Int32Array(queries.length * k).fill(-1),
        squaredDistances: new Float64Array(queries.length * k).fill(Number.POSITIVE_INFINITY),
        method: 'exact',
        recall: 1,
      };
      const ticker = new WorkTicker(queries.length * references.length * (d + 4) + 1, queries.length, (done, total) => {
        signal.throwIfCancelled();
        onBlock?.(done, total);
      });
      const products = new Float64Array(queryBlock * referenceBlock);
      for (let q0 = 0; q0 < queries.length; q0 += queryBlock) {
        const height = Math.min(queryBlock, queries.length - q0);
        const left = gatherRows(features, queries.subarray(q0, q0 + height)).data;
        const leftNorms = squaredNorms(left, height, d);
        for (let r0 = 0; r0 < references.length; r0 += referenceBlock) {
          const width = Math.min(referenceBlock, references.length - r0);
          products.fill(0);
          addProductTransposed(1, height, width, d, left, 0, d, right, r0 * d, d, products, 0, referenceBlock);
          for (let q = 0; q < height; q++) {
            const query = queries[q0 + q];
            for (let r = 0; r < width; r++) {
              const row = references[r0 + r];
              const distance = leftNorms[q] + rightNorms[r0 + r] - 2 * products[q * referenceBlock + r];
              if (row !== query) keepNearest(result, (q0 + q) * k, k, row, Math.max(0, distance));
            }
          }
          ticker.tick(height * width * (d + 4));
        }
        for (let q = 0; q < height; q++) {
          measureAgain(result, (q0 + q) * k, features.data, queries[q0 + q], d);
        }
      }
      ticker.finish();
      return result;
    },
  };
}

function squaredNorms(data: Float64Array, rows: number, d: number): Float64Array {
  const norms = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let at = i * d; at < (i + 1) * d; at++) sum += data[at] * data[at];
    norms[i] = sum;
  }
  return norms;
}

/** Inserts into the ascending list of k at `from`; candidates come in ascending row order, so ties keep the smaller row. */
function keepNearest(
  { rows, squaredDistances }: Neighbours,
  from: number,
  k: number,
  row: number,
  distance: number,
): void {
  let at = from + k - 1;
  if (!(distance < squaredDistances[at])) return;
  while (at > from && distance < squaredDistances[at - 1]) {
    squaredDistances[at] = squaredDistances[at - 1];
    rows[at] = rows[at - 1];
    at--;
  }
  squaredDistances[at] = distance;
  rows[at] = row;
}

/** Replaces the distances of one query by those from differences, in which duplicates are 0, and sorts again. */
function measureAgain(
  { rows, squaredDistances, k }: Neighbours,
  from: number,
  data: Float64Array,
  query: number,
  d: number,
): void {
  for (let at = from; at < from + k && rows[at] >= 0; at++) {
    const row = rows[at];
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const difference = data[query * d + j] - data[row * d + j];
      sum += difference * difference;
    }
    let to = at;
    while (to > from && (squaredDistances[to - 1] > sum || (squaredDistances[to - 1] === sum && rows[to - 1] > row))) {
      squaredDistances[to] = squaredDistances[to - 1];
      rows[to] = rows[to - 1];
      to--;
    }
    squaredDistances[to] = sum;
    rows[to] = row;
  }
}
