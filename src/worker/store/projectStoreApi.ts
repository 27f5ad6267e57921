import type { Column, RowIssue } from '../../contract/dataset';
import type { Query, ReviewRow } from '../../contract/review';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { LogEntry, NewLogEntry } from '../../core/review/decisions';
import type { ReviewCounts } from '../../core/review/progress';
import type { ReviewState } from '../../core/review/reviewState';
import type { ColumnScan, RecordBlock } from '../datasets/datasetTypes';
import type { AuditDraft } from './auditDraft';
import type { NpyRowsReference } from './npyRows';
import type { RaggedRow } from './sourceRows';
import type { AuditRecord, AuditToStore, JobRecord, SourceRecord, StoredArray } from './storeTypes';

/** Takes the blocks of `readCsv` and makes them the project's rows, all together, when `finish` is called. */
export interface SourceWriter {
  append(block: RecordBlock): Promise<void>;
  /** Starts again from nothing (the reader restarted in another encoding). */
  restart(): Promise<void>;
  /** Replaces the rows the project had by the new ones, in one transaction. */
  finish(record: SourceRecord): Promise<void>;
  /** Breaks off what is being stored right now, so that a waiting `append` or `finish` rejects at once. */
  interrupt(): void;
  /** Forgets everything appended. */
  abort(): Promise<void>;
}

/** Counts behind the review's overview, all at one threshold of suspicion. */
export interface ReviewTotals extends ReviewCounts {
  readonly rowsInAll: number;
  readonly rankedRows: number;
  /** Labelled training rows at or above the threshold, whatever their decision. */
  readonly suspects: number;
  /** Validation and test rows at or above the threshold. */
  readonly evaluationSuspects: number;
  /** Labelled training rows per bin of suspicion, equal bins from 0 to 1. */
  readonly histogram: readonly number[];
  /** Over rows at or above the threshold (split: every split; the others: training rows), most frequent first. */
  readonly facets: {
    readonly givenLabel: readonly { readonly value: string; readonly count: number }[];
    readonly suggestedLabel: readonly { readonly value: string; readonly count: number }[];
    readonly reasons: readonly { readonly value: string; readonly count: number }[];
    readonly split: readonly { readonly value: string; readonly count: number }[];
  };
}

export interface HistoryItem {
  readonly seq: number;
  readonly time: string;
  readonly reviewer: string;
  readonly title: string;
  readonly state: 'done' | 'undone';
}

/** A project folder that is open: `createProject(folder, {name})` or `openProject(folder)` give one. */
export interface ProjectStoreApi {
  readonly folder: string;
  readonly name: string;
  close(): Promise<void>;
  /** Before closing: makes what is being read in the background fail. */
  interruptReading(): void;

  /** Small JSON values by name, each written durably. */
  readMeta(key: string): Promise<unknown>;
  writeMeta(key: string, value: unknown): Promise<void>;

  /** null while no file has been read completely. */
  readonly source: SourceRecord | null;
  /** 'validation': a second file with rows for validation only, its cells in the order of the first file's columns. */
  writeSource(columnCount: number, table?: 'source' | 'validation'): Promise<SourceWriter>;
  readonly validationSource: SourceRecord | null;
  /** The columns with roles and types as the analyst left them. */
  readonly columns: readonly Column[];
  saveColumns(columns: readonly Column[]): Promise<void>;
  /** Problems in the order of the file: those kept one by one (`maxStoredIssues`), and how many there are. */
  readIssues(
    offset: number,
    limit: number,
    table?: 'source' | 'validation',
  ): Promise<{ total: number; issues: RowIssue[] }>;
  readonly scan: ColumnScan;
  readonly scanValidation: ColumnScan;
  /** Rows with more or fewer cells than there are columns, in row order. */
  readRaggedRows(table: 'source' | 'validation'): Promise<RaggedRow[]>;
  /** The cells of some rows, in the order asked for: all of them, or those of these columns. */
  readCells(rows: readonly number[], columns?: readonly number[]): Promise<string[][]>;
  /** Where rows stand in the file, in row order. */
  scanPlaces(
    onBlock: (firstRow: number, byteStarts: Float64Array, byteLengths: Float64Array) => void | Promise<void>,
    signal?: CancellationSignal,
  ): Promise<void>;
  /** Rows of the label column's values: at most `limit`, most frequent first, and how many cells are blank. */
  countValues(
    column: number,
    limit: number,
  ): Promise<{ values: { value: string; count: number }[]; distinct: number; blank: number }>;
  /** Rows that repeat an earlier row in every column but these. O(n log n) on disk. */
  countDuplicateRows(exceptColumns: readonly number[]): Promise<number>;

  /** null before the first audit. */
  readonly audit: AuditRecord | null;
  /** A place for arrays that are written while the audit runs. Hand it to `replaceAudit`, or discard it. */
  draftAudit(): AuditDraft;
  /**
   * All or nothing: a crash in the middle leaves the audit there was. The arrays of the draft become the audit's, beside
   * `audit.arrays`; when anything fails, the draft is discarded.
   */
  replaceAudit(audit: AuditToStore, signal?: CancellationSignal, draft?: AuditDraft): Promise<void>;
  /** A whole array, in memory. */
  readAuditArray(name: string, options?: { shared?: boolean }): Promise<StoredArray>;
  /**
   * Where the rows of a two-dimensional array are, for reading by ranges (NpyRows).
   * @throws StorageError when they are missing or damaged.
   */
  findAuditRows(name: string): NpyRowsReference;

  /** What was found damaged on opening and passed over, in words. */
  readonly notices?: readonly string[];
  /** The data was read by this process: it is the file that a person named. */
  readonly readHere?: boolean;
  /** The decision log replayed. */
  readonly review: ReviewState;
  /** On disk when it resolves. */
  appendEntry(entry: NewLogEntry): Promise<{ entry: LogEntry; changedRows: readonly number[] }>;
  readHistory(offset: number, limit: number): { total: number; items: HistoryItem[] };

  /** Row numbers in the order of the query. */
  queryRows(query: Query): Promise<Int32Array>;
  readRows(rows: readonly number[]): Promise<ReviewRow[]>;
  /** The class of every row's given label by the latest audit, as an index into `classes`; −1 = unlabelled. */
  readGivenCodes(): Promise<{ readonly given: Int32Array; readonly classes: readonly string[] }>;
  reviewTotals(threshold: number, bins?: number): Promise<ReviewTotals>;

  saveJob(job: JobRecord): Promise<void>;
  readJobs(limit: number): Promise<JobRecord[]>;
}
