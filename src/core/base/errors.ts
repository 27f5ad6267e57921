/**
 * The kinds of failure Assay tells apart. Inside a process they are thrown; across a process boundary they travel as
 * {@link SerializedError} (see contract/result.ts).
 *
 * - `InputError`: the person's data, file or command is not usable; the message says what, where and what to do.
 * - `NumericalError`: the mathematics failed (a factorisation, a fit); the message names λ and the condition estimate.
 * - `StorageError`: reading or writing failed (disk full, no permission, a damaged project).
 * - `CancelledError`: the person asked to stop; never shown as a failure.
 * - `BugError`: an assumption of the code was broken.
 */
export type ErrorCode = 'input' | 'numerical' | 'storage' | 'cancelled' | 'bug';

/** Small facts that help a person or a test: a file, a line, a column, a size. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface ErrorOptions {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

export abstract class AssayError extends Error {
  abstract readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
  }
}

export class InputError extends AssayError {
  readonly code = 'input';
}

export class NumericalError extends AssayError {
  readonly code = 'numerical';
}

export class StorageError extends AssayError {
  readonly code = 'storage';
}

export class CancelledError extends AssayError {
  readonly code = 'cancelled';

  constructor(message = 'Cancelled.', options: ErrorOptions = {}) {
    super(message, options);
  }
}

export class BugError extends AssayError {
  readonly code = 'bug';
}

/** What crosses a process boundary in place of an Error. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  /** The stack, for the log file only; never shown to a person. */
  readonly stack?: string;
}

export function serializeError(error: unknown): SerializedError {
  if (error instanceof AssayError) {
    return {
      code: error.code,
      message: error.message,
      details: error.details,
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  }
  if (error instanceof Error) {
    return {
      code: 'bug',
      message: error.message,
      details: {},
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  }
  return { code: 'bug', message: String(error), details: {} };
}

export function deserializeError(serialized: SerializedError): AssayError {
  const options: ErrorOptions = { details: serialized.details };
  switch (serialized.code) {
    case 'input':
      return new InputError(serialized.message, options);
    case 'numerical':
      return new NumericalError(serialized.message, options);
    case 'storage':
      return new StorageError(serialized.message, options);
    case 'cancelled':
      return new CancelledError(serialized.message, options);
    case 'bug':
      return new BugError(serialized.message, options);
  }
}
