import type { NumberColumn, ReviewColumn } from '../../../../contract/review';
import {
  hasScore,
  type ScoreColumn,
  scoreColumns,
  type ScoredAudit,
  type ScoreName,
} from '../../../../contract/scoreColumns';
import type { ColumnLayout } from '../../../stores/review/reviewPlace';
import type { WordColumn } from '../../../stores/review/reviewQuery';

export type TableColumnKey =
  | 'rank'
  | 'picture'
  | 'id'
  | 'row'
  | 'text'
  | 'labels'
  | 'split'
  | 'suspicion'
  | ScoreName
  | 'reasons'
  | 'decision'
  | 'note';

/** One column of the ranked table. Widths in CSS pixels. */
interface TableColumn {
  readonly key: TableColumnKey;
  /** In the header. */
  readonly title: string;
  /** In the menu of columns and on hover: what the number is and which way it points. */
  readonly explanation: string;
  readonly width: number;
  readonly minWidth: number;
  /** Down to which it gives way where there is no room for all; left out: it does not. */
  readonly narrowWidth?: number;
  readonly numeric: boolean;
  /** Stays at the left edge while the others scroll. */
  readonly pinned: boolean;
  /** Stays at the right edge: what was decided is always in sight. */
  readonly pinnedEnd: boolean;
  /** Shown until someone chooses otherwise. */
  readonly shown: boolean;
  /** What its header sorts by; none = it cannot. */
  readonly sorts: readonly ColumnSort[];
  readonly filters: readonly ColumnFilter[];
  /** The score it shows; none = something else. */
  readonly score?: ScoreColumn;
}

/** One thing a header can sort by; the combined column of labels has two. */
interface ColumnSort {
  readonly column: ReviewColumn;
  readonly title: string;
}

/** What a column's filter asks: words from a list, or a range of numbers. */
export type ColumnFilter =
  | { readonly kind: 'words'; readonly column: WordColumn; readonly title: string }
  | { readonly kind: 'range'; readonly column: NumberColumn; readonly title: string };

const sortBy = (by: ReviewColumn, title: string): readonly ColumnSort[] => [{ column: by, title }];
const words = (of: WordColumn, title: string): ColumnFilter => ({ kind: 'words', column: of, title });
const range = (of: NumberColumn, title: string): ColumnFilter => ({ kind: 'range', column: of, title });

const column = (key: TableColumnKey, title: string, explanation: string, rest: Partial<TableColumn>): TableColumn => ({
  key,
  title,
  explanation,
  width: 96,
  minWidth: 56,
  numeric: false,
  pinned: false,
  pinnedEnd: false,
  shown: false,
  sorts: [],
  filters: [],
  ...rest,
});

const scoreColumn = (score: ScoreColumn, layout: Partial<TableColumn> = {}): TableColumn =>
  column(score.name, score.title, score.explanation, {
    ...(score.kind === 'effect' ? { width: 152, minWidth: 120 } : { width: 112, numeric: true }),
    sorts: sortBy(score.name, score.title),
    filters: [range(score.name, score.title)],
    score,
    ...layout,
  });

/**
 * The scores in the order in which they stand, and how some are laid out; those that are not named here stand behind
 * them.
 */
const layouts: Partial<Record<ScoreName, Partial<TableColumn>>> = {
  val_loss_rif: {
    width: 146,
    narrowWidth: 120,
    shown: true,
    filters: [range('val_loss_rif', 'change of validation loss, RIF')],
  },
  val_loss_if: { filters: [range('val_loss_if', 'change of validation loss, IF')] },
  loss: {},
  loo_loss: {},
  probability: {},
  loo_probability: {},
  leverage: {},
  self_influence_rif: {},
  self_influence_if: {},
};

function placeScores(): TableColumn[] {
  const order = Object.keys(layouts);
  const place = ({ name }: ScoreColumn): number => (name in layouts ? order.indexOf(name) : order.length);
  return [...scoreColumns]
    .sort((one, other) => place(one) - place(other))
    .map((score) => scoreColumn(score, layouts[score.name]));
}

/** Every column there is, in the order in which they stand. */
const tableColumns: readonly TableColumn[] = [
  column('rank', '#', 'Rank by suspicion; 1 is the most suspicious', {
    width: 52,
    narrowWidth: 44,
    numeric: true,
    pinned: true,
    shown: true,
    sorts: sortBy('rank', '#'),
  }),
  column('picture', '', 'Picture', { width: 44, minWidth: 44, pinned: true, shown: true }),
  column('id', 'id', 'The id of the row in its file', {
    width: 100,
    narrowWidth: 64,
    pinned: true,
    shown: true,
    sorts: sortBy('id', 'id'),
  }),
  column('row', 'row', 'Place in the file, counted from 0', {
    width: 80,
    numeric: true,
    sorts: sortBy('row', 'row'),
    filters: [range('row', 'row')],
  }),
  column('text', 'text', 'How the text of the row begins', { width: 240, minWidth: 80, narrowWidth: 120, shown: true }),
  column('labels', 'given → suggested', 'The label in the file, and the most probable one', {
    width: 124,
    shown: true,
    sorts: [
      { column: 'given_label', title: 'given' },
      { column: 'suggested_label', title: 'suggested' },
    ],
    filters: [words('given_label', 'given label'), words('suggested_label', 'suggested label')],
  }),
  column('split', 'split', 'Training, validation, test or unlabelled', {
    width: 92,
    sorts: sortBy('split', 'split'),
    filters: [words('split', 'split')],
  }),
  column('suspicion', 'suspicion', 'Probability that the given label is wrong, 0 to 1', {
    width: 126,
    minWidth: 100,
    narrowWidth: 100,
    shown: true,
    sorts: sortBy('suspicion', 'suspicion'),
    filters: [range('suspicion', 'suspicion')],
  }),
  ...placeScores(),
  column('reasons', 'reasons', 'Why the row is suspicious', {
    width: 110,
    narrowWidth: 96,
    shown: true,
    filters: [words('reasons', 'reasons')],
  }),
  column('note', 'note', 'The note on the row', { width: 180 }),
  column('decision', 'decision', 'What was decided', {
    width: 80,
    narrowWidth: 72,
    pinnedEnd: true,
    shown: true,
    sorts: sortBy('decision', 'decision'),
    filters: [words('decision', 'decision')],
  }),
];

const numberLabels: Partial<TableColumn> = {
  width: 168,
  explanation: 'The label in the file, and the number that rows like this one suggest',
  sorts: [
    { column: 'given_value', title: 'given' },
    { column: 'suggested_value', title: 'suggested' },
  ],
  filters: [range('given_value', 'given label'), range('suggested_value', 'suggested label')],
};

/** The columns that such an audit has. The numbers of numeric labels stand in the column of labels. */
export function tableColumnsOf(audit: ScoredAudit): readonly TableColumn[] {
  const inLabels: readonly string[] = ['given_value', 'suggested_value'];
  return tableColumns
    .filter(({ key, score }) => !inLabels.includes(key) && (score === undefined || hasScore(score, audit)))
    .map((one) => (one.key === 'labels' && audit.labels === 'numbers' ? { ...one, ...numberLabels } : one));
}

const maxColumnWidth = 640;

export interface PlacedColumn extends TableColumn {
  /** Distance of a pinned column from the left edge. */
  readonly left: number;
  /** Somebody has given it this width. */
  readonly chosen: boolean;
}

/** Of the data, what says which columns there are and how wide their words are. */
export interface TableData extends ScoredAudit {
  readonly hasPictures: boolean;
  readonly hasTexts: boolean;
  /** Characters of the longest class and of the longest id known. */
  readonly longestClass: number;
  readonly longestId: number;
}

/** Widths until someone chooses otherwise: wide enough for the words there are, within reason. */
function widthOf({ key, width }: TableColumn, { labels, longestClass, longestId }: TableData): number {
  const between = (wanted: number, most: number): number => Math.round(Math.max(width, Math.min(most, wanted)));
  if (key === 'labels' && labels === 'classes') return between(2 * (longestClass * 7.5 + 12) + 42, 184);
  if (key === 'id') return between(longestId * 7.2 + 20, 176);
  return width;
}

/**
 * The columns to draw: the remembered widths and visibility over the defaults, pinned ones first. Columns that a later
 * version has added show as by default; the columns of pictures and texts only show where there are any.
 */
export function placeColumns(layout: readonly ColumnLayout[], data: TableData): PlacedColumn[] {
  const remembered = new Map(layout.map((one) => [one.key, one]));
  const shown = tableColumnsOf(data)
    .map((one) => {
      const own = remembered.get(one.key);
      // With the standard width only whether it is shown was chosen.
      const chosen = own !== undefined && own.width !== one.width;
      const width = chosen ? clampWidth(one, own.width) : widthOf(one, data);
      return { ...one, shown: own?.shown ?? one.shown, width, chosen };
    })
    .filter((one) => one.shown && hasColumn(one, data));
  return withPlaces([...shown.filter((one) => one.pinned), ...shown.filter((one) => !one.pinned)]);
}

function withPlaces(columns: readonly Omit<PlacedColumn, 'left'>[]): PlacedColumn[] {
  let left = 0;
  return columns.map((one) => {
    const placed = { ...one, left };
    if (one.pinned) left += one.width;
    return placed;
  });
}

/**
 * The columns in so much room (CSS pixels): where they want more, those whose width nobody chose give way together,
 * none below its narrow width.
 */
export function fitColumns(columns: readonly PlacedColumn[], room: number): readonly PlacedColumn[] {
  const missing = columns.reduce((sum, { width }) => sum + width, 0) - room;
  const spare = ({ chosen, width, narrowWidth }: PlacedColumn): number =>
    chosen || narrowWidth === undefined ? 0 : Math.max(0, width - narrowWidth);
  const spares = columns.reduce((sum, one) => sum + spare(one), 0);
  if (missing <= 0 || spares === 0) return columns;
  const share = Math.min(1, missing / spares);
  return withPlaces(columns.map((one) => ({ ...one, width: Math.floor(one.width - share * spare(one)) })));
}

/** Whether the data have what a column shows. */
export function hasColumn(
  { key }: Pick<TableColumn, 'key'>,
  { hasPictures, hasTexts }: Pick<TableData, 'hasPictures' | 'hasTexts'>,
): boolean {
  return (key !== 'picture' || hasPictures) && (key !== 'text' || hasTexts);
}

export function clampWidth(one: TableColumn, width: number): number {
  return Math.round(Math.min(maxColumnWidth, Math.max(one.minWidth, width)));
}

/** The layout after one column's width or visibility changed. */
export function withColumn(
  layout: readonly ColumnLayout[],
  key: TableColumnKey,
  change: Partial<Omit<ColumnLayout, 'key'>>,
): ColumnLayout[] {
  const standard = tableColumns.find((one) => one.key === key);
  if (standard === undefined) return [...layout];
  const own = layout.find((one) => one.key === key) ?? { key, width: standard.width, shown: standard.shown };
  const next = { ...own, ...change };
  return [...layout.filter((one) => one.key !== key), { ...next, width: clampWidth(standard, next.width) }];
}
