import type { AuditSettings } from '../../contract/audit';
import type { ConsensusResult } from '../../core/annotators/findConsensus';
import type { RequestedBackend } from '../compute/chooseBackend';

/** Where the labels of several annotators are. */
export type AnnotationSource =
  /** One column an annotator, by the columns' indices; a blank cell is a row that he did not label. */
  | { readonly kind: 'columns'; readonly columns: readonly number[] }
  /** A table of its own, one line a label; `columns`: what its row, annotator and label columns are called. */
  | { readonly kind: 'lines'; readonly text: string; readonly columns?: readonly string[] | undefined };

export interface AnnotatorsRequest {
  readonly source: AnnotationSource;
  /** Whether the experts take part, where there are features. */
  readonly experts: boolean;
  readonly standardize: boolean;
  readonly scale: AuditSettings['scale'];
  readonly text: AuditSettings['text'];
  readonly pictures: AuditSettings['pictures'];
  /** Rows with surplus cells, whose labels may be shifted. */
  readonly ragged: 'set-aside' | 'use';
  readonly backend: RequestedBackend;
  readonly seed: number;
}

/** What the labels of several annotators come to. */
export interface AnnotatorsReport {
  readonly result: ConsensusResult;
  /** Names in the order of the numbers in the result. */
  readonly classes: readonly string[];
  readonly annotators: readonly string[];
  /** Features that the experts looked at; 0 without. */
  readonly features: number;
  /** What is to be known of the labels as they were read, in sentences. */
  readonly warnings: readonly string[];
}
