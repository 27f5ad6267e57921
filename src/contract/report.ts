import * as z from 'zod';

/** What can be marked to be in the report, of the runs that a project keeps. */
const runKindSchema = z.enum(['verification', 'explanation', 'groups']);
export type ReportRunKind = z.infer<typeof runKindSchema>;

/** Marks of a kind: each makes a part of the report, which people are to read. */
export const mostMarked = 20;

/** As the engine named it. */
const runIdSchema = z.string().min(1).max(100);
const marksSchema = z.array(runIdSchema).max(mostMarked).default([]);

/** The runs that are to be in the report, by their ids, the first marked first. */
export const reportMarksSchema = z.object({ verification: marksSchema, explanation: marksSchema, groups: marksSchema });
export type ReportMarks = z.infer<typeof reportMarksSchema>;

export const markRequestSchema = z.object({ kind: runKindSchema, id: runIdSchema, marked: z.boolean() });
export type MarkRequest = z.infer<typeof markRequestSchema>;

/** The report as it would be written now. */
export const reportPreviewSchema = z.object({
  /** Its verdict in one line. */
  title: z.string(),
  /** As one file of HTML. */
  bytes: z.int().nonnegative(),
  /** Suspicion from which a row is a suspect in it. */
  threshold: z.number(),
  /** Rows it names. */
  rows: z.int().nonnegative(),
  /** Runs in it by their marks. */
  verifications: z.int().nonnegative(),
  explanations: z.int().nonnegative(),
  comparisons: z.int().nonnegative(),
});
export type ReportPreview = z.infer<typeof reportPreviewSchema>;
