import type { Matrix } from '../../core/base/matrix';

/** The k nearest rows offered so far, by squared distance, ties by row number. */
export class NearestList {
  readonly #rows: Int32Array;
  readonly #distances: Float64Array;
  #count = 0;

  constructor(readonly k: number) {
    this.#rows = new Int32Array(k);
    this.#distances = new Float64Array(k);
  }

  /** Squared distance of the k-th nearest; +∞ while there are fewer. */
  get worst(): number {
    return this.#count < this.k ? Infinity : this.#distances[this.k - 1];
  }

  clear(): void {
    this.#count = 0;
  }

  /** A row must not be offered twice. */
  offer(row: number, distance: number): void {
    const distances = this.#distances;
    const rows = this.#rows;
    let at = this.#count;
    if (at === this.k) {
      const last = at - 1;
      if (distance > distances[last] || (distance === distances[last] && row > rows[last])) return;
      at = last;
    } else {
      this.#count++;
    }
    while (at > 0 && (distances[at - 1] > distance || (distances[at - 1] === distance && rows[at - 1] > row))) {
      distances[at] = distances[at - 1];
      rows[at] = rows[at - 1];
      at--;
    }
    distances[at] = distance;
    rows[at] = row;
  }

  /** Writes the k entries at `offset`; −1 and +∞ where there are fewer. */
  writeTo(rows: Int32Array, distances: Float64Array, offset: number): void {
    rows.fill(-1, offset, offset + this.k);
    distances.fill(Infinity, offset, offset + this.k);
    rows.set(this.#rows.subarray(0, this.#count), offset);
    distances.set(this.#distances.subarray(0, this.#count), offset);
  }
}

/** Squared distance of two rows of X, or any number above `limit` as soon as it is known to exceed it. */
export function squaredDistance({ data, columns }: Matrix, a: number, b: number, limit: number): number {
  let i = a * columns;
  let j = b * columns;
  const end = i + columns;
  let sum = 0;
  while (i + 8 <= end) {
    for (let t = 0; t < 8; t++) {
      const difference = data[i + t] - data[j + t];
      sum += difference * difference;
    }
    if (sum > limit) return sum;
    i += 8;
    j += 8;
  }
  for (; i < end; i++, j++) {
    const difference = data[i] - data[j];
    sum += difference * difference;
  }
  return sum;
}
