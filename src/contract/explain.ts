import * as z from 'zod';
import { rowSchema } from './dataset';

const labelText = z.string().max(1_000_000);

/** Columns of a row that somebody typed, at most. */
const mostTypedCells = 20_000;

/** A row that is in no file: the texts of its cells, as they would stand in the data; those left out are blank. */
const typedRowSchema = z.object({
  cells: z.array(z.object({ column: rowSchema, text: z.string().max(1_000_000) })).max(mostTypedCells),
  /** What its label would be; missing: unlabelled. */
  label: labelText.optional(),
});
export type TypedRow = z.infer<typeof typedRowSchema>;

/** A prediction to explain: of a row of the data, or of one that was typed. */
export const explainRequestSchema = z.union([
  z.object({
    row: rowSchema,
    /** What it should be predicted as; missing: its label. */
    rightClass: labelText.optional(),
  }),
  z.object({ typed: typedRowSchema }),
]);
export type ExplainRequest = z.infer<typeof explainRequestSchema>;

/** What is predicted for the explained row after a removal. */
const changeSchema = z.object({
  /** Logit of the predicted class minus that of `other`; negative: `other` wins against it. */
  margin: z.number(),
  predicted: labelText,
});

/** What a training row does to the prediction: change of the margin when it alone is removed. */
const pullSchema = z.object({ row: rowSchema, label: labelText, if: z.number(), rif: z.number() });
export type RowPull = z.infer<typeof pullSchema>;

/** Why a row is predicted as it is; kept in the project. */
export const explanationSchema = z.object({
  id: z.string(),
  startedAt: z.string(),
  seconds: z.number().nonnegative(),
  /** When the audit was started whose head predicts. */
  auditStartedAt: z.string(),
  /** null: it was typed, see `typed`. */
  row: rowSchema.nullable(),
  /** The cells that somebody typed, long ones cut; null: it is a row of the data. */
  typed: z
    .array(z.object({ column: z.string(), text: z.string() }))
    .nullable()
    .default(null),
  /** null = unlabelled. */
  givenLabel: labelText.nullable(),
  /** Whether the head was fitted to the row. */
  trained: z.boolean(),
  /** Of the fitted head: the 12 most probable, and the given one. */
  probabilities: z.array(z.object({ label: labelText, probability: z.number() })),
  predicted: labelText,
  /** The right class, or where the prediction is right (or nothing is known) the next best. */
  other: labelText,
  /** `restore`: the prediction is wrong; `flip`: it is right, or there is no label. */
  goal: z.enum(['restore', 'flip']),
  /** Of `predicted` over `other`. */
  margin: z.number(),
  /** Training rows that hold the prediction up, strongest first: negative effects. */
  supporting: z.array(
    pullSchema.extend({ leverage: z.number(), predictedWithout: changeSchema, retrained: changeSchema.nullable() }),
  ),
  /** Those that speak for `other`: positive effects. */
  opposing: z.array(pullSchema),
  /** The first 1, 2, 5, … 100 rows that hold it up, removed together. null: not known by that method. */
  sets: z.array(
    z.object({
      size: z.int().positive(),
      if: changeSchema,
      rif: changeSchema,
      newton: changeSchema.nullable(),
      retrained: changeSchema.nullable(),
    }),
  ),
  /**
   * The fewest rows found without which, retrained, `other` is predicted, and with the last of them it is not; null
   * where the goal is to flip, or none was found.
   */
  restoring: z.array(rowSchema).nullable(),
  /** The smallest set found without which, retrained, another class is predicted: not always `other`. */
  flip: z.object({
    flips: z.boolean(),
    /** In the order in which they were found; empty where none was. */
    rows: z.array(rowSchema),
    predictedAfter: labelText,
    /** The next best class of before: what `predicted` is measured against here. */
    runnerUp: labelText,
    marginBefore: z.number(),
    /** Retrained. */
    marginAfter: z.number(),
    largestTried: z.int().nonnegative(),
  }),
  /** How the flip compares: by sums of single RIF effects. See `FlipComparison`. */
  comparison: z.object({
    size: z.int().nullable(),
    others: z.int().nonnegative(),
    /** Whose predictions: validation rows, or training rows where there are none. */
    of: z.enum(['validation', 'training']),
    asFew: z.int().nonnegative(),
    median: z.int().nullable(),
    /** Training rows of a random set. */
    setSize: z.int().nonnegative(),
    randomSets: z.int().nonnegative(),
    randomFlips: z.int().nonnegative(),
  }),
  /** What the rows of `restoring`, else of the flip, share in columns of groups: the most frequent value of each. */
  shared: z.array(z.object({ column: z.string(), value: z.string(), rows: z.int().positive() })),
  /**
   * What the values of each column add to `margin`, compared with the mean of the labelled rows (or with 0, where
   * features are not standardised): the columns that add most, and the rest in sum; `base` is the same for every row.
   * Their sum is `margin`. null: kept by a version that did not say.
   */
  values: z
    .object({
      columns: z.array(z.object({ column: z.string(), text: z.string(), adds: z.number() })),
      others: z.object({ columns: z.int().nonnegative(), adds: z.number() }),
      base: z.number(),
    })
    .nullable()
    .default(null),
  /** How far the estimates for the same rows can be trusted, the worst first. */
  trust: z.array(z.string()),
});
export type Explanation = z.infer<typeof explanationSchema>;

/** The set to look at: that which makes the prediction right, else that which changes it; empty: none was found. */
export function smallestSetOf({ restoring, flip }: Pick<Explanation, 'restoring' | 'flip'>): readonly number[] {
  return restoring ?? flip.rows;
}
