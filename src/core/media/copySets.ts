/** Rows that are copies of each other, directly or through others: union-find over n rows. Joining is all but O(1). */
export class CopySets {
  readonly #parents: Int32Array;

  constructor(rows: number) {
    this.#parents = Int32Array.from({ length: rows }, (_, row) => row);
  }

  join(one: number, other: number): void {
    const [a, b] = [this.#rootOf(one), this.#rootOf(other)];
    // The first row stands for all of them.
    if (a < b) this.#parents[b] = a;
    else this.#parents[a] = b;
  }

  /** Whether the two are copies, directly or through others, as far as was joined. */
  areJoined(one: number, other: number): boolean {
    return this.#rootOf(one) === this.#rootOf(other);
  }

  /** n: the first row of the set that each belongs to, −1 for rows that are nobody's copy. */
  sets(): Int32Array {
    const roots = this.#parents.map((_, row) => this.#rootOf(row));
    const sizes = new Int32Array(roots.length);
    for (const root of roots) sizes[root]++;
    return roots.map((root) => (sizes[root] > 1 ? root : -1));
  }

  #rootOf(row: number): number {
    const parents = this.#parents;
    let root = row;
    while (parents[root] !== root) root = parents[root];
    for (let at = row; at !== root;) {
      const next = parents[at];
      parents[at] = root;
      at = next;
    }
    return root;
  }
}

/** What is known of each row's copies, by what they hold. */
export interface Copies {
  /** n: see {@link CopySets.sets}. */
  readonly sets: Int32Array;
  /** n: 1 where another row is the same, not only like it. */
  readonly exact: Uint8Array;
  /**
   * n, 0–1: 1 = another row is the same; from ½ to 0.99 the more alike the nearest copy is that was compared; below ½
   * the more alike the nearest row is that is no copy, 0 = none was near; NaN where there is nothing to compare.
   */
  readonly score: Float64Array;
}

/** The highest score of a row that is like another and not the same. */
const mostAlike = 0.99;

/**
 * The score of a row whose nearest other has that similarity: ½ at `limit`, where it begins to be a copy, 0 where it is
 * twice as far from 1.
 */
function copyScore(similarity: number, limit: number): number {
  if (similarity < limit) return 0.5 * Math.max(0, 1 - (limit - similarity) / (1 - limit));
  return 0.5 + ((mostAlike - 0.5) * Math.max(0, Math.min(1, similarity) - limit)) / (1 - limit);
}

/**
 * Joins rows with the same key (null: none), and gives the first of each key to look for near copies among.
 * @returns the scores so far, and the rows that stand for their keys, ascending
 */
export function joinEqual(
  keys: readonly (string | number | null)[],
  sets: CopySets,
): { readonly exact: Uint8Array; readonly score: Float64Array; readonly firsts: Int32Array } {
  const firstOf = new Map<string | number, number>();
  const exact = new Uint8Array(keys.length);
  const score = new Float64Array(keys.length);
  const firsts: number[] = [];
  keys.forEach((key, row) => {
    if (key === null) {
      score[row] = Number.NaN;
      return;
    }
    const first = firstOf.get(key);
    if (first === undefined) {
      firstOf.set(key, row);
      firsts.push(row);
      return;
    }
    sets.join(first, row);
    exact[first] = exact[row] = 1;
    score[first] = score[row] = 1;
  });
  return { exact, score, firsts: Int32Array.from(firsts) };
}

/** Rows that a row of a crowded bucket is compared with: the last ones before it. */
const mostInBucket = 1_000;

interface NearSearch {
  /** Rows to compare. */
  readonly rows: Int32Array;
  /** Keys of each row: rows that share one of the same number are compared. */
  readonly bands: number;
  readonly keyOf: (row: number, band: number) => number;
  readonly similarityOf: (row: number, earlier: number) => number;
  /** From this similarity on, two rows are copies. */
  readonly limit: number;
}

/**
 * Joins rows that are alike among those that share a key, and scores them. One row of a set stands for it in a bucket,
 * so that many copies of one another cost little. O(bands · rows · bucket).
 */
export function joinNear(
  { rows, bands, keyOf, similarityOf, limit }: NearSearch,
  sets: CopySets,
  score: Float64Array,
): void {
  for (let band = 0; band < bands; band++) {
    const buckets = new Map<number, number[]>();
    for (const row of rows) {
      const key = keyOf(row, band);
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        buckets.set(key, [row]);
        continue;
      }
      let isNew = true;
      for (let k = bucket.length - 1, end = Math.max(0, bucket.length - mostInBucket); k >= end; k--) {
        const earlier = bucket[k];
        if (sets.areJoined(row, earlier)) {
          isNew = false;
          continue;
        }
        const similarity = similarityOf(row, earlier);
        const own = copyScore(similarity, limit);
        score[row] = Math.max(score[row], own);
        score[earlier] = Math.max(score[earlier], own);
        if (similarity < limit) continue;
        isNew = false;
        sets.join(row, earlier);
      }
      if (isNew) bucket.push(row);
    }
  }
}
