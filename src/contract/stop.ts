import * as z from 'zod';
import { rowSchema } from './dataset';

/** With the ends of its 95 % interval. */
const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
const count = z.int().nonnegative();

/** Where a review stands, and what is expected of the rest of it; see core/review/stopFigures. */
export const stopFiguresSchema = z.object({
  threshold: z.number(),
  /** Labelled training rows at or above the threshold, and what was decided about them. */
  suspects: count,
  kept: count,
  wrong: count,
  pending: count,
  later: count,
  /** Wrong of decided suspects; null before the first decision. */
  rate: estimateSchema.nullable(),
  /** Wrong labels among the pending suspects. */
  left: estimateSchema,
  /** Wrong labels among the rows below the threshold that nobody decided about. */
  below: estimateSchema.extend({
    rows: count,
    /** Found wrong there already. */
    found: count,
    basis: z.enum(['suspicion', 'seeded', 'spot-check', 'seeded and spot-check']),
    /** The spot check contradicts the seeded audit, which was left out. */
    conflict: z.boolean(),
  }),
  /** Rows below the threshold drawn at random for this audit, and what was decided about them. */
  spotCheck: z.object({ drawn: count, right: count, wrong: count, open: count }),
  /** In order of suspicion: what is expected up to there. */
  points: z
    .array(
      z.object({
        place: count,
        rank: count,
        suspicion: z.number(),
        rows: count,
        found: z.number(),
        rate: estimateSchema,
      }),
    )
    .max(1_000),
  /** What was decided, by rank. */
  bars: z.array(z.object({ from: count, to: count, decided: count, wrong: count, rate: estimateSchema })).max(100),
  /** The first pending row in that order. */
  next: z.object({ row: rowSchema, rank: count, place: count }).nullable(),
  /** How fast whoever decided last does so; null: not known yet. */
  pace: z.object({ seconds: z.number(), decisions: count }).nullable(),
});
export type StopFigures = z.infer<typeof stopFiguresSchema>;

/** Rows drawn at random to be looked at. */
export const spotCheckSchema = z.object({ rows: z.array(rowSchema).max(5_000) });
