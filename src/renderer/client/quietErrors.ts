import { CancelledError, UnavailableError } from '../../core/base/errors';

/**
 * Whether a question that failed is nothing to tell: the engine is away (it is asked again when it is back), or the
 * dataset that the question was about is no longer open.
 */
export function isQuiet(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof CancelledError;
}
