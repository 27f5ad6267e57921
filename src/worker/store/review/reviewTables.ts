import type { Pictures } from '../../../contract/dataset';
import type { Split } from '../../../contract/review';
import type { CellTable } from '../tables/cellTable';
import type { Database } from '../tables/database';

/** What the queries of a review are about: which tables, and what their codes mean. */
export interface ReviewTables {
  readonly database: Database;
  readonly scores: string;
  readonly source: CellTable;
  /** Empty for numeric labels. */
  readonly classes: readonly string[];
  readonly reasonNames: readonly string[];
  /** Index of the column with role id; null = the row number serves. */
  readonly idColumn: number | null;
  readonly pictures: Pictures | null;
  /** Index of the first column of texts that is a feature. */
  readonly textColumn: number | null;
  /** Indexes of the columns that stand for a row: see keyColumns.ts. */
  readonly keyColumns: readonly number[];
}

/** By code in the table of scores. */
export const splits: readonly Split[] = ['train', 'validation', 'test', 'unlabelled'];

/** Whether labels are numbers: they stand in columns of their own then. */
export function hasNumbers({ classes }: Pick<ReviewTables, 'classes'>): boolean {
  return classes.length === 0;
}

/** SQL of a row of scores `s`. */
export const labelledTraining = 's.split = 0';

/** Is the reason of this bit among those of a row? Bits beyond those of JavaScript's operators too. */
export function hasReason(bits: number, bit: number): boolean {
  return Math.floor(bits / 2 ** bit) % 2 === 1;
}
