import * as z from 'zod';
import { validationLabelsSchema } from './audit';
import { rowSchema } from './dataset';
import { selectionSchema } from './review';

/** Validation rows that are named, at most. */
export const mostMovedRows = 200;

/** What is done to the rows in thought: left out of the fit, or given another label. */
const editKindSchema = z.enum(['remove', 'relabel']);
export type EditKind = z.infer<typeof editKindSchema>;

export const editShiftRequestSchema = z.object({ selection: selectionSchema, edit: editKindSchema });

const measuredSchema = z.object({ loss: z.number(), accuracy: z.number().nullable() });

/** One class of the validation rows; shares are by the weights of their labels. */
const classShiftSchema = z.object({
  label: z.string(),
  rows: z.int().positive(),
  lossBefore: z.number(),
  lossAfter: z.number(),
  /** lossAfter − lossBefore without cancellation. */
  lossChange: z.number(),
  /** Share of the class that is predicted to be of it (recall), 0 … 1. */
  rightBefore: z.number(),
  rightAfter: z.number(),
});

/** A validation row whose prediction changes. */
const movedRowSchema = z.object({
  row: rowSchema,
  id: z.string(),
  /** It is of the dataset, and can be looked at in Review; else of a validation file. */
  shown: z.boolean(),
  /** The label it is taken to have; null where none is likely enough. */
  label: z.string().nullable(),
  before: z.string(),
  after: z.string(),
  /** Of `label`; null where there is none, or labels are numbers. */
  probabilityBefore: z.number().nullable(),
  probabilityAfter: z.number().nullable(),
  /** By its label; numbers become right by coming nearer to it. */
  becomes: z.enum(['wrong', 'right', 'other']),
});
export type MovedRow = z.infer<typeof movedRowSchema>;

/**
 * What removing or relabelling a selection would do to the validation rows, in all, by class and by row. Effects of
 * relabelling are one Newton step on the edited labels, refined once.
 */
export const editShiftSchema = z.object({
  edit: editKindSchema,
  /** How it was estimated; null: nothing could be said, `note` says why. */
  method: z.enum(['newton', 'rif', 'relabel']).nullable(),
  /** Training rows that are edited: to relabel, those of which another label is known. */
  editedRows: z.int().nonnegative(),
  /** Training rows that would keep their label: the suggestion is the one they have, or there is none. */
  sameLabel: z.int().nonnegative(),
  /** Rows that do not train. */
  otherRows: z.int().nonnegative(),
  validationLabels: validationLabelsSchema,
  before: measuredSchema.nullable(),
  after: measuredSchema.extend({ becameRight: z.int().nonnegative(), becameWrong: z.int().nonnegative() }).nullable(),
  /** Those with validation rows; none for numeric labels. */
  classes: z.array(classShiftSchema),
  /** Validation rows whose predicted class changes; numeric labels: all. */
  movedRows: z.int().nonnegative(),
  /** Those that become wrong first, then right, by how far the probability moves; numbers by how far they move. */
  moved: z.array(movedRowSchema).max(mostMovedRows),
  note: z.string(),
});
export type EditShift = z.infer<typeof editShiftSchema>;
