import { CancelledError } from '../../core/base/errors';
import { EngineUnavailableError } from './engineClient';

/**
 * Whether a question that failed is nothing to tell: the engine is away (it is asked again when it is back), or the
 * dataset that the question was about is no longer open.
 */
export function isQuiet(error: unknown): boolean {
  return error instanceof EngineUnavailableError || error instanceof CancelledError;
}
