import type { CellBlock } from '../cells/cellBlock';
import type { ColumnEncoding } from '../datasetTypes';

/**
 * A feature before standardisation, with its mean and standard deviation over the labelled rows; a scale of 0 is a
 * constant.
 */
export interface Candidate {
  readonly name: string;
  readonly mean: number;
  readonly scale: number;
}

export interface Learned {
  readonly encoding: ColumnEncoding;
  readonly candidates: readonly Candidate[];
  /** Labelled rows whose cell was filled with the mean. */
  readonly filled: number;
  /** Values pooled as "other". */
  readonly pooled: number;
  /** Largest number without its sign. */
  readonly size: number;
  /** Whether there are numbers on both sides of 0. */
  readonly signs: boolean;
  /** What to say when no candidate varies. */
  readonly constant: string;
}

/** Learns from the cells of a column's labelled rows how it becomes features. */
export interface Learner {
  /** Takes a column's cells in a block, of the rows with 1 in `labelledRows`, which has an entry for every row. */
  add(block: CellBlock, column: number, labelledRows: Uint8Array): void;
  learn(labelledRows: number): Learned;
}
