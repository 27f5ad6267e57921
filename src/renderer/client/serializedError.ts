import type * as z from 'zod';
import type { serializedErrorSchema } from '../../contract/result';
import type { SerializedError } from '../../core/base/errors';

/** A checked error as core's type wants it: an absent stack is absent, not `undefined`. */
export function toSerializedError(error: z.infer<typeof serializedErrorSchema>): SerializedError {
  const { stack, ...rest } = error;
  return stack === undefined ? rest : { ...rest, stack };
}
