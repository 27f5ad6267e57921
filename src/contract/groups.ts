import * as z from 'zod';
import { validationLabelsSchema } from './audit';
import { mostRows, rowSchema } from './dataset';

const valueText = z.string().max(1_000_000);

/** Groups to compare: the rows of each value of a column. */
export const groupsRequestSchema = z.object({
  /** By its place in the file. */
  column: z.int().min(0).max(mostRows),
  /** Models trained without one group each, those with the largest effects first. */
  retrainings: z.int().min(0).max(100).default(6),
  /** Suspicion from which a row counts as a suspect. */
  threshold: z.number().min(0).max(1),
});

/** Change of a measurement when a group is left out. **Positive = leaving it out raises it.** null: not known. */
const effectSchema = z.object({
  if: z.number(),
  rif: z.number(),
  newton: z.number().nullable(),
  retrained: z.number().nullable(),
});
export type GroupEffect = z.infer<typeof effectSchema>;

/**
 * How given labels go with what these are believed to be. `counts`: expected rows, believed class × given class by the
 * comparison's `classes`; empty where there are too many of them to draw.
 */
const confusionSchema = z.object({
  /** Cohen's κ of the two; null where one class is all there is. */
  kappa: z.number().nullable(),
  counts: z.array(z.array(z.number().nonnegative())),
});
export type GroupConfusion = z.infer<typeof confusionSchema>;

const groupSchema = z.object({
  /** What the cells say; '' = nothing. */
  value: valueText,
  /** Labelled training rows. */
  rows: z.int().positive(),
  /** Of them at or above the threshold; null where an earlier version kept no suspicion. */
  suspects: z.int().nonnegative().nullable(),
  /** The most suspicious of them, at most 500. */
  suspectRows: z.array(rowSchema),
  /** Suspects by given and suggested label, the most frequent three; none for numeric labels. */
  pairs: z.array(z.object({ given: valueText, suggested: valueText, rows: z.int().positive() })),
  /** null: nothing is believed of the labels, they are numbers, or the groups are the classes. */
  confusion: confusionSchema.nullable().default(null),
  loss: effectSchema,
  /** The same by the labels as given; null where those are taken. */
  lossGiven: effectSchema.nullable(),
  /** null for numeric labels. */
  accuracy: effectSchema.nullable(),
  /** How far the estimates for it can be trusted, where it was retrained without. */
  trust: z.array(z.string()),
});
export type GroupFacts = z.infer<typeof groupSchema>;

/** Groups that were compared; kept in the project. */
export const groupComparisonSchema = z.object({
  id: z.string(),
  startedAt: z.string(),
  seconds: z.number().nonnegative(),
  /** When the audit was started that it is about. */
  auditStartedAt: z.string(),
  column: valueText,
  threshold: z.number(),
  validationLabels: validationLabelsSchema,
  validationLoss: z.number(),
  validationAccuracy: z.number().nullable(),
  /** In the order of the confusions. */
  classes: z.array(valueText).default([]),
  /** Of all groups together. */
  confusion: confusionSchema.nullable().default(null),
  /** Groups without a labelled training row. */
  emptyGroups: z.int().nonnegative(),
  /** Those whose absence lowers the validation loss most first. */
  groups: z.array(groupSchema),
});
export type GroupComparison = z.infer<typeof groupComparisonSchema>;
