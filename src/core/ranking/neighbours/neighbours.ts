import type { FeatureRows } from '../../base/featureRows';
import type { JobContext } from '../../job/jobContext';

/** For each of `queries`, the k nearest of `references` in squared Euclidean distance, the row itself left out. */
export interface NeighbourRequest {
  /** n×d, standardised; in memory or stored elsewhere, where they are only read in long runs and in order. */
  readonly features: FeatureRows;
  /** Row numbers that may be found (the labelled rows), ascending. */
  readonly references: Int32Array;
  /** Row numbers whose neighbours are wanted, ascending; may overlap with `references`. */
  readonly queries: Int32Array;
  /** Neighbours wanted for each query, at least 1. */
  readonly k: number;
}

/**
 * The answer to a {@link NeighbourRequest}; query q owns the entries [q·k, (q+1)·k).
 *
 * Every distance is that of the two rows in all d columns, summed in float64 and kept in float32, whatever the method.
 * Ties at that precision are in the order of row numbers. Where more rows tie for the last places than there is room,
 * the lowest row numbers are kept: among duplicates of the query (distance 0) by every method, among others as far as
 * the method has looked at them (`exact` in core: always).
 */
export interface Neighbours {
  readonly k: number;
  /** queries×k row numbers, nearest first, ties by row number; −1 where there are fewer than k references. */
  readonly rows: Int32Array;
  /** queries×k squared Euclidean distances, 0 for duplicates only; +∞ where `rows` is −1. */
  readonly squaredDistances: Float32Array;
  readonly method: 'exact' | 'approximate';
  /** Share of the true k nearest in all d columns that were found, measured on a sample; 1 for `exact`. */
  readonly recall: number;
}

/** What a search may use of the job it is part of. */
export type NeighbourContext = Pick<JobContext, 'signal' | 'random' | 'log' | 'linalg'>;

/** A search that goes on while other things are computed. */
export interface PendingNeighbours {
  /**
   * Waits for the end; asks the signal and reports as `search` does. Null where the search was lost: it has to be made
   * again.
   * @throws what `search` throws.
   */
  finish(onBlock?: (queriesDone: number, queriesTotal: number) => void): Neighbours | null;
  /** Nothing more is wanted of it, whether it has been finished or not. */
  stop(): void;
}

/** A way to find neighbours: the exact blocked search of core, or a faster one of the compute worker. */
export interface NeighbourSearch {
  /** For the manifest and for people: "exact, blocked". */
  readonly description: string;
  /**
   * Synchronous. Asks `context.signal` at least every 100 ms or so and reports progress through `onBlock`.
   * @throws CancelledError, InputError when k < 1, StorageError when stored rows cannot be read.
   */
  search(
    request: NeighbourRequest,
    context: NeighbourContext,
    onBlock?: (queriesDone: number, queriesTotal: number) => void,
  ): Neighbours;
  /**
   * Begins a search beside other work, with random numbers from `seed`, where it can and that pays: null else. The
   * answer is that of `search` with the same random numbers.
   */
  begin?(
    request: NeighbourRequest,
    seed: number,
    context: Pick<JobContext, 'signal' | 'log'>,
  ): PendingNeighbours | null;
}
