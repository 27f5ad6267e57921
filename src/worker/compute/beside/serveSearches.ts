import type { MessagePort } from 'node:worker_threads';
import { serializeError } from '../../../core/base/errors';
import { createRandom } from '../../../core/base/random';
import type { ChosenBackend } from '../chooseBackend';
import { createLinearAlgebra } from '../chooseBackend';
import { createNeighbourSearch } from '../neighbourSearch';
import { createControlSignal } from './controlSignal';
import type { SearchAnswer, SearchMessage } from './searchMessages';
import { controlWords, wholeShare } from './searchMessages';
import { measureTogether } from './sharedMeasuring';

/**
 * Answers the searches that a {@link SearchThread} asks for, one after the other, with native TensorFlow of this
 * thread's own.
 */
export function serveSearches(port: MessagePort): void {
  let backend: Promise<ChosenBackend> | undefined;
  port.on('message', (message: SearchMessage) => {
    // Before what may take seconds: that it is there.
    Atomics.add(new Int32Array(message.control), controlWords.pulse, 1);
    backend ??= createLinearAlgebra('native');
    void answer(message, backend);
  });
}

async function answer(message: SearchMessage, loading: Promise<ChosenBackend>): Promise<void> {
  const { features, references, queries, k, seed, port } = message;
  const control = new Int32Array(message.control);
  const log: string[] = [];
  let result: SearchAnswer['result'];
  try {
    const { linalg, tensorflow } = await loading;
    const context = {
      linalg,
      signal: createControlSignal(control, controlWords),
      random: createRandom(seed),
      log: (text: string) => log.push(text),
    };
    const onBlock = (done: number, total: number): void => {
      Atomics.store(control, controlWords.share, Math.floor((wholeShare * done) / Math.max(1, total)));
    };
    const measure = measureTogether({ features, queries }, control, port, context.signal);
    const search = createNeighbourSearch(tensorflow, { measure });
    const value = search.search({ features, references, queries, k }, context, onBlock);
    result = { ok: true, value };
  } catch (error) {
    result = { ok: false, error: serializeError(error) };
  }
  const sent: SearchAnswer = { kind: 'answer', result, log };
  port.postMessage(sent);
  port.close();
  Atomics.store(control, controlWords.done, 1);
  Atomics.notify(control, controlWords.done);
}
