import * as z from 'zod';
import { outcomes } from '../core/review/agreement';
import { rowSchema } from './dataset';
import { statedSchema } from './decisions';
import { reviewerSchema } from './shell';

/**
 * A second pass: another person decides rows without seeing what was decided about them; then the two reviews are
 * compared, and what differs is settled in the first.
 */
export const passSchema = z.object({
  /** 1, 2, 3, … */
  pass: z.int().positive().max(1_000_000),
  /** Whose pass it is. */
  reviewer: reviewerSchema.min(1),
  /** What its rows are, for people: “all 40 decided rows”. */
  rowsAre: z.string().max(1_000),
  rowCount: z.int().positive(),
  startedAt: z.string().max(100),
  /** open: under way · aside: to be gone on with · ended: to be compared. */
  state: z.enum(['open', 'aside', 'ended']),
  /** Number of the last entry of the project's own log when it ended; null before. */
  endSeq: z.int().nonnegative().nullable(),
});
export type Pass = z.infer<typeof passSchema>;

export const passListSchema = z.object({
  /** Latest first, with how many rows are decided in each. */
  passes: z.array(passSchema.extend({ decided: z.int().nonnegative() })),
});
export type ListedPass = z.infer<typeof passListSchema>['passes'][number];

/** Which rows a second pass is about. */
export const passRowsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('decided') }),
  /** A random share of the decided ones. */
  z.object({ kind: z.literal('share'), share: z.number().gt(0).max(1) }),
  /** A list of row numbers or ids, one a line. */
  z.object({ kind: z.literal('list'), text: z.string().min(1).max(2_000_000) }),
]);
export type PassRows = z.infer<typeof passRowsSchema>;

const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
const outcomeSchema = z.enum(outcomes);

export const passComparisonSchema = z.object({
  pass: passSchema,
  /** Names beside the first decisions, the most frequent first; '' for nobody's. */
  firstReviewers: z.array(z.string()).max(5),
  rows: z.int().nonnegative(),
  both: z.int().nonnegative(),
  same: z.int().nonnegative(),
  share: estimateSchema.nullable(),
  kappa: estimateSchema.nullable(),
  table: z.array(z.object({ first: outcomeSchema, second: outcomeSchema, rows: z.int().positive() })),
  otherLabels: z.int().nonnegative(),
  /** Rows that differ, and how many of them have been settled since. */
  differences: z.int().nonnegative(),
  settled: z.int().nonnegative(),
  /** Those that are not settled, by number; at most 5,000. */
  open: z.array(rowSchema).max(5_000),
});
export type PassComparison = z.infer<typeof passComparisonSchema>;

/** What both made of a row, and what it is now. */
export const passDifferenceSchema = z.object({
  row: rowSchema,
  first: statedSchema.nullable(),
  second: statedSchema.nullable(),
  settled: z.boolean(),
});
export type PassDifference = z.infer<typeof passDifferenceSchema>;
