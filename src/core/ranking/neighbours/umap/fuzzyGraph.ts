import type { Neighbours } from '../neighbours';

/** Steps of the search for a scale, and how near its sum comes. */
const mostSteps = 64;
const nearEnough = 1e-5;
/** No scale is smaller than this share of the mean distance. */
const leastScale = 1e-3;

/** Which rows belong together, and how surely: each pair stands twice, once in either direction. */
export interface FuzzyGraph {
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  /** In (0, 1]. */
  readonly weights: Float32Array;
}

/**
 * UMAP's graph of n rows from their k nearest others. The nearest belongs to a row for certain, the others by how much
 * farther they are on a scale of the row's own; two rows belong together where one or the other says so. O(n·k).
 * Source: McInnes, Healy & Melville, "UMAP", 2018, algorithms 2 and 3; numbers as umap-learn 0.5 takes them, whose
 * `n_neighbors` counts the row itself and so is k + 1.
 */
export function buildFuzzyGraph(neighbours: Pick<Neighbours, 'k' | 'rows' | 'squaredDistances'>): FuzzyGraph {
  return symmetrise(neighbours, memberships(neighbours));
}

/** How surely each neighbour belongs to its row: n×k; 0 where there is none. */
function memberships({ k, rows, squaredDistances }: Pick<Neighbours, 'k' | 'rows' | 'squaredDistances'>): Float32Array {
  const distances = Float32Array.from(squaredDistances, Math.sqrt);
  const overall = meanOf(distances, 0, distances.length);
  const out = new Float32Array(rows.length);
  for (let first = 0; first < rows.length; first += k) {
    let end = first;
    while (end < first + k && (rows[end] as number) >= 0) end++;
    weighRow(distances, first, end, overall, k, out);
  }
  return out;
}

function weighRow(
  distances: Float32Array,
  first: number,
  end: number,
  overall: number,
  k: number,
  out: Float32Array,
): void {
  let nearest = 0;
  for (let at = first; at < end && nearest === 0; at++) nearest = distances[at] as number;
  const wanted = Math.log2(k + 1);
  let low = 0;
  let high = Infinity;
  let scale = 1;
  for (let step = 0; step < mostSteps; step++) {
    const sum = sumOf(distances, first, end, nearest, scale);
    if (Math.abs(sum - wanted) < nearEnough) break;
    if (sum > wanted) high = scale;
    else low = scale;
    scale = high === Infinity ? scale * 2 : (low + high) / 2;
  }
  // The row itself, at distance 0, counts in the mean of its distances.
  const least =
    leastScale * (nearest > 0 ? (meanOf(distances, first, end) * (end - first)) / (end - first + 1) : overall);
  const used = Math.max(scale, least);
  for (let at = first; at < end; at++) {
    const beyond = (distances[at] as number) - nearest;
    out[at] = beyond <= 0 || used === 0 ? 1 : Math.exp(-beyond / used);
  }
}

function sumOf(distances: Float32Array, first: number, end: number, nearest: number, scale: number): number {
  let sum = 0;
  for (let at = first; at < end; at++) {
    const beyond = (distances[at] as number) - nearest;
    sum += beyond > 0 ? Math.exp(-beyond / scale) : 1;
  }
  return sum;
}

/** Of the finite ones. */
function meanOf(distances: Float32Array, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let at = from; at < to; at++) {
    const distance = distances[at] as number;
    if (distance === Infinity) continue;
    sum += distance;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** p + q − p·q of what the two rows of a pair say. */
function symmetrise({ k, rows }: Pick<Neighbours, 'k' | 'rows'>, members: Float32Array): FuzzyGraph {
  const n = rows.length / k;
  const back = transpose(rows, members, n, k);
  const heads = new Int32Array(2 * rows.length);
  const tails = new Int32Array(2 * rows.length);
  const weights = new Float32Array(2 * rows.length);
  /** Where the pair of this row with another stands, −1 = nowhere yet. */
  const placeOf = new Int32Array(n).fill(-1);
  let count = 0;
  for (let row = 0; row < n; row++) {
    const begin = count;
    for (let at = row * k; at < (row + 1) * k; at++) {
      if ((members[at] as number) === 0) continue;
      const other = rows[at] as number;
      placeOf[other] = count;
      heads[count] = row;
      tails[count] = other;
      weights[count++] = members[at] as number;
    }
    for (let at = back.starts[row] as number; at < (back.starts[row + 1] as number); at++) {
      const other = back.rows[at] as number;
      const weight = back.weights[at] as number;
      const place = placeOf[other] as number;
      if (place >= 0) {
        const own = weights[place] as number;
        weights[place] = own + weight - own * weight;
        continue;
      }
      heads[count] = row;
      tails[count] = other;
      weights[count++] = weight;
    }
    for (let at = begin; at < count; at++) placeOf[tails[at] as number] = -1;
  }
  return { heads: heads.slice(0, count), tails: tails.slice(0, count), weights: weights.slice(0, count) };
}

/** Of every row those that have it as a neighbour. */
function transpose(
  rows: Int32Array,
  members: Float32Array,
  n: number,
  k: number,
): { readonly starts: Int32Array; readonly rows: Int32Array; readonly weights: Float32Array } {
  const starts = new Int32Array(n + 1);
  for (let at = 0; at < rows.length; at++) if ((members[at] as number) > 0) starts[(rows[at] as number) + 1]++;
  for (let row = 0; row < n; row++) starts[row + 1] += starts[row] as number;
  const next = starts.slice(0, n);
  const from = new Int32Array(starts[n] as number);
  const weights = new Float32Array(from.length);
  for (let at = 0; at < rows.length; at++) {
    if ((members[at] as number) === 0) continue;
    const place = next[rows[at] as number]++;
    from[place] = Math.floor(at / k);
    weights[place] = members[at] as number;
  }
  return { starts, rows: from, weights };
}
