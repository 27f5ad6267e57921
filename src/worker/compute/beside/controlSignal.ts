import { CancelledError } from '../../../core/base/errors';
import type { CancellationSignal } from '../../../core/job/jobContext';

/** A signal in words of shared memory. Every look at it is a sign of life: it changes the word `pulse`. */
export function createControlSignal(
  control: Int32Array,
  words: { readonly cancelled: number; readonly pulse: number },
): CancellationSignal {
  const isCancelled = (): boolean => {
    Atomics.add(control, words.pulse, 1);
    return Atomics.load(control, words.cancelled) !== 0;
  };
  return {
    get cancelled() {
      return isCancelled();
    },
    throwIfCancelled() {
      if (isCancelled()) throw new CancelledError();
    },
  };
}
