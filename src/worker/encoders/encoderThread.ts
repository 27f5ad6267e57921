import { parentPort, workerData } from 'node:worker_threads';
import { CancelledError, serializeError } from '../../core/base/errors';
import type { Encoder } from './encoder';
import type { CloseMessage, EncodeAnswer, EncodeMessage } from './messages';
import { type EncoderModel, openModel } from './models';

/** A worker_threads entry: one encoder, asked by an EncoderPool. It loads at the first question. */

const port = parentPort;
if (port === null) throw new Error('This script runs as a worker thread: see encoderPool.');

const encoder = workerData as Encoder; // Only EncoderPool starts this script.
let model: Promise<EncoderModel> | undefined;
/** One after the other: answers come in the order of the questions. */
let turn = Promise.resolve();

port.on('message', (message: EncodeMessage | CloseMessage) => {
  turn = turn.then(() => (message.kind === 'close' ? close() : answer(message)));
});

async function answer({ items, control }: EncodeMessage): Promise<void> {
  try {
    model ??= openModel(encoder);
    const vectors = await encodeAll(await model, items, new Int32Array(control));
    post({ ok: true, value: vectors }, [vectors.buffer]);
  } catch (error) {
    post({ ok: false, error: serializeError(error) });
  }
}

async function encodeAll(
  opened: EncoderModel,
  items: EncodeMessage['items'],
  control: Int32Array,
): Promise<Float32Array<ArrayBuffer>> {
  const { numbers } = encoder.settings;
  const vectors = new Float32Array(items.length * numbers);
  for (const [k, item] of items.entries()) {
    if (Atomics.load(control, 0) !== 0) throw new CancelledError();
    vectors.set(await opened.encode(item), k * numbers);
  }
  return vectors;
}

function post(message: EncodeAnswer, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

/** Nothing is left to wait for afterwards, and the thread ends by itself. */
async function close(): Promise<void> {
  await (await model?.catch(() => undefined))?.close();
  port?.close();
}
