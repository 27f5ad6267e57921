/**
 * The kinds of failure Assay tells apart. Inside a process they are thrown; across a process boundary they travel as
 * {@link SerializedError} (see contract/result.ts).
 *
 * - `InputError`: the person's data, file or command is not usable; the message says what, where and what to do.
 * - `NumericalError`: the mathematics failed (a factorisation, a fit); the message names λ and the condition estimate.
 * - `StorageError`: reading or writing failed (disk full, no permission, a damaged project).
 * - `CancelledError`: the person asked to stop; never shown as a failure.
 * - `UnavailableError`: who would have to answer is not running (the engine died, or has not started); asking again is
 *   safe.
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

/** Causes that are kept: enough to see why, however an error was made. */
const mostCauses = 4;
/** Characters of an error's own texts that are kept, and of each text of a cause. */
const longestText = 10_000;
const longestCause = 2_000;

/**
 * The error with its stack and its causes: between threads. Never fails, and fits the contract whatever was thrown:
 * long texts are cut, numbers that are not finite become null, and of a cause only its name, its message and its stack
 * are kept.
 */
export function serializeError(error: unknown): SerializedError {
  const { message, stack } = textsOf(error, longestText);
  const causes = causesOf(error).map((cause) => textsOf(cause, longestCause));
  return {
    code: error instanceof AssayError ? error.code : 'bug',
    message,
    details: error instanceof AssayError ? serializeDetails(error.details) : {},
    ...(stack !== undefined && { stack }),
    ...(causes.length > 0 && { causes }),
  };
}

function serializeDetails(details: ErrorDetails): ErrorDetails {
  const kept = Object.entries(details).map(([name, value]) => {
    if (typeof value === 'string') return [name, value.slice(0, longestText)];
    return [name, typeof value === 'number' && !Number.isFinite(value) ? null : value];
  });
  return Object.fromEntries(kept) as ErrorDetails; // The same names, values of the same types or null.
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
  const texts = [error, ...causesOf(error)].map((one) => textsOf(one, longestText));
  return texts.map(({ stack, message }) => stack ?? message).join('\n');
}

/** What an error is called and says, each text cut. Anything can be thrown, also what refuses to be read. */
function textsOf(error: unknown, longest: number): SerializedCause {
  const read = (name: 'name' | 'message' | 'stack'): string | undefined => {
    const text = readSafely(() => (error as Partial<Record<string, unknown>>)[name]);
    return typeof text === 'string' ? text.slice(0, longest) : undefined;
  };
  if (!(error instanceof Error)) {
    const text = readSafely(() => String(error)) ?? 'Something was thrown that says nothing.';
    return { name: '', message: text.slice(0, longest) };
  }
  const stack = read('stack');
  return { name: read('name') ?? 'Error', message: read('message') ?? '', ...(stack !== undefined && { stack }) };
}

/** The errors behind an error, nearest first. A chain may be a ring. */
function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  const causeOf = (of: unknown): unknown => (of instanceof Error ? readSafely(() => of.cause) : undefined);
  for (let at = causeOf(error); at instanceof Error && causes.length < mostCauses; at = causeOf(at)) causes.push(at);
  return causes;
}

/** undefined where reading it throws. */
function readSafely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
