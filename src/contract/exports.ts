import * as z from 'zod';

export const exportKinds = [
  'removal_list',
  'cleaned',
  'relabelled',
  'decisions',
  'scores',
  'issues',
  'metadata',
  'fiftyone',
  'dataset',
  'report',
  'report_pdf',
  'manifest',
] as const;
export const exportKindSchema = z.enum(exportKinds);
export type ExportKind = z.infer<typeof exportKindSchema>;

/** What can be written of this dataset, and what would be in it. The manifest is always written. */
export const exportPlanSchema = z.object({
  files: z.array(
    z.object({
      kind: exportKindSchema,
      /** Of several, all of them. */
      fileName: z.string(),
      /** Rows or changed labels it would hold. */
      count: z.int().nonnegative(),
      description: z.string(),
      available: z.boolean(),
      /** Why it is not available; '' when it is. */
      reason: z.string(),
    }),
  ),
  removed: z.int().nonnegative(),
  relabelled: z.int().nonnegative(),
  kept: z.int().nonnegative(),
  later: z.int().nonnegative(),
  pending: z.int().nonnegative(),
  /** Suspects among validation and test rows: they stay in the data. */
  evaluationSuspects: z.int().nonnegative(),
  sourceChanged: z.boolean(),
  /** Whose decisions the files hold while there is a second pass, in a sentence; '' without. */
  pass: z.string(),
  /** What the removed rows do to their classes, in sentences; empty: nothing worth a word. */
  classWarnings: z.array(z.string()),
  /** Why the folder of files cannot be made of links; '' where it can. */
  noLinks: z.string(),
  /**
   * Files in the folder asked about that an export would replace, and that Assay did not write or somebody changed
   * since: only a person can allow that. Empty without a folder.
   */
  inTheWay: z.array(z.object({ kind: exportKindSchema, fileName: z.string(), isLink: z.boolean() })),
});
export type ExportPlan = z.infer<typeof exportPlanSchema>;

/** How a folder of files is made: with bytes of their own, or with links to the same bytes. */
export const fileModeSchema = z.enum(['copy', 'link']);
export type FileMode = z.infer<typeof fileModeSchema>;

/** A removal list by suspicion without a row. */
const emptyListSchema = z.object({
  /** From which rows are listed; null: the most suspicious ones were asked for, whatever their suspicion. */
  threshold: z.number().nullable(),
  /** Of the rows that could be listed; null: there are none. */
  highestSuspicion: z.number().nullable(),
  /** Rows that were to be listed and stay: by a decision, or so that their class does. */
  staying: z.int().nonnegative(),
});
export type EmptyList = z.infer<typeof emptyListSchema>;

export const exportResultSchema = z.object({
  folder: z.string(),
  files: z.array(
    z.object({
      fileName: z.string(),
      bytes: z.number(),
      rows: z.int().nullable(),
      /** Of a relabelled copy: labels that are not those of the data. */
      changedLabels: z.int().nonnegative().nullable().default(null),
      sha256: z.string(),
    }),
  ),
  seconds: z.number(),
  /** As in the plan. */
  classWarnings: z.array(z.string()).default([]),
  /** What is to be known of the files, in sentences: what paths in them are relative to. */
  notes: z.array(z.string()).default([]),
  /** Why no row was listed by suspicion; null where some was, or decisions say what is removed. */
  emptyList: emptyListSchema.nullable().default(null),
});
export type ExportResult = z.infer<typeof exportResultSchema>;
