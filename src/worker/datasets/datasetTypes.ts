import type { RowIssue } from '../../contract/dataset';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { TermKind } from '../../core/text/terms';
import type { TextFacts } from '../../core/text/textModel';
import type { CellBlock } from './cells/cellBlock';
import type { DateOrder, NumberStyle } from './cells/numberFormat';

/** What tells a file or folder from what is under its path later, without its contents being read. */
export interface FileStamp {
  readonly path: string;
  readonly bytes: number;
  /** Modification time in milliseconds since 1970. */
  readonly mtimeMs: number;
  /**
   * Of a folder: SHA-256 of the paths, sizes and times of its files; `bytes` and `mtimeMs` are those of all of them.
   */
  readonly listing?: string | undefined;
  /**
   * Of a table in an archive: its path there. `path` and `mtimeMs` are those of the archive, `bytes` and all that is
   * read its own.
   */
  readonly entry?: string | undefined;
}

/** The same of a source. */
export interface SourceStamp extends FileStamp {
  /** A second file, whose vectors are the last column. */
  readonly embeddings?: EmbeddingsStamp | undefined;
}

/** A file of vectors by ids, and the column of the data that they are joined by: where none is said, the id. */
export interface EmbeddingsChoice {
  readonly path: string;
  readonly id?: string | undefined;
}

/** Such a file, and what tells it from what is under its path later. */
type EmbeddingsStamp = EmbeddingsChoice & Pick<FileStamp, 'bytes' | 'mtimeMs' | 'entry'>;

/** The source as it was when it was read: an export refuses to copy from a file that is no longer this one. */
export interface SourceFingerprint extends FileStamp {
  /** Lower-case hexadecimal SHA-256 of all bytes; of a folder, of its listing and of the texts in it. */
  readonly sha256: string;
  readonly embeddings?: (EmbeddingsStamp & { readonly sha256: string }) | undefined;
}

/** Consecutive rows of a source, every row with exactly as many cells as there are columns. */
export interface RecordBlock {
  /** 0-based number of the first row. */
  readonly firstRow: number;
  /** Cells as the text they are (quotes removed, doubled quotes undoubled); cells a row lacks are ''. */
  readonly cells: readonly (readonly string[])[];
  /** Cells that each row has in the file; of a row that is whole, the number of columns. */
  readonly cellCounts: readonly number[];
  /** 1-based line in the file where each row starts; of a folder, the number of the row's file. */
  readonly lines: readonly number[];
  /** Byte offset of each row, and its length with its line terminator; zeros where rows are files. */
  readonly byteStarts: readonly number[];
  readonly byteLengths: readonly number[];
  readonly issues: readonly RowIssue[];
  /** How much of the source has been read, and how much there is: bytes of a file, files of a folder. */
  readonly done: number;
  readonly total: number;
}

/**
 * Hands out the cells of some columns of all rows, in the order asked for, in row order and in blocks. The scan waits
 * for what `onBlock` returns. SourceStore.scanCells has this type.
 */
export type CellScan = (
  columnIndices: readonly number[],
  onBlock: (block: CellBlock) => void | Promise<void>,
  signal?: CancellationSignal,
) => Promise<void>;

/**
 * The same for a few columns, as texts: `columns[k][i]` is the cell of the k-th asked-for column in row `firstRow + i`.
 * SourceStore.scan has this type.
 */
export type ColumnScan = (
  columnIndices: readonly number[],
  onBlock: (firstRow: number, columns: readonly (readonly string[])[]) => void | Promise<void>,
  signal?: CancellationSignal,
) => Promise<void>;

/** How one input column becomes numbers. */
export type ColumnEncoding =
  | ({ readonly kind: 'number'; readonly fill: number; readonly indicator: boolean } & NumberStyle)
  | { readonly kind: 'boolean'; readonly fill: number; readonly indicator: boolean }
  | { readonly kind: 'date'; readonly order: DateOrder; readonly fill: number; readonly indicator: boolean }
  | {
      readonly kind: 'category';
      /** One feature each, most frequent first. */
      readonly levels: readonly string[];
      /** A feature for every other value (rare ones and values not seen in training). */
      readonly other: boolean;
      /** A feature for missing cells. */
      readonly missing: boolean;
    };

export interface EncodedColumn {
  readonly index: number;
  readonly name: string;
  readonly encoding: ColumnEncoding;
  /** Place of its features in the matrix; −1 = that feature is constant over the labelled rows and left out. */
  readonly places: readonly number[];
}

/** One column of the feature matrix. */
export interface Feature {
  /** "Age", "Home = rent", "Income is missing", "intercept". */
  readonly name: string;
  /** The input column it was made of ("subject, body" of several); null for the intercept. */
  readonly column: string | null;
  /**
   * The raw value x (of numbers: less `origin`, times `factor`) is (x − centre) / scale in the matrix; 0 and 1 where
   * not standardised.
   */
  readonly centre: number;
  readonly scale: number;
}

/** Vectors of which not all numbers are features, but where they lie along their widest principal axes. */
interface AxesFacts {
  readonly axes: number;
  /** Labelled rows, drawn by lot where there are very many, that the axes were fitted to. */
  readonly fittedRows: number;
  /** Share of the variance of these that lies along the axes, 0 to 1. */
  readonly varianceShare: number;
}

/** By what method a block's vectors were made, with all that says which vectors these are: JSON, for the manifest. */
export type BlockMethod =
  | ({
      /** Weights of terms (TF-IDF), projected to the leading directions of a truncated singular value decomposition. */
      readonly kind: 'words';
      readonly terms: TermKind;
    } & TextFacts)
  | {
      /** A network that was trained elsewhere. */
      readonly kind: 'encoder';
      readonly encoder: string;
      /** SHA-256 of its file, and of the file with all that says how it is used. */
      readonly sha256: string;
      readonly key: string;
      readonly numbers: number;
      /** Longer texts are cut to so many tokens. */
      readonly tokens: number;
      /** Missing where all numbers are features. */
      readonly principal?: AxesFacts;
    }
  | {
      /** Lists of numbers as they stand in the data. */
      readonly kind: 'lists';
      readonly numbers: number;
      readonly principal?: AxesFacts;
    }
  | {
      readonly kind: 'pictures';
      /** What made the numbers of a picture, for people. */
      readonly by: string;
      /** As for texts; null without a network. */
      readonly sha256: string | null;
      readonly key: string | null;
      readonly numbers: number;
      readonly principal?: AxesFacts;
    };

/**
 * Features that come from one method together: the k numbers of a row are one vector. They are centred by the labelled
 * rows' mean, and divided by one scale, the root mean square of their standard deviations: lengths and angles within a
 * block stay as the method made them.
 */
export interface FeatureBlock {
  /** Names of the input columns it was made of. */
  readonly columns: readonly string[];
  /** Its features are `first` … `first + width − 1` of the pipeline's. */
  readonly first: number;
  readonly width: number;
  /** 1 where not standardised. */
  readonly scale: number;
  readonly method: BlockMethod;
}

/** Columns of numbers that were divided by one scale. */
export interface Embedding {
  /** Names of the columns with the smallest and the largest number. */
  readonly first: string;
  readonly last: string;
  /** How many there are, without constant ones. */
  readonly columns: number;
  readonly scale: number;
}

/** JSON through and through: it is stored in the project and in the manifest. */
export interface FeaturePipeline {
  readonly version: 1;
  readonly standardize: boolean;
  readonly intercept: boolean;
  /** What the analyst says stands for missing; left out where nothing was said. */
  readonly missing?: readonly string[];
  readonly columns: readonly EncodedColumn[];
  readonly features: readonly Feature[];
  /** Behind the features of `columns`; left out where there are none. */
  readonly blocks?: readonly FeatureBlock[];
  /** Left out where every column has a scale of its own. */
  readonly embeddings?: readonly Embedding[];
  readonly dropped: readonly { readonly column: string; readonly reason: string }[];
  /** Sentences for people: levels pooled, cells filled. */
  readonly notes: readonly string[];
  /** And what to mind; left out by earlier versions, which had it among the notes. */
  readonly cautions?: readonly string[];
}

/** Labels as codes: `codes[row]` is the index into `classes`, −1 = unlabelled (blank cell). */
export interface Labels {
  /** Naturally sorted: 2 before 10. */
  readonly classes: readonly string[];
  readonly codes: Int32Array;
}
