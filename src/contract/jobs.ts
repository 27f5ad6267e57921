import * as z from 'zod';
import { serializedErrorSchema } from './result';

const jobKindSchema = z.enum(['load', 'audit', 'verify', 'explain', 'groups', 'seeded', 'study', 'export', 'map']);
export type JobKind = z.infer<typeof jobKindSchema>;

/** A stage of a job: waiting, running or finished. */
const jobStageSchema = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done']),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  detail: z.string(),
  seconds: z.number().nonnegative(),
});

/** A job as the window sees it; sent again whenever it changes (at most about 20 times a second). */
export const jobSnapshotSchema = z.object({
  id: z.string(),
  kind: jobKindSchema,
  state: z.enum(['queued', 'running', 'cancelling', 'done', 'failed', 'cancelled']),
  stages: z.array(jobStageSchema),
  seconds: z.number().nonnegative(),
  /** Estimate; null until there is ground for one. */
  secondsLeft: z.number().nonnegative().nullable(),
  error: serializedErrorSchema.nullable(),
});
export type JobSnapshot = z.infer<typeof jobSnapshotSchema>;
