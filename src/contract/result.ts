import * as z from 'zod';
import type { SerializedError } from '../core/base/errors';

export const serializedErrorSchema = z.object({
  code: z.enum(['input', 'numerical', 'storage', 'cancelled', 'bug']),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  stack: z.string().optional(),
});

/** What a call across a process boundary comes back as: errors are values there, never thrown objects. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SerializedError };

export const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: serializedErrorSchema }),
]);
