import { CancelledError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';

/**
 * What goes with a source while it is looked at, before there is a project or a job: whether anybody still wants it,
 * and who hears how far it is.
 */
export interface Looking {
  readonly signal: CancellationSignal;
  /** `text`: what is done, for people (“Listing many: 84,000 files”). At any rate, as for progress. */
  readonly tell: (text: string) => void;
}

/** Nobody listens, and nobody can cancel. */
export const unwatched: Looking = {
  signal: { cancelled: false, throwIfCancelled: () => undefined },
  tell: () => undefined,
};

/** One that can be cancelled. */
export function startLooking(tell: (text: string) => void): Looking & { readonly cancel: () => void } {
  let cancelled = false;
  return {
    signal: {
      get cancelled() {
        return cancelled;
      },
      throwIfCancelled: () => {
        if (cancelled) throw new CancelledError();
      },
    },
    tell,
    cancel: () => void (cancelled = true),
  };
}
