import type { Column, ColumnType } from '../../../../contract/dataset';
import type { StoredRows } from '../../../../core/base/featureRows';
import type { CancellationSignal } from '../../../../core/job/jobContext';
import type { TextTerms } from '../../../../core/text/textModel';
import type { BlockMethod, CellScan } from '../../datasetTypes';

/** Some of the rows of an audit, with the scan that hands out their cells. */
interface ScannedRows {
  readonly scan: CellScan;
  readonly rows: number;
}

/** Takes the vectors of all rows in their order, row-major; a block stays as it is until the promise resolves. */
export interface VectorWriter {
  append(block: Float32Array): Promise<void>;
  /** After the last row: what was written, to be read by ranges. */
  finish(): Promise<StoredRows>;
}

/** What a method is asked for. */
export interface BlockRequest {
  /** Columns with role `feature`, all of the type the method is for; their vectors are one block. */
  readonly columns: readonly Column[];
  /** The folder below which files that cells name are: see `sourceFolder`. */
  readonly root: string;
  /** The rows to make vectors of, one part after the other: the dataset's own, then those of a validation file. */
  readonly parts: readonly ScannedRows[];
  /** An entry for each of the dataset's own rows, 1 for those to learn from (the labelled ones). */
  readonly labelledRows: Uint8Array;
  /** What the analyst says stands for a missing cell, beside blanks and the usual markers (cells.ts: isMissing). */
  readonly missing: readonly string[];
  /** Opens a file of the audit for vectors of that width. A method that keeps its vectors elsewhere needs none. */
  readonly openVectors: (width: number) => Promise<VectorWriter>;
  readonly signal: CancellationSignal;
  /** Share of the work that is done, 0 to 1. */
  readonly onShare: (share: number) => void;
}

/** The vectors of all rows by one method, as it made them: neither centred nor scaled. */
interface MadeVectors {
  readonly kind: 'vectors';
  readonly columns: readonly Column[];
  /** Float32, a row for each row of all parts, k numbers each. */
  readonly vectors: StoredRows;
  /** k names of features. */
  readonly names: readonly string[];
  /** Of words: what their terms are, for saying what each word of a text adds. */
  readonly terms?: TextTerms;
  /** What method, with which choices and of which file: with it the manifest says how to make the same vectors. */
  readonly method: BlockMethod;
  /** Sentences for people: what became of the column. */
  readonly notes: readonly string[];
  /** And what to mind: rows without anything in it. */
  readonly cautions: readonly string[];
}

/** There is nothing to make vectors of. */
export interface NoVectors {
  readonly kind: 'none';
  readonly columns: readonly Column[];
  /** "no word in the labelled rows" */
  readonly reason: string;
  readonly cautions: readonly string[];
}
export type BlockVectors = MadeVectors | NoVectors;

/**
 * A way to make vectors of whole columns: words of texts, an encoder of texts or of pictures. It sees the cells of the
 * rows and which rows have a label, never a label. It goes through rows in blocks, asks `signal` between them and tells
 * its progress; the vectors go to disk. What it learns it learns from labelled rows of the dataset alone. Rows with a
 * missing cell get a vector all the same (zeros), and a sentence.
 */
export interface BlockEncoder {
  /** How much longer it takes than to read the rows once, about: for the progress. */
  readonly passes: number;
  /** @throws InputError; StorageError when the disk is full; CancelledError. */
  encode(request: BlockRequest): Promise<BlockVectors>;
}

/**
 * Types of columns that become blocks, each with its encoders, looked for where there are such columns: every one makes
 * a block of all columns of the type, and the blocks stand side by side.
 */
export type BlockEncoders = Readonly<Record<'text' | 'picture' | 'vector', () => Promise<readonly BlockEncoder[]>>>;

/** A column that becomes vectors as a whole, and one of which each cell becomes features. */
export type BlockColumn = Column & { readonly type: keyof BlockEncoders };
export type CellColumn = Column & { readonly type: Exclude<ColumnType, keyof BlockEncoders> };

export function isBlockColumn(column: Column): column is BlockColumn {
  return column.type === 'text' || column.type === 'picture' || column.type === 'vector';
}

export function isCellColumn(column: Column): column is CellColumn {
  return !isBlockColumn(column);
}

/** "subject, body" */
export function nameBlock(columns: readonly Pick<Column, 'name'>[]): string {
  return columns.map(({ name }) => name).join(', ');
}
