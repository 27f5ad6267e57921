import * as z from 'zod';
import { errorCodes, type SerializedError } from '../core/base/errors';

export const serializedErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  causes: z
    .array(z.object({ name: z.string(), message: z.string() }))
    .readonly()
    .optional(),
});

/** What a call across a process boundary comes back as: errors are values there, never thrown objects. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SerializedError };

export const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: serializedErrorSchema }),
]);

/** What first does not fit: of a long list each element may be at fault, and all of it would be megabytes. */
export function describeMisfit({ issues }: z.ZodError): string {
  const [first] = issues;
  if (first === undefined) return '';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${first.path.join('.')}: ${first.message}${more}`;
}
