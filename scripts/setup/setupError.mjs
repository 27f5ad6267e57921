/** Set-up could not go on, for a reason the user can do something about: `message` says what, `advice` what to do. */
export class SetupError extends Error {
  constructor(message, advice = '', options = {}) {
    super(message, options);
    this.name = 'SetupError';
    this.advice = advice;
  }
}

/** The text a person gets to read: no stack trace for what is not a bug. */
export function describeError(error) {
  if (error instanceof SetupError) return error.advice ? `${error.message}\n${error.advice}` : error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
