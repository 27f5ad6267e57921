import type { Column, Pictures } from '../../../contract/dataset';
import type { Split } from '../../../contract/review';
import type { RowReview } from '../../../core/review/decisions';
import type { CellTable } from '../tables/cellTable';
import type { Database } from '../tables/database';
import { ownDecisions } from '../tables/schema';
import type { KeptColumns } from './keptColumns';

/** Whose decisions a review shows, and of which rows. */
export interface ReviewScope {
  /** The table of decisions as they stand. */
  readonly decisions: string;
  /** The rows that it is about; null: all. */
  readonly rows: ReadonlySet<number> | null;
  /** SQL of such a row of scores `s`. */
  readonly within: string;
}

export const ownScope: ReviewScope = { decisions: ownDecisions.now, rows: null, within: 'true' };

/** What the queries of a review are about: which tables, and what their codes mean. */
export interface ReviewTables extends ReviewScope {
  readonly database: Database;
  readonly scores: string;
  readonly source: CellTable;
  readonly rowCount: number;
  /** Of the data, with roles and types as they are now. */
  readonly columns: readonly Column[];
  /** What the analyst says stands for missing, without blanks around it. */
  readonly saidMissing: ReadonlySet<string>;
  /** What was read of the tables before. */
  readonly kept: KeptColumns;
  /** Rows with a decision or a note, now. */
  readonly reviews: () => ReadonlyMap<number, RowReview>;
  /** The rows of a work list. @throws InputError when there is none of this id. */
  readonly readList: (id: string) => Promise<Int32Array>;
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
