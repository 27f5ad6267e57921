import * as z from 'zod';
import { auditEstimateSchema, auditSettingsSchema, auditSummarySchema, encoderKindSchema } from './audit';
import { cellFacetSchema, cellSpreadSchema, facetQuestionParts } from './cellFilters';
import {
  columnRoleSchema,
  columnTypeSchema,
  datasetSummarySchema,
  mostRows,
  previewSchema,
  rowIssueSchema,
  rowSchema,
  saidDialectSchema,
} from './dataset';
import {
  importChoiceSchema,
  importGroupSchema,
  importItemSchema,
  importPreviewSchema,
  readingChoiceSchema,
} from './decisions';
import { editShiftRequestSchema, editShiftSchema } from './editShift';
import { explainRequestSchema, explanationSchema } from './explain';
import { exportKindSchema, exportPlanSchema, exportResultSchema, fileModeSchema } from './exports';
import { groupComparisonSchema, groupsRequestSchema } from './groups';
import { jobSnapshotSchema } from './jobs';
import { mapColourSchema, mapLayoutSchema, mapPlacesSchema, mapValuesSchema } from './map';
import { passComparisonSchema, passDifferenceSchema, passListSchema, passRowsSchema, passSchema } from './passes';
import { pictureQuestionSchema, pictureSchema } from './pictures';
import { engineInfoSchema, grantSchema, openedProjectSchema } from './project';
import { markRequestSchema, reportMarksSchema, reportPreviewSchema } from './report';
import {
  bulkChoiceSchema,
  bulkPreviewSchema,
  decisionSchema,
  evidenceSchema,
  historyItemSchema,
  labelPairSchema,
  numberColumns,
  querySchema,
  removalEffectsSchema,
  reviewChangeSchema,
  reviewOverviewSchema,
  reviewRowSchema,
  selectionSchema,
  spreadSchema,
  viewRowsSchema,
  viewSchema,
} from './review';
import { savedChangeSchema, savedSchema } from './savedViews';
import { seededAuditSchema, seededRequestSchema } from './seeded';
import { reviewerSchema } from './shell';
import { spotCheckSchema, stopFiguresSchema } from './stop';
import { verificationSchema, verifyRequestSchema } from './verify';

const none = z.object({});
/** Names that the engine has given: of a job, of a view. */
const nameSchema = z.string().min(1).max(100);
const placeSchema = z.int().min(0).max(mostRows);
const limitSchema = z.int().min(1).max(500);
const jobStarted = z.object({ jobId: z.string() });
const passNumber = passSchema.pick({ pass: true });
const threshold = z.number().min(0).max(1);

/**
 * Every question the window may ask the engine: its parameters and its answer. The engine checks parameters, the window
 * checks answers. Names read `subject.verb`.
 */
export const engineMethods = {
  'engine.info': { params: none, result: engineInfoSchema },

  /**
   * Opens a data file: the project made from it earlier if the file is unchanged, else a new one. Starts a `load` job.
   */
  'project.openSource': { params: z.object({ grant: grantSchema }), result: openedProjectSchema },
  'project.openFolder': { params: z.object({ grant: grantSchema }), result: openedProjectSchema },
  'project.close': { params: none, result: none },
  /**
   * Gives up looking at the source that is being opened, read another way or joined, before there is a job: what asked
   * for it ends as cancelled. Nothing where nothing is looked at.
   */
  'project.cancelLooking': { params: none, result: none },
  'project.saveView': { params: z.object({ view: z.string().max(1_000_000) }), result: none },

  'dataset.summary': { params: none, result: datasetSummarySchema },
  'dataset.setColumns': {
    params: z.object({
      columns: z.array(z.object({ index: placeSchema, role: columnRoleSchema, type: columnTypeSchema })).max(200_000),
    }),
    result: datasetSummarySchema,
  },
  /**
   * Decides how labels that look alike are read (`perhaps`: also those that may be different ones), or takes the latest
   * such decision back.
   */
  'dataset.chooseLabels': {
    params: z.discriminatedUnion('choice', [
      z.object({ choice: z.enum(['merge', 'keep']), perhaps: z.boolean() }),
      z.object({ choice: z.literal('undo') }),
    ]),
    result: datasetSummarySchema,
  },
  /** Columns that give the label away and are real features all the same. */
  'dataset.acceptColumns': {
    params: z.object({ columns: z.array(z.string().max(100_000)).min(1).max(1_000) }),
    result: datasetSummarySchema,
  },

  /** The first rows as they are read now. */
  'dataset.preview': { params: none, result: previewSchema },
  /**
   * Reads the file as is said, the rest as it is found: at once the new preview, then a `load` job. A project with an
   * audit or decisions is left as it is, and a new one is opened in its place, where `asNewProject`; refused otherwise.
   */
  'dataset.reread': {
    params: z.object({ dialect: saidDialectSchema, asNewProject: z.boolean().default(false) }),
    result: openedProjectSchema,
  },
  /**
   * The data with the vectors of a second file, joined by the column `id` (null: the one that has the role id), or
   * without any (`grant` null): a project of their own, made now or found again. The one before stays as it is.
   */
  'dataset.joinEmbeddings': {
    params: z.object({ grant: grantSchema.nullable(), id: z.string().max(100_000).nullable() }),
    result: openedProjectSchema,
  },
  'dataset.issues': {
    params: z.object({ offset: placeSchema, limit: limitSchema }),
    result: z.object({ total: z.int(), issues: z.array(rowIssueSchema) }),
  },

  /** The pictures of rows in a column of picture files, in the order asked for. */
  'pictures.read': { params: pictureQuestionSchema, result: z.object({ pictures: z.array(pictureSchema) }) },

  'audit.estimate': { params: z.object({ settings: auditSettingsSchema }), result: auditEstimateSchema },
  /** Whether a file can be the encoder of texts or of pictures: its name. It is used by audits that are given it. */
  'audit.checkEncoder': {
    params: z.object({ grant: grantSchema, kind: encoderKindSchema }),
    result: z.object({ name: z.string() }),
  },
  /** `encoders`: of the analyst's own, one of a kind, in place of those that set-up brought. */
  'audit.start': {
    params: z.object({ settings: auditSettingsSchema, encoders: z.array(grantSchema).max(2).default([]) }),
    result: jobStarted,
  },
  'audit.summary': { params: none, result: auditSummarySchema.nullable() },

  'job.cancel': { params: z.object({ jobId: nameSchema }), result: none },

  'review.overview': { params: z.object({ threshold }), result: reviewOverviewSchema },
  'review.open': { params: z.object({ query: querySchema }), result: viewSchema },
  'review.page': {
    params: z.object({ viewId: nameSchema, offset: placeSchema, limit: limitSchema }),
    result: z.object({ rows: z.array(reviewRowSchema) }),
  },
  /** The row numbers of a whole view, in its order. */
  'review.viewRows': {
    params: z.object({ viewId: nameSchema }),
    result: z.object({ rows: viewRowsSchema }),
  },
  /**
   * Rows of a query by given and suggested label, the query's own filters on these left out; the most frequent pairs
   * where there are too many.
   */
  'review.labelPairs': {
    params: z.object({ query: querySchema }),
    result: z.object({ pairs: z.array(labelPairSchema) }),
  },
  /**
   * How a column is spread over the rows of a query, the query's own filter on it left out; null where no row has a
   * number there.
   */
  'review.spread': {
    params: z.object({ query: querySchema, column: z.enum(numberColumns), bins: z.int().min(1).max(200) }),
    result: z.object({ spread: spreadSchema.nullable() }),
  },
  /** The values of a column of the data among the rows of a query, the query's own filters on it left out. */
  'review.cellFacet': {
    params: z.object({ query: querySchema, ...facetQuestionParts }),
    result: cellFacetSchema,
  },
  /** How a column of numbers or dates is spread, the query's own filters on it left out; null where it has none. */
  'review.cellSpread': {
    params: z.object({
      query: querySchema,
      column: facetQuestionParts.column,
      bins: z.int().min(1).max(200),
    }),
    result: z.object({ spread: cellSpreadSchema.nullable() }),
  },
  /** Rows by number, in the order asked for: to refresh what a decision changed. */
  'review.rows': {
    params: z.object({ rows: z.array(rowSchema).max(1000) }),
    result: z.object({ rows: z.array(reviewRowSchema) }),
  },
  /** The next undecided place in a view after `from` (exclusive), wrapping to the start; null when there is none. */
  'review.nextPending': {
    params: z.object({ viewId: nameSchema, from: z.int().min(-1).max(mostRows) }),
    result: z.object({ index: z.int().nullable() }),
  },
  /** Where a row stands in a view; null when it is not in it. */
  'review.indexOf': {
    params: z.object({ viewId: nameSchema, row: rowSchema }),
    result: z.object({ index: z.int().nullable() }),
  },
  'review.decide': {
    params: z.object({ selection: selectionSchema, decision: decisionSchema.nullable(), threshold }),
    result: reviewChangeSchema,
  },
  /** Decides each of many rows, as one change: one undo takes all of it back. */
  'review.decideEach': {
    params: z.object({ selection: selectionSchema, choice: bulkChoiceSchema, threshold }),
    result: reviewChangeSchema,
  },
  /** What it would change, before it is done. */
  'review.preview': {
    params: z.object({ selection: selectionSchema, choice: bulkChoiceSchema }),
    result: bulkPreviewSchema,
  },
  'review.note': {
    params: z.object({ selection: selectionSchema, note: z.string().max(10_000), threshold }),
    result: reviewChangeSchema,
  },
  /** Takes back the latest change; null when there is nothing to undo. */
  'review.undo': { params: z.object({ threshold }), result: reviewChangeSchema.nullable() },
  'review.redo': { params: z.object({ threshold }), result: reviewChangeSchema.nullable() },
  'review.history': {
    params: z.object({ offset: placeSchema, limit: limitSchema, row: rowSchema.optional() }),
    result: z.object({ total: z.int(), items: z.array(historyItemSchema) }),
  },
  'review.evidence': { params: z.object({ row: rowSchema }), result: evidenceSchema },
  'review.removalEffects': { params: z.object({ selection: selectionSchema }), result: removalEffectsSchema },
  /** What removing or relabelling a selection would do, by class and by validation row. */
  'review.editShift': { params: editShiftRequestSchema, result: editShiftSchema },
  /** A selection as tab-separated text with headers, for the clipboard; at most 100,000 rows. */
  'review.copy': {
    params: z.object({ selection: selectionSchema }),
    result: z.object({ text: z.string(), rowCount: z.int() }),
  },

  /** Whether a file that was dropped says by its columns that it is about decisions, and is no data. */
  'decisions.recognise': { params: z.object({ grant: grantSchema }), result: z.object({ decisions: z.boolean() }) },
  /** What the decisions in a file would change; nothing is changed. One file at a time is looked at. */
  'decisions.preview': {
    params: z.object({ grant: grantSchema, choice: readingChoiceSchema.default({}) }),
    result: importPreviewSchema,
  },
  /** Some of its lines, of one group. */
  'decisions.page': {
    params: z.object({ importId: nameSchema, group: importGroupSchema, offset: placeSchema, limit: limitSchema }),
    result: z.object({ items: z.array(importItemSchema) }),
  },
  /** Takes them over, all in one change; null when there was nothing to take. */
  'decisions.apply': {
    params: z.object({ importId: nameSchema, choice: importChoiceSchema, threshold }),
    result: reviewChangeSchema.nullable(),
  },

  /** Saved views and work lists, each change on disk when it is answered. */
  'saved.read': { params: none, result: savedSchema },
  'saved.change': { params: z.object({ change: savedChangeSchema }), result: savedSchema },

  /** Makes a second pass of the file, which has ended: it can be compared. */
  'decisions.asPass': {
    params: z.object({ importId: nameSchema, reviewer: reviewerSchema.min(1) }),
    result: z.object({ pass: z.int().positive() }),
  },

  'passes.list': { params: none, result: passListSchema },
  /** Begins a second pass: from then on its rows and what is decided in it are all that the review shows. */
  'passes.start': { params: z.object({ of: passRowsSchema, reviewer: reviewerSchema }), result: none },
  /** Goes on with a pass that was put aside. */
  'passes.enter': { params: passNumber, result: none },
  'passes.leave': { params: z.object({ state: z.enum(['aside', 'ended']) }), result: none },
  /** How far a pass that has ended agrees with what was decided before; refused while one is under way. */
  'passes.compare': { params: passNumber, result: passComparisonSchema },
  /** Both decisions about a row; null where they do not differ. */
  'passes.difference': {
    params: passNumber.extend({ row: rowSchema }),
    result: z.object({ difference: passDifferenceSchema.nullable() }),
  },
  /** Takes one of both decisions about a row as the project's own. */
  'passes.settle': {
    params: passNumber.extend({ row: rowSchema, take: z.enum(['first', 'second']), threshold }),
    result: reviewChangeSchema.nullable(),
  },

  /** Where the rows stand on a map; null: of `umap`, before a job has found it for the latest audit. */
  'map.places': {
    params: z.object({ layout: mapLayoutSchema }),
    result: z.object({ places: mapPlacesSchema.nullable() }),
  },
  /** Starts a `map` job: places the rows among their neighbours (UMAP), for `map.places`. */
  'map.start': { params: none, result: jobStarted },
  /** What the rows of a map are coloured by. */
  'map.values': { params: z.object({ by: mapColourSchema }), result: mapValuesSchema },

  /** Starts a `verify` job: retrains without the selection and without random removals beside it. */
  'verify.start': { params: verifyRequestSchema, result: jobStarted },
  /** The verification that a job has made; null when there is none of that id. */
  'verify.result': { params: z.object({ jobId: nameSchema }), result: verificationSchema.nullable() },
  /** Verifications kept in the project, latest first. */
  'verify.list': { params: none, result: z.object({ verifications: z.array(verificationSchema) }) },

  /** The row with this id, or of this number: “17”, or “row:17” where ids are numbers too. */
  'rows.find': { params: z.object({ text: z.string().min(1).max(100_000) }), result: z.object({ row: rowSchema }) },

  /** Starts an `explain` job: the training rows behind a prediction, and what has to go to change it. */
  'explain.start': { params: explainRequestSchema, result: jobStarted },
  /** Explanations kept in the project, latest first. */
  'explain.list': { params: none, result: z.object({ explanations: z.array(explanationSchema) }) },

  /** Starts a `groups` job: what leaving out the rows of each value of a column does. */
  'groups.start': { params: groupsRequestSchema, result: jobStarted },
  /** Comparisons kept in the project, latest first. */
  'groups.list': { params: none, result: z.object({ comparisons: z.array(groupComparisonSchema) }) },

  /** The runs that are to be in the report, by their ids. */
  'report.marks': { params: none, result: reportMarksSchema },
  /** Marks a run of the project to be in the report, or takes the mark away; all marks. */
  'report.mark': { params: markRequestSchema, result: reportMarksSchema },
  /** Composes the report without writing it. */
  'report.preview': { params: z.object({ threshold }), result: reportPreviewSchema },

  /** Where the review stands, and what is expected of the rows that are left. */
  'stop.figures': { params: z.object({ threshold }), result: stopFiguresSchema },
  /**
   * Rows below the threshold drawn at random to be looked at: the undecided ones of the latest such sample, else of a
   * new one of up to `count`.
   */
  'stop.spotCheck': { params: z.object({ threshold, count: limitSchema }), result: spotCheckSchema },

  /** Starts a `seeded` job: plants errors in copies of the data, to see how many of them are found. */
  'seeded.start': { params: seededRequestSchema, result: jobStarted },
  /** Seeded audits kept in the project, latest first. */
  'seeded.list': { params: none, result: z.object({ seeded: z.array(seededAuditSchema) }) },

  /** `grant`: a folder, to tell which files in it are in the way. */
  'export.plan': { params: z.object({ threshold, grant: grantSchema.optional() }), result: exportPlanSchema },
  'export.start': {
    params: z.object({
      grant: grantSchema,
      kinds: z.array(exportKindSchema).min(1).max(20),
      fileMode: fileModeSchema.default('copy'),
      /** Suspicion from which a row is a suspect in the report. */
      threshold,
      /** The person allowed to replace the files that are in the way. */
      overwrite: z.boolean().default(false),
    }),
    result: jobStarted,
  },
  'export.result': { params: none, result: exportResultSchema.nullable() },
} as const;

export type EngineMethod = keyof typeof engineMethods;
/** What a caller passes (defaults may be left out). */
export type EngineParams<M extends EngineMethod> = z.input<(typeof engineMethods)[M]['params']>;
/** What the engine's handler gets (defaults filled in). */
export type EngineParsedParams<M extends EngineMethod> = z.output<(typeof engineMethods)[M]['params']>;
export type EngineResult<M extends EngineMethod> = z.output<(typeof engineMethods)[M]['result']>;

/** What the engine says unasked. */
export const engineEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('job'), job: jobSnapshotSchema }),
  /**
   * What is done where opening a source takes a while before there is a job (“Listing many: 84,000 files”); null when
   * that has ended.
   */
  z.object({ kind: z.literal('looking'), text: z.string().max(1_000).nullable() }),
  /** Rows and problems read so far, while a file is being read: nothing else of its summary has changed. */
  z.object({ kind: z.literal('reading'), rowCount: z.int().nonnegative(), issueCount: z.int().nonnegative() }),
  /** The data changed: loading complete, types settled. */
  z.object({ kind: z.literal('dataset'), dataset: datasetSummarySchema }),
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;
