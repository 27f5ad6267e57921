import type { AuditSummary } from '../../contract/audit';
import type { Column, Dialect, Pictures, Preview, SaidDialect, SourceFormat } from '../../contract/dataset';
import type { ScoreField } from '../../contract/scoreColumns';
import type { AuditColumns } from '../../core/audit/auditTypes';
import type { FeaturePipeline, SourceFingerprint } from '../datasets/datasetTypes';
import type { Note } from '../datasets/note';

/** What the project knows about its data once reading is complete. */
export interface SourceRecord {
  readonly fingerprint: SourceFingerprint;
  /** Left out by older projects: delimited text. */
  readonly format?: SourceFormat;
  /** Of a folder: how a listing of it is written. */
  readonly dialect: Dialect;
  /** What was said of the dialect; the rest of it was found. Left out by older projects: nothing. */
  readonly said?: SaidDialect;
  readonly rowCount: number;
  readonly issueCount: number;
  /** Rows with more or fewer cells than there are columns; left out in projects stored before they were told apart. */
  readonly raggedRows?: number;
  readonly columns: readonly Column[];
  readonly pictures: Pictures | null;
  readonly notes: readonly Note[];
  /** How the beginning of the file was read; left out in projects stored before it was kept. */
  readonly found?: Pick<Preview, 'reasons' | 'rawLines'>;
}

export type NumericArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

/** A numeric array of one or two dimensions, row-major. */
export interface StoredArray {
  readonly data: NumericArray;
  readonly shape: readonly number[];
}

/** What is kept of every row; scores that labels of its kind do not have are missing. */
export type StoredColumns = Pick<
  AuditColumns,
  'suspicion' | 'suspicionLogOdds' | 'rank' | 'reasons' | 'nearestDistance'
> &
  Partial<Readonly<Record<ScoreField, Float64Array>>> & {
    /** Missing for numeric labels. */
    readonly suggestedLabel?: Int32Array;
  };

/** A finished audit, as it is handed to `AuditStore.replace`. Arrays have one entry per source row. */
export interface AuditToStore {
  readonly summary: AuditSummary;
  readonly columns: StoredColumns;
  /** {@link splitCodes}; rows with label −1 are shown as 'unlabelled'. */
  readonly split: Uint8Array;
  readonly labels: Int32Array;
  /** Empty for numeric labels; the number of a label says nothing then. */
  readonly classes: readonly string[];
  /** Name of bit i of `columns.reasons`. */
  readonly reasonNames: readonly string[];
  readonly pipeline: FeaturePipeline;
  /**
   * Written beside the scores and replaced together with them: theta, class probabilities. Large ones: see
   * `AuditStore.draft`.
   */
  readonly arrays: Readonly<Record<string, StoredArray>>;
}

/** What is known about the latest audit without reading its rows. */
export interface AuditRecord {
  readonly generation: number;
  readonly summary: AuditSummary;
  readonly classes: readonly string[];
  readonly reasonNames: readonly string[];
  readonly pipeline: FeaturePipeline;
  readonly arrayNames: readonly string[];
}

export interface JobRecord {
  readonly id: string;
  readonly kind: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly state: string;
  readonly message: string;
}
