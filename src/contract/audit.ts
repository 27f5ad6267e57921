import * as z from 'zod';
import { defaultValidationLabels, validationLabelWays } from '../core/influence/measurements/validationLabels';
import { issueNames } from '../core/media/mediaIssues';
import { expertNames } from '../core/ranking/suspicion/expertNames';

const backendNameSchema = z.enum(['native', 'wasm', 'float64']);
const headKindSchema = z.enum(['logistic', 'softmax', 'ridge']);

/** Random numbers are drawn from 32 bits: a larger seed would be another one in disguise. */
export const largestSeed = 2 ** 32 - 1;
export const seedSchema = z.int().min(0).max(largestSeed);

export const validationLabelsSchema = z.enum(validationLabelWays);

/** What an encoder reads. */
export const encoderKindSchema = z.enum(['text', 'pictures']);
export type EncoderKind = z.infer<typeof encoderKindSchema>;

/** What an analyst chooses before an audit. */
export const auditSettingsSchema = z.object({
  /** 'auto' = ridge for a numeric label of many values, else logistic for two classes and softmax for more. */
  head: z.enum(['auto', 'logistic', 'softmax', 'ridge']).default('auto'),
  /** λ of the objective Σ loss + (nλ/2)‖θ‖²; 'auto' = by RIF leave-one-out loss. */
  l2: z.union([z.literal('auto'), z.number().positive().finite()]).default('auto'),
  intercept: z.boolean().default(true),
  standardize: z.boolean().default(true),
  /**
   * Which columns are divided by one scale together, where numbers are standardised: 'auto' = numbered columns that
   * are the axes of one embedding, 'blocks' = all numbered columns, 'columns' = none.
   */
  scale: z.enum(['auto', 'columns', 'blocks']).default('auto'),
  /**
   * What texts become: 'words' = weights of their words, 'encoder' = numbers by a network that was trained elsewhere,
   * 'both' = side by side. 'auto' = words.
   */
  text: z.enum(['auto', 'words', 'encoder', 'both']).default('auto'),
  /**
   * What pictures become: 'encoder' = numbers by a network that was trained elsewhere, 'pixels' = their small pixels
   * and colours, 'both' = side by side. 'auto' = both where set-up brought an encoder, else pixels.
   */
  pictures: z.enum(['auto', 'encoder', 'pixels', 'both']).default('auto'),
  backend: z.enum(['auto', 'native', 'wasm', 'float64']).default('auto'),
  seed: seedSchema.default(7),
  /**
   * Which rows validate: the column with role `split`, a stratified share drawn by the seed, or none.
   * 'auto' = the split column where there is one, else the stratified share.
   */
  validation: z.enum(['auto', 'column', 'stratified', 'none']).default('auto'),
  validationShare: z.number().gt(0).lt(1).default(0.2),
  /** Experts of the suspicion ranking; 'auto' = all for a table of up to 200 features, else without the forests. */
  experts: z.union([z.literal('auto'), z.array(z.enum(expertNames))]).default('auto'),
  /** 2 = the most suspicious rows are set aside after a first round, and everybody judges again without them. */
  rounds: z.union([z.literal(1), z.literal(2)]).default(2),
  /**
   * Rows with more or fewer cells than there are columns: their label may be another column's cell. 'set-aside' = they
   * take no part in the fit and are not listed, unless only their last cells are missing, the label is there, and every
   * cell fits its column.
   */
  ragged: z.enum(['set-aside', 'use']).default('set-aside'),
  /**
   * What is looked for in pictures and texts, beside wrong labels; 'auto' = everything. It has no part in suspicions.
   */
  issues: z.union([z.literal('auto'), z.array(z.enum(issueNames))]).default('auto'),
  /** How verdicts take the labels of validation and test rows: see core's validationLabels. */
  validationLabels: validationLabelsSchema.default(defaultValidationLabels),
  /**
   * The validation rows, of a file of their own or by the split column, are known to be labelled right: they are taken
   * at their word, and not judged.
   */
  validationClean: z.boolean().default(false),
});
export type AuditSettings = z.infer<typeof auditSettingsSchema>;

export const auditEstimateSchema = z.object({
  rows: z.int().nonnegative(),
  /** After encoding, the intercept not counted. */
  features: z.int().nonnegative(),
  classes: z.int().nonnegative(),
  /** Of the engine at its peak. */
  memoryBytes: z.number().nonnegative(),
  /** What the audit adds to the project; the one before goes only afterwards. */
  diskBytes: z.number().nonnegative(),
  seconds: z.number().nonnegative(),
  /** Said when memory or disk space will not do, or otherwise worth knowing. */
  warning: z.string().nullable(),
});
export type AuditEstimate = z.infer<typeof auditEstimateSchema>;

const metricsSchema = z.object({
  rows: z.int().nonnegative(),
  /** Mean loss (natural logarithm; numeric labels: half the squared error). */
  loss: z.number(),
  /** null for numeric labels. */
  accuracy: z.number().nullable(),
  /** R² of numeric labels; null where all are equal. */
  rSquared: z.number().nullable().optional(),
  /** The same by the given labels; missing where these are taken. */
  given: z
    .object({ loss: z.number(), accuracy: z.number().nullable(), rSquared: z.number().nullable().optional() })
    .optional(),
});

/** How an audit read its labels. */
const labellingSchema = z.object({
  column: z.string(),
  /** 0-based place of the column. */
  index: z.int().nonnegative(),
  /** Spellings that were read as another label: [as it is spelt, its class]. */
  spellings: z.array(z.tuple([z.string(), z.string()])),
  /** Every cell is its class letter by letter, but for blank ones. */
  asSpelt: z.boolean(),
});
export type Labelling = z.infer<typeof labellingSchema>;

/** What only an audit of numeric labels finds. */
const numbersSchema = z.object({
  /** On what scale labels were compared: as they are, or by their logarithms. */
  scale: z.enum(['plain', 'logarithmic']),
  /** Estimated share of wrong labels. */
  errorShare: z.number(),
  /** R² of the pooled experts on that scale, each row left out. */
  pooledRSquared: z.number().nullable(),
  /** Rows that did not take part when the others were judged again. */
  setAside: z.int().nonnegative(),
  /** Labelled rows in bins of equal width from `low` to `high`, and those of them with suspicion at ½ or above. */
  histogram: z.object({
    low: z.number(),
    high: z.number(),
    counts: z.array(z.int().nonnegative()),
    suspects: z.array(z.int().nonnegative()),
  }),
});

const mediaSchema = z.object({
  /** Issues that were looked for. */
  issues: z.array(z.enum(issueNames)),
  /** Rows with each reason that some row has, by the reason's words. */
  found: z.array(z.object({ reason: z.string(), rows: z.int().nonnegative() })),
  /** Labelled rows with a copy of another label. */
  disagreeing: z.int().nonnegative(),
  /** Labelled validation and test rows that are copies of training rows. */
  leaked: z.int().nonnegative(),
});

export const auditSummarySchema = z.object({
  settings: auditSettingsSchema,
  startedAt: z.string(),
  seconds: z.number(),
  stageSeconds: z.record(z.string(), z.number()),
  backend: z.object({ name: backendNameSchema, description: z.string() }),
  head: z.object({
    kind: headKindSchema,
    /** Empty for numeric labels. */
    classes: z.array(z.string()),
    /** After encoding, the intercept not counted. */
    features: z.int(),
    /** Of all outputs, intercepts among them. */
    parameters: z.int(),
    l2: z.number(),
    /** ‖∇L(θ̂)‖ relative to ‖∇L(0)‖. */
    relativeGradientNorm: z.number(),
    iterations: z.int(),
    conditionEstimate: z.number(),
  }),
  /** Mean RIF leave-one-out loss by λ; empty when λ was given. */
  l2Curve: z.array(z.object({ l2: z.number(), looLoss: z.number() })),
  l2OnEdge: z.boolean(),
  featureNames: z.array(z.string()),
  /** Input columns left out, with the reason in words. */
  droppedColumns: z.array(z.object({ column: z.string(), reason: z.string() })),
  train: metricsSchema,
  /** Mean leave-one-out loss and accuracy over the training rows. */
  leaveOneOut: metricsSchema,
  /** By the labels as `settings.validationLabels` takes them, like `test`. */
  validation: metricsSchema.nullable(),
  test: metricsSchema.nullable(),
  unlabelled: z.int().nonnegative(),
  effectiveParameters: z.number(),
  maxLeverage: z.number(),
  highLeverageRows: z.int().nonnegative(),
  /** Row = true class, column = given label; rows sum to 1. */
  transitionMatrix: z.array(z.array(z.number())),
  /**
   * Whether the features tell anything about the labels: how much likelier than by class frequencies the given labels
   * are, out of sample (nats a row).
   */
  signal: z.object({ gain: z.number(), standardError: z.number(), rows: z.int(), found: z.boolean() }).optional(),
  /** Only of numeric labels. */
  numbers: numbersSchema.optional(),
  /** Strengths in the log-linear pool, ≥ 0; they sum to 1 for numeric labels, and in audits of earlier versions. */
  expertWeights: z.array(z.object({ name: z.string(), weight: z.number() })),
  /** Experts that were asked for and could not judge, with the reason in words; missing in earlier versions' audits. */
  expertsLeftOut: z.array(z.object({ name: z.string(), reason: z.string() })).optional(),
  /** How often the experts judged; missing where it was once, as in earlier versions. */
  rounds: z.int().optional(),
  /** Labelled rows that no expert learnt from in the second round. */
  rowsSetAside: z.int().nonnegative().optional(),
  /** How each forest was grown; null or missing where none judged. */
  forests: z.object({ trees: z.int(), seed: z.int() }).nullable().optional(),
  neighbours: z.object({ method: z.enum(['exact', 'approximate', 'off']), recall: z.number().nullable() }),
  /** What is odd about pictures and texts; missing where nothing was looked for, and in earlier versions' audits. */
  media: mediaSchema.optional(),
  warnings: z.array(z.string()),
  /** How the features were made of the columns; earlier versions had it among the warnings. */
  notes: z.array(z.string()).optional(),
  /** Missing in audits of earlier versions. */
  labelling: labellingSchema.optional(),
  /**
   * Columns that give the label away and took part all the same; `accepted`: the analyst says they are real features.
   */
  leaks: z.array(z.object({ columns: z.array(z.string()), accuracy: z.number(), accepted: z.boolean() })).optional(),
});
export type AuditSummary = z.infer<typeof auditSummarySchema>;
