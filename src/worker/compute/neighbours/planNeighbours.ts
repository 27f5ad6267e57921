import { sampleSize } from './sampleTruth';
import { exactSeconds, freelyExactSeconds, mostApproximateSeconds, mostRowBytes, searchCosts } from './searchCosts';

/** How neighbours are going to be searched, as far as the size tells. */
interface NeighbourPlan {
  readonly method: 'exact' | 'approximate';
  /** About, on two cores of 2026. */
  readonly expectedSeconds: number;
}

/**
 * Scores of a query in the cells looked into, as a share of √references·references: from 16 cells for clustered rows to
 * some hundred.
 */
const usualProbes = 60;
const usualWidth = 64;
const usualCandidates = 48;
/** Seconds of reading, projecting and measuring a column of a row. */
const passColumn = 6e-9;

/**
 * What a search over `references` rows of so many columns for `queries` of them will do and how long it takes, before
 * looking at them. Exact search while it is cheap. Beyond, the approximate search tries itself on a sample; where it
 * does not reach its recall and exact search is affordable (100 s), the method becomes exact after all.
 * `native`: with native TensorFlow.
 */
export function planNeighbours(queries: number, references: number, columns: number, native: boolean): NeighbourPlan {
  const exact = exactSeconds(queries, references, columns, native);
  if (exact <= (native ? freelyExactSeconds.native : freelyExactSeconds.plain)) {
    // Rows that do not fit in single precision cannot all be there for a product; so few pairs never are that many.
    const fits = !native || 4 * references * (columns + 1) <= mostRowBytes;
    if (fits) return { method: 'exact', expectedSeconds: exact };
  }
  const width = Math.min(columns, usualWidth);
  const rows = Math.max(queries, references);
  const passes = rows * columns * passColumn + sampleSize * references * columns * searchCosts.nativeMultiplyAdd;
  const measuring = queries * usualCandidates * columns * searchCosts.measuredColumn;
  if (!native) {
    const graph = rows * searchCosts.graphRow * Math.sqrt(rows / 2e5) * ((width + 30) / 60);
    return { method: 'approximate', expectedSeconds: passes + measuring + graph };
  }
  const scored = queries * Math.min(references, usualProbes * Math.sqrt(references));
  const scoring =
    scored * (width * searchCosts.nativeMultiplyAdd + searchCosts.nativeScore) + queries * searchCosts.query;
  return {
    method: 'approximate',
    expectedSeconds: Math.min(mostApproximateSeconds(queries), 0.3 + passes + measuring + scoring),
  };
}
