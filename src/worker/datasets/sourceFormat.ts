import type { Column, Dialect, Pictures, Preview, SaidDialect, SourceFormat } from '../../contract/dataset';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { RecordBlock, SourceFingerprint, SourceStamp } from './datasetTypes';
import type { Looking } from './looking';
import type { Note } from './note';

/**
 * What every format of data offers: it is found under a path, looked at, and read in blocks of rows. A format is a
 * function that makes this of a path; `findSource` chooses it.
 */
export interface FoundSource {
  readonly format: SourceFormat;
  readonly stamp: SourceStamp;
  /**
   * Looks at the first rows: in a fraction of a second, where no table describes hundreds of thousands of files.
   * `said`: of how it is written; the rest is found.
   * @throws InputError when it cannot be read as a table; CancelledError
   */
  readonly inspect: (said?: SaidDialect, looking?: Looking) => Promise<Inspection>;
}

/** What the first part of a source tells. Counts in `preview.columns` are those of that part. */
export interface Inspection {
  readonly format: SourceFormat;
  readonly path: string;
  /** What was said of how it is written. */
  readonly said: SaidDialect;
  /** Unique display names, one per column. */
  readonly columnNames: readonly string[];
  readonly preview: Preview;
  readonly pictures: Pictures | null;
  readonly notes: readonly Note[];
  /**
   * Reads all of it, in the way that was found.
   * @throws InputError for what cannot be read, or was changed meanwhile.
   * @throws CancelledError
   */
  readonly read: (options: SourceReadOptions) => Promise<SourceReadResult>;
}

export interface SourceReadOptions {
  readonly signal?: CancellationSignal;
  /** Gets every block in order; reading waits for the returned promise (backpressure). */
  readonly onBlock: (block: RecordBlock) => void | Promise<void>;
  /**
   * It turned out late that the source is written otherwise (invalid UTF-8: read as windows-1252): everything handed
   * over so far is void, reading starts again. Left out: that is an InputError.
   */
  readonly onRestart?: (dialect: Dialect, reason: string) => void | Promise<void>;
}

export interface SourceReadResult {
  readonly dialect: Dialect;
  readonly rowCount: number;
  /** Types, roles and counts over all rows. */
  readonly columns: readonly Column[];
  readonly pictures: Pictures | null;
  readonly notes: readonly Note[];
  readonly issueCount: number;
  /** Rows with more or fewer cells than rows usually have. */
  readonly raggedRows: number;
  readonly source: SourceFingerprint;
}
