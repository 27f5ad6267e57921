import { CancelledError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';

const lookEveryMs = 50;

/** Threads wait for a browser's kind of signal, jobs have another. */
export async function untilCancelled<T>(
  signal: CancellationSignal,
  work: (abort: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.cancelled) throw new CancelledError();
  const abort = new AbortController();
  const watch = setInterval(() => signal.cancelled && abort.abort(), lookEveryMs);
  try {
    return await work(abort.signal);
  } finally {
    clearInterval(watch);
  }
}
