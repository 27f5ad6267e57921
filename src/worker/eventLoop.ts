import { performance } from 'node:perf_hooks';
import type { CancellationSignal } from '../core/job/jobContext';

/** Work on the engine's event loop keeps everything else waiting, so no part of it may be longer than about this. */
const longestMs = 25;

/**
 * For long loops on the event loop: await what the returned function gives after each piece of work. It lets others
 * have their turn when this loop has held on for 25 ms, and does nothing before.
 * @param onTurn Called at each turn: often enough to tell how far the loop is, seldom enough to make words of it.
 * @throws CancelledError (the promise rejects) after a turn in which cancellation was asked for.
 */
export function createTurns(signal?: CancellationSignal, onTurn?: () => void): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longestMs) return undefined;
    onTurn?.();
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      since = performance.now();
      signal?.throwIfCancelled();
    });
  };
}
