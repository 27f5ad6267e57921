import { AssayError, BugError } from '../../core/base/errors';

/** The sentence a person reads for an error of any kind; never a stack. */
export function errorMessage(error: unknown): string {
  if (error instanceof BugError) {
    return `Something went wrong inside Assay: ${error.message} Your decisions are saved; trying again or restarting Assay may help.`;
  }
  if (error instanceof AssayError || error instanceof Error) return error.message;
  return String(error);
}
