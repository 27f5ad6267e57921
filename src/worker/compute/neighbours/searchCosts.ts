/**
 * What the steps of a neighbour search cost on two cores of 2026, measured; plans compare them, so only ratios matter
 * much. Constants, not measurements of the running machine: the same input has to lead to the same plan.
 */
export const searchCosts = {
  /**
   * Seconds of a multiply-add of the native float32 product, and of the rest done for a score: maxima, best groups,
   * candidates.
   */
  nativeMultiplyAdd: 1 / 5e10,
  nativeScore: 1 / 2.2e9,
  /** Of a cell scored for a query and compared, and of the rest done for a query. */
  cell: 2.5e-9,
  query: 2e-5,
  /** Of a column of a candidate measured in float64, and of finding a candidate in memory. */
  measuredColumn: 0.8e-9,
  candidate: 60e-9,
  /** Of a column of a pair in plain TypeScript, where most pairs are given up early. */
  plainColumn: 1 / 2.5e9,
  plainPair: 8e-9,
  /** Of a row of 30 numbers in a graph (usearch) of 200,000, added and searched; a small graph stays in the cache. */
  graphRow: 1.5e-3,
} as const;

/**
 * Exact search natively begins with so many seconds of making room and of kernels that TensorFlow compiles: what takes
 * no longer in plain TypeScript is done there.
 */
export const nativeStartSeconds = 0.05;

/** Exact search of this many seconds is not worth a cheaper one that finds less. */
export const freelyExactSeconds = { native: 2, plain: 20 } as const;
/** Where the cheaper search does not reach its recall, exact search may take this long. */
export const mostExactSeconds = 100;
/**
 * Approximate search looks at no more than takes this long; its recall says what that costs. Linear in the queries:
 * rows without structure (isotropic in 64 dimensions, say) would otherwise need pairs without end, for neighbours that
 * mean little.
 */
export function mostApproximateSeconds(queries: number): number {
  return 10 + 1.5e-4 * queries;
}
/**
 * Bytes of references in single precision that exact search holds, and of projected rows that approximate search holds.
 */
export const mostRowBytes = 2 ** 29;
export const mostProjectedBytes = 3 * 2 ** 27;

/** Seconds of exact search. */
export function exactSeconds(queries: number, references: number, columns: number, native: boolean): number {
  const pairs = queries * references;
  return native
    ? pairs * ((columns + 1) * searchCosts.nativeMultiplyAdd + searchCosts.nativeScore)
    : pairs * (columns * searchCosts.plainColumn + searchCosts.plainPair);
}

/** Bytes of candidates and their scores, kept until all cells have been looked into. */
const mostCandidateBytes = 3 * 2 ** 27;

/** Candidates measured for a query at most: four times k and some, as far as there is room to keep them. */
export function mostCandidates(queries: number, k: number): number {
  const affordable = Math.floor(mostCandidateBytes / 8 / Math.max(1, queries)) - 1;
  return Math.max(k + 10, Math.min(Math.max(4 * k + 8, 64), affordable));
}
