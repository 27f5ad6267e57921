import type { MessagePort } from 'node:worker_threads';
import { forestTrees } from '../../../core/ranking/forest/forestExpert';
import { ForestGrower } from '../../../core/ranking/forest/forestGrower';
import { createControlSignal } from './controlSignal';
import type { ForestMessage } from './forestMessages';
import { endings, forestWords, helperMark, helperWord } from './forestMessages';

/** Takes part in growing the forests that ForestThreads asks for, one after the other. */
export function serveForests(port: MessagePort): void {
  port.on('message', grow);
}

/** Never fails: whoever waits grows again what is missing. */
function grow({ name, input, control: buffer, helper, sums }: ForestMessage): void {
  const control = new Int32Array(buffer);
  const signal = createControlSignal(control, {
    cancelled: forestWords.cancelled,
    pulse: helperWord('pulse', helper),
  });
  let ending: number = endings.failed;
  try {
    Atomics.store(control, helperWord('began', helper), 1);
    signal.throwIfCancelled();
    const grower = new ForestGrower(name, input, sums, signal);
    for (;;) {
      const tree = Atomics.add(control, forestWords.next, 1);
      if (tree >= forestTrees) break;
      grower.grow(tree);
      Atomics.store(control, forestWords.growers + tree, helperMark(helper));
    }
    ending = endings.whole;
  } catch {
    // Cancelled, or out of memory: what it has taken is lost.
  }
  Atomics.store(control, helperWord('ended', helper), ending);
  Atomics.notify(control, helperWord('ended', helper));
}
