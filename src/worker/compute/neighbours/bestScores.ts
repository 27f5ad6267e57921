/**
 * The c best scores offered so far to each of some queries, descending, ties by position. What it holds does not depend
 * on the order of the offers.
 */
export class BestScores {
  readonly scores: Float32Array;
  readonly positions: Int32Array;
  readonly counts: Int32Array;

  constructor(
    queries: number,
    readonly c: number,
  ) {
    this.scores = new Float32Array(queries * c);
    this.positions = new Int32Array(queries * c);
    this.counts = new Int32Array(queries);
  }

  /** Forgets what was offered to the first `queries`. */
  clear(queries: number): void {
    this.counts.fill(0, 0, queries);
  }

  /** A score below this need not be offered. */
  threshold(q: number): number {
    return this.counts[q] < this.c ? -Infinity : this.scores[q * this.c + this.c - 1];
  }

  offer(q: number, position: number, score: number): void {
    const { scores, positions, c } = this;
    const first = q * c;
    let at = first + this.counts[q];
    if (this.counts[q] === c) {
      at--;
      if (!(score > scores[at] || (score === scores[at] && position < positions[at]))) return;
    } else {
      this.counts[q]++;
    }
    while (at > first && (score > scores[at - 1] || (score === scores[at - 1] && position < positions[at - 1]))) {
      scores[at] = scores[at - 1];
      positions[at] = positions[at - 1];
      at--;
    }
    scores[at] = score;
    positions[at] = position;
  }

  /** Positions offered to query q, best first: a view. */
  best(q: number): Int32Array {
    return this.positions.subarray(q * this.c, q * this.c + this.counts[q]);
  }
}
