import type { AuditColumns } from '../core/audit/auditTypes';
import type { NumbersColumns } from '../core/audit/numbers/numbersTypes';
import type { IssueName, MediaColumns } from '../core/media/mediaIssues';
import { mediaScores } from './mediaScores';

/** What an audit takes labels for. */
export type LabelKind = 'classes' | 'numbers';

/** A score of a row: a number of the audit, empty in rows that do not have it. */
interface Score {
  /** In the table of scores, scores.csv, queries and the window's layout. */
  readonly name: string;
  /** In the audit and in messages. */
  readonly field: Exclude<keyof (AuditColumns & NumbersColumns & MediaColumns), 'rank' | 'suggestedLabel' | 'reasons'>;
  /** What labels have it; both where nothing is said. */
  readonly of?: LabelKind;
  /** Which issue of pictures or texts was looked for where there is such a score; none: every audit has it. */
  readonly issue?: IssueName;
  /**
   * `effect`: change of the mean validation loss if the row is removed, positive = removing raises it (the row helps).
   */
  readonly kind: 'figure' | 'effect';
  /**
   * The values that speak against a row (leverage: that decide its prediction), and come first when the table is sorted
   * by them.
   */
  readonly first: 'large' | 'small';
  /** Over its column. */
  readonly title: string;
  /** Where there is room for more than the title. */
  readonly longTitle?: string;
  /** What the number is and which way it points. */
  readonly explanation: string;
}

/**
 * Every score there is beside the suspicion. The table of scores, its queries, scores.csv, the messages and the
 * window's columns derive theirs from here, so that a new one is computed in core/audit and listed here, and nothing
 * else; projects from before it show it as empty. The order is that of scores.csv.
 */
const scores = [
  {
    name: 'given_value',
    field: 'givenValue',
    of: 'numbers',
    kind: 'figure',
    first: 'large',
    title: 'given',
    longTitle: 'given value',
    explanation: 'The label as a number',
  },
  {
    name: 'suggested_value',
    field: 'suggestedValue',
    of: 'numbers',
    kind: 'figure',
    first: 'large',
    title: 'suggested',
    longTitle: 'suggested value',
    explanation: 'What rows like this one suggest, by experts that have not seen its label',
  },
  {
    name: 'suggested_low',
    field: 'suggestedLow',
    of: 'numbers',
    kind: 'figure',
    first: 'large',
    title: 'from',
    longTitle: 'interval from',
    explanation: 'The interval from here on holds nine right labels of such rows in ten',
  },
  {
    name: 'suggested_high',
    field: 'suggestedHigh',
    of: 'numbers',
    kind: 'figure',
    first: 'large',
    title: 'to',
    longTitle: 'interval to',
    explanation: 'The interval up to here holds nine right labels of such rows in ten',
  },
  {
    name: 'loss',
    field: 'loss',
    kind: 'figure',
    first: 'large',
    title: 'loss',
    explanation: 'Loss of the given label under the fitted head; larger = harder',
  },
  {
    name: 'probability',
    field: 'probability',
    of: 'classes',
    kind: 'figure',
    first: 'small',
    title: 'probability',
    explanation: 'Probability of the given label under the fitted head',
  },
  {
    name: 'loo_probability',
    field: 'looProbability',
    of: 'classes',
    kind: 'figure',
    first: 'small',
    title: 'prob., left out',
    longTitle: 'probability, left out',
    explanation: 'Probability of the given label with the row left out, by RIF',
  },
  {
    name: 'loo_loss',
    field: 'looLoss',
    kind: 'figure',
    first: 'large',
    title: 'loss, left out',
    explanation: 'Loss of the given label with the row left out, by RIF',
  },
  {
    name: 'leverage',
    field: 'leverage',
    kind: 'figure',
    first: 'large',
    title: 'leverage',
    explanation: 'How far the row decides its own prediction',
  },
  {
    name: 'self_influence_if',
    field: 'selfInfluenceIf',
    kind: 'figure',
    first: 'large',
    title: 'self-infl. IF',
    longTitle: 'self-influence IF',
    explanation: 'Rise of the row’s own loss when it is removed, by IF',
  },
  {
    name: 'self_influence_rif',
    field: 'selfInfluenceRif',
    kind: 'figure',
    first: 'large',
    title: 'self-infl. RIF',
    longTitle: 'self-influence RIF',
    explanation: 'Rise of the row’s own loss when it is removed, by RIF',
  },
  {
    name: 'val_loss_if',
    field: 'valLossIf',
    kind: 'effect',
    first: 'small',
    title: 'the same by IF',
    longTitle: 'val. loss, IF',
    explanation: 'Change of the mean validation loss if the row is removed, by IF',
  },
  {
    name: 'val_loss_rif',
    field: 'valLossRif',
    kind: 'effect',
    first: 'small',
    title: 'if removed, val. loss',
    longTitle: 'val. loss, RIF',
    explanation: 'Change of the mean validation loss if the row is removed, by RIF. Negative: the row harms',
  },
  ...mediaScores,
] as const satisfies readonly Score[];

export type ScoreName = (typeof scores)[number]['name'];
export type ScoreField = (typeof scores)[number]['field'];

export interface ScoreColumn extends Score {
  readonly name: ScoreName;
  readonly field: ScoreField;
}

export const scoreColumns: readonly ScoreColumn[] = scores;

/** What decides which scores an audit has. */
export interface ScoredAudit {
  readonly labels: LabelKind;
  /** Issues of pictures and texts that were looked for. */
  readonly issues: readonly IssueName[];
}

/** Those that such an audit has. */
export function scoreColumnsOf(audit: ScoredAudit): readonly ScoreColumn[] {
  return scoreColumns.filter((score) => hasScore(score, audit));
}

export function hasScore({ of, issue }: Pick<ScoreColumn, 'of' | 'issue'>, { labels, issues }: ScoredAudit): boolean {
  return (of === undefined || of === labels) && (issue === undefined || issues.includes(issue));
}

/** A value for each score, by its field. */
export function mapScores<Value>(valueOf: (score: ScoreColumn) => Value): Record<ScoreField, Value> {
  // Each field has its entry.
  return Object.fromEntries(scoreColumns.map((score) => [score.field, valueOf(score)])) as Record<ScoreField, Value>;
}
