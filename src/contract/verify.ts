import * as z from 'zod';
import { ridgeConventions } from '../core/influence/removal/removalTypes';
import { seedSchema, validationLabelsSchema } from './audit';
import { rowSchema } from './dataset';
import { selectionSchema } from './review';

/** “the removal list”. */
const chosenBySchema = z.string().max(200);

/** What the analyst asks to be proved: a selection to remove, and how many random removals to put beside it. */
export const verifyRequestSchema = z.object({
  selection: selectionSchema,
  repeats: z.int().min(0).max(1000).default(20),
  /** Draws the random removals. */
  seed: seedSchema.default(7),
  /** What the selection is, in words for people: kept with the result. */
  chosenBy: chosenBySchema.optional(),
  /** Missing: as the audit took them. */
  validationLabels: validationLabelsSchema.optional(),
});

/** Change of a measurement when rows are removed. **Positive = removal raises it.** null = the method has no answer. */
const predictedSchema = z.object({
  if: z.number().nullable(),
  rif: z.number().nullable(),
  newton: z.number().nullable(),
});

const removalSchema = z.object({
  predicted: predictedSchema,
  /** By retraining. */
  actual: z.number().nullable(),
});

const agreementSchema = z.object({
  pairs: z.int().nonnegative(),
  pearson: z.number().nullable(),
  spearman: z.number().nullable(),
  /** Of predicted against actual; below 1 = the effect is understated. */
  slope: z.number().nullable(),
  medianRelativeError: z.number().nullable(),
});

const verifiedMeasurementSchema = z.object({
  /**
   * validation_loss, validation_accuracy, by the labels as the verification takes them; validation_loss_given,
   * validation_accuracy_given where those are others; training_loss, margin_ROW.
   */
  name: z.string(),
  /** Before the removal. */
  before: z.number(),
  predicted: predictedSchema,
  actual: z.number().nullable(),
  /** Random removals of the same size and class mix. */
  random: z.array(removalSchema),
  randomMean: z.number().nullable(),
  randomDeviation: z.number().nullable(),
  /** 1 = lowers the measurement most, of random.length + 1. */
  rank: z.number().positive(),
  /** Share of random removals with a smaller actual change. */
  percentile: z.number().nullable(),
  /** Predicted against actual over the random removals. */
  agreement: z.object({ if: agreementSchema, rif: agreementSchema, newton: agreementSchema }),
});
export type VerifiedMeasurement = z.infer<typeof verifiedMeasurementSchema>;

/** A verification that was run, kept in the project. */
export const verificationSchema = z.object({
  id: z.string(),
  startedAt: z.string(),
  seconds: z.number().nonnegative(),
  /** What the rows are, in words; missing: nobody said. */
  chosenBy: chosenBySchema.optional(),
  /** When the audit that it is about was started: it says nothing about another one. */
  auditStartedAt: z.string(),
  /** Training rows removed: how many, and which (the first 10,000). */
  rowCount: z.int().positive(),
  rows: z.array(rowSchema),
  /** Rows asked for that do not train: removing them changes nothing. */
  otherRows: z.int().nonnegative(),
  trainRows: z.int().positive(),
  repeats: z.int().nonnegative(),
  seed: z.int().nonnegative(),
  /** What becomes of the ridge term nλ/2·‖θ‖² without the rows: it stays (`fixed`), or n falls with them (`mean`). */
  ridgeConvention: z.enum(ridgeConventions).default('fixed'),
  /** How the labels of validation rows were taken; by earlier versions as given. */
  validationLabels: validationLabelsSchema.default('given'),
  /** The first is the one to show. */
  measurements: z.array(verifiedMeasurementSchema).min(1),
  /** Largest estimated relative error of a retrained head's change. */
  retrainError: z.number().nonnegative(),
});
export type Verification = z.infer<typeof verificationSchema>;
