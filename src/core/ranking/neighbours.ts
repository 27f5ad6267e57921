import type { JobContext } from '../base/jobContext';
import type { Matrix } from '../base/matrix';

/** For each of `queries`, the k nearest of `references` in squared Euclidean distance, the row itself left out. */
export interface NeighbourRequest {
  /** n×d, standardised. */
  readonly features: Matrix;
  /** Row numbers that may be found (the labelled training rows), ascending. */
  readonly references: Int32Array;
  /** Row numbers whose neighbours are wanted; may overlap with `references`. */
  readonly queries: Int32Array;
  /** Neighbours wanted for each query, at least 1. */
  readonly k: number;
}

/** The answer to a {@link NeighbourRequest}; query q owns the entries [q·k, (q+1)·k). */
export interface Neighbours {
  readonly k: number;
  /** queries×k row numbers, nearest first, ties by row number; −1 where there are fewer than k references. */
  readonly rows: Int32Array;
  /** queries×k squared Euclidean distances; +∞ where `rows` is −1. */
  readonly squaredDistances: Float64Array;
  readonly method: 'exact' | 'approximate';
  /** Share of the true k nearest that were found, measured on a sample; 1 for `exact`. */
  readonly recall: number;
}

/** A way to find neighbours: the exact blocked search of core, or a faster one of the compute worker. */
export interface NeighbourSearch {
  /** For the manifest and for people: "exact, blocked". */
  readonly description: string;
  /**
   * Synchronous. Asks `context.signal` at least every 100 ms or so and reports progress through `onBlock`.
   * @throws CancelledError
   */
  search(
    request: NeighbourRequest,
    context: Pick<JobContext, 'signal' | 'random' | 'log' | 'linalg'>,
    onBlock?: (queriesDone: number, queriesTotal: number) => void,
  ): Neighbours;
}
