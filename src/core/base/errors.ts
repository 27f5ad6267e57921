/**
 * The kinds of failure Assay tells apart. Inside a process they are thrown; across a process boundary they travel as
 * {@link SerializedError} (see contract/result.ts).
 *
 * - `InputError`: the person's data, file or command is not usable; the message says what, where and what to do.
 * - `NumericalError`: the mathematics failed (a factorisation, a fit); the message names λ and the condition estimate.
 * - `StorageError`: reading or writing failed (disk full, no permission, a damaged project).
 * - `CancelledError`: the person asked to stop; never shown as a failure.
 * - `UnavailableError`: who would have to answer is not running (the engine died, or has not started); asking again is safe.
 * - `BugError`: an assumption of the code was broken.
 */
export const errorCodes = ['input', 'numerical', 'storage', 'cancelled', 'unavailable', 'bug'] as const;
type ErrorCode = (typeof errorCodes)[number];

/** Small facts that help a person or a test: a file, a line, a column, a size. */
type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

interface ErrorOptions {
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

export class UnavailableError extends AssayError {
  readonly code = 'unavailable';
}

export class BugError extends AssayError {
  readonly code = 'bug';
}

/** The class of each code. */
const classes: Readonly<Record<ErrorCode, new (message: string, options: ErrorOptions) => AssayError>> = {
  input: InputError,
  numerical: NumericalError,
  storage: StorageError,
  cancelled: CancelledError,
  unavailable: UnavailableError,
  bug: BugError,
};

/** An error behind an error: what it was called and what it said. */
interface SerializedCause {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** What crosses the boundary of a thread or a process in place of an Error. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  /** Where it was thrown, for the log only; never shown to a person, and not sent to the window. */
  readonly stack?: string | undefined;
  /** Why, the nearest cause first; for logs. */
  readonly causes?: readonly SerializedCause[] | undefined;
}

/** Causes that are kept, and characters of each of their texts: enough to see why, however an error was made. */
const mostCauses = 4;
const longestText = 2_000;

/** The error with its stack and its causes: between threads. Of a cause only its name, its message and its stack are kept. */
export function serializeError(error: unknown): SerializedError {
  const causes = causesOf(error).map(({ name, message, stack }) => ({
    name: name.slice(0, longestText),
    message: message.slice(0, longestText),
    stack: stack?.slice(0, longestText),
  }));
  return {
    code: error instanceof AssayError ? error.code : 'bug',
    message: error instanceof Error ? error.message : String(error),
    details: error instanceof AssayError ? error.details : {},
    ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }),
    ...(causes.length > 0 && { causes }),
  };
}

/** The error without any stack: for the window. */
export function serializeWithoutStacks(error: unknown): SerializedError {
  const { stack: _stack, causes, ...rest } = serializeError(error);
  return causes === undefined ? rest : { ...rest, causes: causes.map(({ name, message }) => ({ name, message })) };
}

/** An error of the same class, with the stack and the causes that were kept. */
export function deserializeError({ code, message, details, stack, causes = [] }: SerializedError): AssayError {
  const cause = causes.reduceRight<Error | undefined>((behind, one) => {
    const made = new Error(one.message, behind && { cause: behind });
    made.name = one.name;
    made.stack = one.stack ?? `${one.name}: ${one.message}`;
    return made;
  }, undefined);
  const error = new classes[code](message, { details, cause });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Where an error and those behind it were thrown, in the lines of a log. */
export function describeStacks(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error, ...causesOf(error)].map(({ stack, message }) => stack ?? message).join('\n');
}

/** The errors behind an error, nearest first. A chain may be a ring. */
function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  let at = error instanceof Error ? error.cause : undefined;
  while (at instanceof Error && causes.length < mostCauses) {
    causes.push(at);
    at = at.cause;
  }
  return causes;
}
