/** The smallest and the largest positive numbers of float32. */
const smallest = 2 ** -149;
const largest = 3.4028234663852886e38;
/** More than a float32 differs from the next. */
const step = 1 + 2 ** -22;

/**
 * The k nearest rows offered so far to each query: squared distances rounded to float32, ascending, ties by row number.
 * What it holds does not depend on the order of the offers.
 */
export class NeighbourTable {
  /** queries×k, −1 where fewer were offered. */
  readonly rows: Int32Array;
  /** queries×k, +∞ where fewer were offered. */
  readonly squaredDistances: Float32Array;

  /** `arrays`: those of another table, to go on with. */
  constructor(
    queries: number,
    readonly k: number,
    arrays?: Pick<NeighbourTable, 'rows' | 'squaredDistances'>,
  ) {
    this.rows = arrays?.rows ?? new Int32Array(queries * k).fill(-1);
    this.squaredDistances = arrays?.squaredDistances ?? new Float32Array(queries * k).fill(Infinity);
  }

  /** Rows farther from query q than this need not be offered. */
  limit(q: number): number {
    const worst = this.squaredDistances[q * this.k + this.k - 1];
    return worst > 0 ? worst * step : 0;
  }

  /** A row must not be offered twice to the same query. A distance that is not 0 is not rounded to 0, nor to +∞. */
  offer(q: number, row: number, squaredDistance: number): void {
    const { rows, squaredDistances: distances, k } = this;
    let distance = Math.fround(squaredDistance);
    if (distance === 0 && squaredDistance > 0) distance = smallest;
    if (distance === Infinity) distance = largest;
    const first = q * k;
    let at = first + k - 1;
    if (!(distance < distances[at] || (distance === distances[at] && row < rows[at]))) return;
    while (at > first && (distance < distances[at - 1] || (distance === distances[at - 1] && row < rows[at - 1]))) {
      distances[at] = distances[at - 1];
      rows[at] = rows[at - 1];
      at--;
    }
    distances[at] = distance;
    rows[at] = row;
  }
}
