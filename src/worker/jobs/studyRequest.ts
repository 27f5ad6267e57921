import type { AuditSettings } from '../../contract/audit';
import type { ValidationLabels } from '../../core/influence/measurements/validationLabels';
import type { Studies, StudyKind } from '../../core/study/runStudy';
import type { ComputeHeadInput } from '../compute/thread/messages';
import type { FeaturePipeline } from '../datasets/datasetTypes';

/** A head's input with what rows and classes are called. */
export interface HeadData {
  readonly input: ComputeHeadInput;
  /** Rows of the dataset itself; those of a validation file come after them. */
  readonly rows: number;
  /** Empty for the ridge head. */
  readonly classes: readonly string[];
  /** How the features are made of the columns. */
  readonly pipeline: FeaturePipeline;
}

/** A row that is in no file: its features, and the number of its class; −1 = unlabelled. */
export interface ExtraRow {
  readonly features: Float64Array;
  readonly label: number;
}

/** Which head is studied: the latest audit's, or one fitted to the data as these settings say. */
export type StudiedSource =
  | {
      readonly from: 'audit';
      readonly backend?: AuditSettings['backend'];
      /** Default: as the audit took them. */
      readonly validationLabels?: ValidationLabels | undefined;
      /** One row more, held out, behind all others. */
      readonly extraRow?: ExtraRow | undefined;
    }
  | { readonly from: 'data'; readonly settings: AuditSettings };

/** One long question about a head. */
export interface StudyRequest<Kind extends StudyKind> {
  readonly head: StudiedSource;
  readonly kind: Kind;
  /** Made once the data is known: rows may be named by columns. */
  readonly question: (data: HeadData) => Studies[Kind]['question'] | Promise<Studies[Kind]['question']>;
  readonly seed: number;
}
