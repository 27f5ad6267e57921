import * as z from 'zod';
import { validationLabelsSchema } from './audit';
import { cellFilterSchemas, invertedPart } from './cellFilters';
import { rowSchema } from './dataset';
import { mapScores, scoreColumns } from './scoreColumns';

/** Characters of a label or of what is looked for. */
const longestText = 1_000_000;

export const decisionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keep') }),
  z.object({ kind: z.literal('remove') }),
  z.object({ kind: z.literal('relabel'), label: z.string().min(1).max(longestText) }),
  z.object({ kind: z.literal('later') }),
]);

const splitSchema = z.enum(['train', 'validation', 'test', 'unlabelled']);
export type Split = z.infer<typeof splitSchema>;

const scoreNames = scoreColumns.map(({ name }) => name);

export const numberColumns = ['rank', 'row', 'suspicion', ...scoreNames] as const;
export type NumberColumn = (typeof numberColumns)[number];

/** What the review table sorts by; the names are those of scores.csv where there is one there. */
export const reviewColumns = [
  ...numberColumns,
  'id',
  'split',
  'given_label',
  'suggested_label',
  'reasons',
  'decision',
] as const;
const reviewColumnSchema = z.enum(reviewColumns);
export type ReviewColumn = z.infer<typeof reviewColumnSchema>;

/**
 * pending: labelled training rows at or above the threshold without a decision · decided: kept, removed or relabelled ·
 * later: flagged · evaluation: validation and test rows at or above the threshold, reported apart · all: every row.
 */
const queueSchema = z.enum(['pending', 'decided', 'later', 'evaluation', 'all']);
export type Queue = z.infer<typeof queueSchema>;

/** Each can be inverted: then it lets through the rows that it would not. */
const filterSchema = z.discriminatedUnion('kind', [
  z.object({
    ...invertedPart,
    kind: z.literal('in'),
    column: z.enum(['given_label', 'suggested_label', 'split', 'decision', 'reasons']),
    /** For decision: undecided, keep, remove, relabel, later. For reasons: rows having any of them. */
    values: z.array(z.string().max(longestText)).min(1).max(10_000),
  }),
  z.object({
    ...invertedPart,
    kind: z.literal('range'),
    column: z.enum(numberColumns),
    min: z.number().nullable(),
    max: z.number().nullable(),
  }),
  z.object({
    ...invertedPart,
    kind: z.literal('rows'),
    /** Every filter says what it is on. */
    column: z.literal('rows'),
    /** By number. */
    rows: z.array(rowSchema).min(1).max(5_000),
    /** What they are, for people: “9 rows behind the prediction of row 17”. */
    words: z.string().max(200),
  }),
  z.object({
    ...invertedPart,
    kind: z.literal('list'),
    column: z.literal('list'),
    /** Of a work list: see savedViews.ts. */
    list: z.string().min(1).max(100),
    /** Its name. */
    words: z.string().max(200),
  }),
  ...cellFilterSchemas,
]);
export type Filter = z.infer<typeof filterSchema>;

export const querySchema = z.object({
  queue: queueSchema,
  /** Suspicion at or above which a row is a suspect. */
  threshold: z.number().min(0).max(1),
  filters: z.array(filterSchema).max(100),
  /** Plain text looked for in id, labels, note and every column of texts, case ignored; '' = all. */
  search: z.string().max(longestText),
  sort: z.array(z.object({ column: reviewColumnSchema, descending: z.boolean() })).max(100),
});
export type Query = z.infer<typeof querySchema>;

/** Null stands for an empty cell (validation rows have no influence; unlabelled rows no loss). */
const score = z.number().nullable();

export const reviewRowSchema = z.object({
  row: rowSchema,
  id: z.string(),
  split: splitSchema,
  rank: z.int().nullable(),
  givenLabel: z.string(),
  suggestedLabel: z.string(),
  suspicion: score,
  ...mapScores(() => score),
  reasons: z.array(z.string()),
  decision: decisionSchema.nullable(),
  note: z.string(),
  /** Grey levels 0 (white) – 255 (black) where the dataset has pictures. */
  picture: z.array(z.number()).nullable(),
  /** How the row's text begins, on one line, where a column of texts is a feature. */
  snippet: z.string().nullable(),
  /** How the cells of its key columns begin, on one line each: see keyColumns.ts. */
  cells: z.array(z.string()),
});
export type ReviewRow = z.infer<typeof reviewRowSchema>;

/** A view is the order of rows a query had when it was opened: deciding a row does not move it. */
export const viewSchema = z.object({ viewId: z.string(), total: z.int().nonnegative() });
export type View = z.infer<typeof viewSchema>;

/** The rows of a view by number, in its order. */
export const viewRowsSchema = z.custom<Int32Array>((data) => data instanceof Int32Array, 'No row numbers.');

/** How many rows have a given label and a suggestion. */
export const labelPairSchema = z.object({ given: z.string(), suggested: z.string(), rows: z.int().positive() });
export type LabelPair = z.infer<typeof labelPairSchema>;

/** How a column of numbers is spread: rows per bin, bins of equal width from `low` to `high`. */
export const spreadSchema = z.object({
  low: z.number(),
  high: z.number(),
  counts: z.array(z.int().nonnegative()),
  /** Rows without a number. */
  empty: z.int().nonnegative(),
});
export type Spread = z.infer<typeof spreadSchema>;

/** Which rows are meant: a list, or everything in a view but a few (constant time for "select all"). */
export const selectionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rows'), rows: z.array(rowSchema).max(200_000) }),
  z.object({ kind: z.literal('view'), viewId: z.string().min(1).max(100), except: z.array(rowSchema).max(200_000) }),
]);
export type Selection = z.infer<typeof selectionSchema>;

/**
 * What is asked for many rows at once; what it decides can differ from row to row: `take` their own suggested label,
 * `class` this one, or keep a row that has it. `restore`: back to undecided.
 */
export const bulkChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['keep', 'remove', 'later', 'restore', 'take']) }),
  z.object({ kind: z.literal('class'), label: z.string().min(1).max(longestText) }),
]);
export type BulkChoice = z.infer<typeof bulkChoiceSchema>;

const standingSchema = z.enum(['undecided', 'keep', 'remove', 'relabel', 'later']);
export type Standing = z.infer<typeof standingSchema>;

/** What deciding rows would change. */
export const bulkPreviewSchema = z.object({
  rows: z.int().nonnegative(),
  /** Rows by what they are now and what they would be, most rows first; those that would stay as they are too. */
  changes: z.array(
    z.object({ from: standingSchema, to: standingSchema, rows: z.int().positive(), stay: z.int().nonnegative() }),
  ),
  /** Validation and test rows among them. */
  evaluationRows: z.int().nonnegative(),
});
export type BulkPreview = z.infer<typeof bulkPreviewSchema>;

const facetSchema = z.array(z.object({ value: z.string(), count: z.int().nonnegative() }));

export const reviewOverviewSchema = z.object({
  rowsInAll: z.int().nonnegative(),
  rankedRows: z.int().nonnegative(),
  pending: z.int().nonnegative(),
  kept: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  relabelled: z.int().nonnegative(),
  later: z.int().nonnegative(),
  evaluationSuspects: z.int().nonnegative(),
  /** Share of decided rows found wrong, with its 95 % interval; null before the first decision. */
  rate: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
  wrongLeft: z.number().nullable(),
  /** Rows (training, labelled) per bin of suspicion, bins of equal width from 0 to 1. */
  histogram: z.array(z.int().nonnegative()),
  /** Of the labelled training rows; null without any. */
  highestSuspicion: z.number().nullable(),
  facets: z.object({ givenLabel: facetSchema, reasons: facetSchema, split: facetSchema }),
  undo: z.string().nullable(),
  redo: z.string().nullable(),
  redoCount: z.int().nonnegative(),
});
export type ReviewOverview = z.infer<typeof reviewOverviewSchema>;

/** What a decision, an undo or a redo did: already on disk when it arrives. */
export const reviewChangeSchema = z.object({
  seq: z.int().positive(),
  title: z.string(),
  /** The rows changed, at most 1,000 of them; `rowCount` is their number. */
  rows: z.array(rowSchema),
  rowCount: z.int().nonnegative(),
  overview: reviewOverviewSchema,
});
export type ReviewChange = z.infer<typeof reviewChangeSchema>;

export const historyItemSchema = z.object({
  seq: z.int().positive(),
  time: z.string(),
  reviewer: z.string(),
  title: z.string(),
  state: z.enum(['done', 'undone']),
});
export type HistoryItem = z.infer<typeof historyItemSchema>;

const neighbourSchema = z.object({
  row: rowSchema,
  id: z.string(),
  label: z.string(),
  distance: z.number(),
  picture: z.array(z.number()).nullable(),
});

/** Where a row stands among all rows that have a score. */
const rowStandingSchema = z.object({
  column: z.enum(numberColumns),
  /** 1 = first from the side that speaks against a row; of equal rows the first. */
  rank: z.int().positive(),
  /** That have the score. */
  rows: z.int().positive(),
  /** Of the others, those that come after it, 0–1. */
  share: z.number().min(0).max(1),
});
export type RowStanding = z.infer<typeof rowStandingSchema>;

/** A validation row, and what removing another row does to its loss. */
const pulledRowSchema = z.object({
  row: rowSchema,
  id: z.string(),
  /** As it is taken to be; '' where nothing is likely. */
  label: z.string(),
  loss: z.number(),
  /** If the row is removed: positive = its loss rises, so that the row helps it. */
  change: z.number(),
  picture: z.array(z.number()).nullable(),
});
export type PulledRow = z.infer<typeof pulledRowSchema>;

/** Everything the evidence card says about one row. */
export const evidenceSchema = z.object({
  row: reviewRowSchema,
  /** Every input cell: column name, text as in the file, role. */
  cells: z.array(z.object({ column: z.string(), text: z.string(), role: z.string() })),
  /** Out-of-sample probability of each class, highest first: the 12 highest, and the given one. */
  classProbabilities: z.array(z.object({ label: z.string(), probability: z.number() })),
  /** Nearest labelled rows with the given and with the suggested label; numeric labels: with any, and none. */
  nearestGiven: z.array(neighbourSchema),
  nearestSuggested: z.array(neighbourSchema),
  /** Share of training rows whose removal lowers validation loss by more than this row's does; null = no influence. */
  harmShare: z.number().nullable(),
  /**
   * Evaluated change of the mean validation loss if the row is relabelled as suggested; null where it does not apply.
   */
  relabelEffect: z.number().nullable(),
  /**
   * Change of the mean validation loss by the labels as given if the row is removed, by RIF, linear as
   * `val_loss_rif` is; null where these are the labels taken, or believed whole, and where there is none.
   */
  givenEffect: z.number().nullable(),
  /** It and the row's effect by the labels as taken point opposite ways, each beyond what single rows vary by. */
  labelsDisagree: z.boolean(),
  /** |RIF − Newton step| / |Newton step| of removing this row; null where it does not apply. */
  newtonGap: z.number().nullable(),
  /**
   * What the words of the row's texts add to the logit of the class `towards` against `from` (numeric labels: both
   * null; to the number), by the audit's head; null where texts were not taken by words.
   */
  tellingWords: z
    .object({
      from: z.string().nullable(),
      towards: z.string().nullable(),
      /** The words that say most, where they stand in each column's text: UTF-16 places, in rising order. */
      cells: z.array(
        z.object({
          column: z.string(),
          marks: z.array(z.object({ start: z.int().nonnegative(), end: z.int().positive(), weight: z.number() })),
        }),
      ),
      /** Words by the sums over all their places, falling. */
      words: z.array(z.object({ word: z.string(), weight: z.number() })),
    })
    .nullable(),
  standings: z.array(rowStandingSchema).max(50),
  /**
   * The validation rows that it helps and hurts most, by RIF, and how many it helps and hurts at all; null for a row
   * that does not train, or without validation rows.
   */
  pulls: z
    .object({
      helps: z.array(pulledRowSchema).max(50),
      hurts: z.array(pulledRowSchema).max(50),
      helpedRows: z.int().nonnegative(),
      hurtRows: z.int().nonnegative(),
    })
    .nullable(),
  /** Sentences that explain the reasons of this row. */
  explanations: z.array(z.string()),
});
export type Evidence = z.infer<typeof evidenceSchema>;

const effectSchema = z.object({
  /** Evaluated mean validation loss and accuracy after the change; numeric labels have no accuracy. */
  loss: z.number(),
  accuracy: z.number().nullable(),
  /** Validation rows whose predicted class changes, towards and away from the label each is taken to have. */
  becameRight: z.int().nonnegative(),
  becameWrong: z.int().nonnegative(),
});

/** What removing rows does to the validation rows, by each method; null where it cannot be said. */
const methodEffectsSchema = z.object({
  before: z.object({ loss: z.number(), accuracy: z.number().nullable() }).nullable(),
  if: effectSchema.nullable(),
  rif: effectSchema.nullable(),
  newton: effectSchema.nullable(),
});

/** What removing a selection would do; why it cannot be said is in `note`. */
export const removalEffectsSchema = methodEffectsSchema.extend({
  /** Training rows of the selection; only they have an effect. */
  trainRows: z.int().nonnegative(),
  otherRows: z.int().nonnegative(),
  /** How the labels of validation rows are taken. */
  validationLabels: validationLabelsSchema,
  /** The same by the given labels; null where those are taken, or nothing can be said. */
  given: methodEffectsSchema.nullable(),
  /** The two point opposite ways, each beyond what as many rows drawn at random vary by. */
  labelsDisagree: z.boolean(),
  note: z.string(),
  /**
   * Sentences on how far the estimates for this selection can be trusted, the worst first; empty: nothing stands
   * against them.
   */
  trust: z.array(z.string()).optional(),
});
export type RemovalEffects = z.infer<typeof removalEffectsSchema>;
