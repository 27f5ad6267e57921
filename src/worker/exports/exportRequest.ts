import { extname } from 'node:path';
import { hasFilesAsRows } from '../../contract/dataset';
import { type ExportKind, exportKinds, type FileMode } from '../../contract/exports';
import type { Picture } from '../../contract/pictures';
import type { CancellationSignal, Progress } from '../../core/job/jobContext';
import type { PrintPdf } from '../report/printPdf';
import type { SourceRecord } from '../store/storeTypes';
import type { ReadFile } from './outputTargets';

/** Which rows leave the dataset. */
export type RemovalChoice =
  /** Rows decided 'remove'. */
  | { readonly kind: 'decisions' }
  /**
   * Labelled training rows with suspicion ≥ threshold, or the `top` most suspicious ones; rows a reviewer decided to
   * keep, relabel or look at later stay, rows decided 'remove' go in any case.
   */
  | {
      readonly kind: 'suspicion';
      readonly threshold: number;
      readonly top?: number;
      /** Also validation and test rows. Default false. */
      readonly includeValidation?: boolean;
      /** Also the last rows of a class. Default false: a class keeps at least three rows, or what it has. */
      readonly emptyClasses?: boolean;
    };

/** The pictures of rows, each with its longest side at most `side`, in the order asked for. */
export type ReadPictures = (rows: readonly number[], side: number) => Promise<readonly Picture[]>;

export interface ExportRequest {
  readonly folder: string;
  readonly kinds: readonly ExportKind[];
  readonly removal: RemovalChoice;
  /** How the folder of files is made. Default: copies. */
  readonly fileMode?: FileMode;
  /** May files that the data name be read? Default: yes. */
  readonly mayReadFiles?: () => boolean;
  readonly appVersion: string;
  /** Also replace files in the folder that Assay did not write. Default: refuse. */
  readonly overwrite?: boolean;
  /** What the command reads besides the project's own sources. */
  readonly reads?: readonly ReadFile[];
  /** Pictures of rows for the report. Default: none are shown. */
  readonly readPictures?: ReadPictures;
  /** Makes the report's PDF. Default: there is no PDF to be had. */
  readonly print?: PrintPdf | undefined;
  /** Suspicion from which a row is a suspect in the report. Default: that of the removal, else `listedFrom`. */
  readonly threshold?: number;
  /** More for the manifest: seed, parameters, command line. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly signal?: CancellationSignal;
  readonly progress?: (progress: Progress) => void;
}

/** How one of the files is written. */
export interface WritingOptions {
  readonly signal: CancellationSignal | undefined;
  /** In rows or bytes. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Endings under which delimited text goes; a cleaned copy keeps that of its input. */
const textEndings = ['.csv', '.tsv', '.txt', '.tab', '.psv'];

/** What the ending of a cleaned copy is taken from: the path of a table; a listing of a folder is CSV. */
export function sourceNameOf({ format, fingerprint }: Pick<SourceRecord, 'format' | 'fingerprint'>): string {
  return hasFilesAsRows(format) ? '' : (fingerprint.entry ?? fingerprint.path);
}

/** `source`: the path of the data file. */
export function exportFileName(kind: ExportKind, source: string): string {
  const ending = extname(source).toLowerCase();
  const own = textEndings.includes(ending) ? ending : '.csv';
  switch (kind) {
    case 'removal_list':
      return 'removal_list.csv';
    case 'cleaned':
      return `cleaned${own}`;
    case 'relabelled':
      return `relabelled${own}`;
    case 'decisions':
      return 'decisions.csv';
    case 'scores':
      return 'scores.csv';
    case 'issues':
      return 'issues.csv';
    case 'metadata':
      return 'metadata.jsonl';
    case 'fiftyone':
      return 'fiftyone.csv';
    case 'dataset':
      return 'dataset_files.csv';
    case 'report':
      return 'report.html';
    case 'report_pdf':
      return 'report.pdf';
    case 'manifest':
      return 'manifest.json';
  }
}

/** The files that an export of these kinds writes, the manifest always and last. */
export function exportFileNames(source: string, kinds: readonly ExportKind[]): string[] {
  return exportKinds
    .filter((kind) => kind === 'manifest' || kinds.includes(kind))
    .map((kind) => exportFileName(kind, source));
}
