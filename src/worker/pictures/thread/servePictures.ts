import { createHash } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { InputError, serializeError } from '../../../core/base/errors';
import { loadTensorflow } from '../../compute/native/tensorflowBinding';
import { createCanvasDecoder } from '../decoders/canvasDecoder';
import type { PictureDecoder } from '../decoders/decoder';
import { createTensorflowDecoder } from '../decoders/tensorflowDecoder';
import { readPictureFile } from '../pictureFile';
import { lookAtPicture, readPicture, seePicture } from '../readPicture';
import type { PictureAnswer, PictureOutcome, PictureQuestion, PictureWish } from './pictureMessages';

/** Reads the pictures that PictureThreads asks for. */
export function servePictures(port: MessagePort): void {
  const decoders = findDecoders();
  port.on('message', ({ id, file, wish }: PictureQuestion) => {
    const reading = readPictureFile(file)
      .then((bytes) => make(bytes, decoders, wish))
      .catch((error: unknown): PictureOutcome => {
        if (error instanceof InputError) return { kind: 'problem', problem: error.message };
        throw error;
      });
    void reading.then(
      (outcome) => {
        const answer: PictureAnswer = { id, outcome };
        port.postMessage(answer, 'pixels' in outcome ? [outcome.pixels.data.buffer as ArrayBuffer] : []);
      },
      (error: unknown) => {
        const answer: PictureAnswer = { id, error: serializeError(error) };
        port.postMessage(answer);
      },
    );
  });
}

async function make(bytes: Buffer, decoders: readonly PictureDecoder[], wish: PictureWish): Promise<PictureOutcome> {
  switch (wish.kind) {
    case 'fit':
      return { kind: 'picture', ...(await readPicture(bytes, decoders, wish.side)) };
    case 'look':
      return { kind: 'picture', ...(await lookAtPicture(bytes, decoders)) };
    case 'see':
      return { kind: 'picture', ...(await seePicture(bytes, decoders, wish.side)) };
    case 'digest':
      return { kind: 'picture', digest: Uint8Array.from(createHash('sha256').update(bytes).digest()) };
  }
}

/** What there is on this machine, the fastest first. */
export function findDecoders(): readonly PictureDecoder[] {
  return [() => createTensorflowDecoder(loadTensorflow()), createCanvasDecoder].flatMap((create) => {
    try {
      return [create()];
    } catch {
      // It is missing here: the other one decodes, or what cannot be decoded is said of each picture.
      return [];
    }
  });
}
