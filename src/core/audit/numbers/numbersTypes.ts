import type { L2Choice } from '../../l2/l2Types';
import type { LabelScaleKind } from '../../ranking/numbers/labelScale';
import type { ExpertName } from '../../ranking/suspicion/expertNames';
import type { LabelSignal } from '../../ranking/suspicion/labelSignal';
import type { AuditInput, AuditResult, FittedHead, HeadColumns, RankingColumns } from '../auditTypes';

/** What an audit of numeric labels is made of, beside what every audit is. */
export interface NumbersInput extends Pick<
  AuditInput,
  'features' | 'split' | 'unpenalised' | 'l2' | 'neighbours' | 'rowWeights' | 'vouched'
> {
  /** n finite numbers, NaN = unlabelled. */
  readonly labels: Float64Array;
  readonly options?: NumbersOptions;
}

interface NumbersOptions extends Pick<NonNullable<AuditInput['options']>, 'rowSpace' | 'l2Range' | 'validationLabels'> {
  /** Whose predictions are pooled. Default: all five, without forests where the features are too many for them. */
  readonly experts?: readonly ExpertName[];
  /** How often rows are judged, from the second time on without the suspicious ones; 1 or 2. Default 2. */
  readonly rounds?: number;
}

/** One entry per row; NaN = an empty cell. As those of class labels, less what only classes have. */
export interface NumbersColumns
  extends Omit<HeadColumns, 'probability' | 'looProbability'>, Omit<RankingColumns, 'suggestedLabel'> {
  /** The given labels. */
  readonly givenValue: Float64Array;
  /** What the pooled experts suggest, for every row, and the interval that holds nine right labels in ten. */
  readonly suggestedValue: Float64Array;
  readonly suggestedLow: Float64Array;
  readonly suggestedHigh: Float64Array;
}

/** Half the mean squared error of the head on labelled rows, and R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)². */
export interface NumbersSplit {
  readonly rows: number;
  readonly meanLoss: number;
  /** At most 1; NaN where all labels are equal. */
  readonly rSquared: number;
  /** The same by the given labels, where they are taken otherwise. */
  readonly given?: Omit<NumbersSplit, 'rows' | 'given'>;
}

type Shared = Pick<
  AuditResult,
  | 'l2Choice'
  | 'beliefs'
  | 'validationLabels'
  | 'experts'
  | 'expertsLeftOut'
  | 'neighbours'
  | 'effectiveDof'
  | 'maxLeverage'
  | 'highLeverageRows'
  | 'unlabelledRows'
  | 'warnings'
>;

export interface NumbersResult extends Shared {
  readonly columns: NumbersColumns;
  readonly head: FittedHead;
  readonly l2Choice: L2Choice | null;
  /** On what scale labels were compared. */
  readonly scale: LabelScaleKind;
  /** Estimated share of wrong labels, 0 … 0.4. */
  readonly errorShare: number;
  /** R² of the pooled predictions, each row left out, on that scale and over the rows that were not set aside. */
  readonly pooledRSquared: number;
  /** Rows that were suspicious at first, and did not take part when the others were judged again. */
  readonly setAside: number;
  /** Whether the features tell anything about the labels; where not, no row is suspicious. */
  readonly signal: LabelSignal;
  readonly train: NumbersSplit;
  readonly leaveOneOut: NumbersSplit;
  /** By the labels as `validationLabels` takes them. */
  readonly validation: NumbersSplit | null;
  readonly test: NumbersSplit | null;
}
