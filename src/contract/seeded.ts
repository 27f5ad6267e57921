import * as z from 'zod';

/** A seeded audit: errors planted in copies, to see how many of them are found. */
export const seededRequestSchema = z.object({
  /** Share of the trusted rows that get a wrong label; left out: the larger of 20 rows and 5 %. */
  share: z.number().gt(0).max(0.3).optional(),
  /** Copies, each with errors of its own. */
  seeds: z.int().min(1).max(20).default(3),
  /** Suspicion from which a row is a suspect: its label is not trusted. */
  threshold: z.number().min(0).max(1),
});
export type SeededRequest = z.infer<typeof seededRequestSchema>;

/** Rankings that are compared: suspicion, columns of scores by their names, and what neighbours say. */
const seededMethods = [
  'suspicion',
  'self_influence_rif',
  'self_influence_if',
  'loss',
  'loo_loss',
  'neighbours',
] as const;
const methodSchema = z.enum(seededMethods);
export type SeededMethod = z.infer<typeof methodSchema>;

/** What people call them. */
export const seededMethodNames: Readonly<Record<SeededMethod, string>> = {
  suspicion: 'suspicion (Assay)',
  self_influence_rif: 'self-influence, RIF',
  self_influence_if: 'self-influence, IF',
  loss: 'loss of the given label',
  loo_loss: 'loss, left out',
  neighbours: 'neighbours only',
};

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();

export const seededAuditSchema = z.object({
  id: z.string(),
  startedAt: z.string(),
  seconds: z.number().nonnegative(),
  /** When the audit was started that it repeats. */
  auditStartedAt: z.string(),
  threshold: z.number(),
  /** Labelled training rows, and those of them whose labels were trusted. */
  rows: count,
  trusted: count,
  /**
   * What labels became: another class as often as the audit found it confused with theirs, any other class, or a number
   * out of tolerance.
   */
  errors: z.enum(['confusions', 'uniform', 'numbers']),
  copies: z
    .array(
      z.object({
        seed: count,
        planted: count,
        /** Planted rows, and trusted rows in all, with a suspicion of 0, 0.01, …, 1 or more. */
        found: z.array(count).length(101),
        listed: z.array(count).length(101),
      }),
    )
    .min(1)
    .max(20),
  /** Shares of the trusted rows, inspected in the order of a ranking. */
  shares: z.array(share).max(1_000),
  methods: z.array(
    z.object({
      name: methodSchema,
      /** Share of the planted errors found by then, mean over the copies. */
      found: z.array(share).max(1_000),
      /** Mean over the copies, and its standard deviation; null of one copy. */
      averagePrecision: z.object({ mean: share, deviation: z.number().nonnegative().nullable() }),
    }),
  ),
});
export type SeededAudit = z.infer<typeof seededAuditSchema>;
