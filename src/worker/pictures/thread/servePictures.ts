import { createHash } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { InputError, serializeError } from '../../../core/base/errors';
import { loadTensorflow } from '../../compute/native/tensorflowBinding';
import { createCanvasDecoder } from '../decoders/canvasDecoder';
import type { PictureDecoder } from '../decoders/decoder';
import { createTensorflowDecoder } from '../decoders/tensorflowDecoder';
import { readHeader } from '../headers/readHeader';
import { readPictureFile } from '../pictureFile';
import { lookAtPicture, type ReadPicture, readPicture, seePicture } from '../readPicture';
import { Thumbnails } from '../thumbnails';
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
      return { kind: 'picture', ...(await fitPicture(bytes, decoders, wish)) };
    case 'look':
      return { kind: 'picture', ...(await lookAtPicture(bytes, decoders)) };
    case 'see':
      return { kind: 'picture', ...(await seePicture(bytes, decoders, wish.side)) };
    case 'digest':
      return { kind: 'picture', digest: Uint8Array.from(createHash('sha256').update(bytes).digest()) };
  }
}

/** Smaller pictures are decoded in some milliseconds: that is not worth the room on disk. */
const fewPixels = 512 * 512;

async function fitPicture(
  bytes: Buffer,
  decoders: readonly PictureDecoder[],
  { side, thumbnails: folder }: Extract<PictureWish, { kind: 'fit' }>,
): Promise<ReadPicture> {
  const { width, height } = readHeader(bytes);
  if (folder === undefined || width * height < fewPixels) return readPicture(bytes, decoders, side);
  const thumbnails = openThumbnails(folder);
  const digest = createHash('sha256').update(bytes).digest();
  const kept = await thumbnails.find(digest, side);
  if (kept !== undefined) return kept;
  const picture = await readPicture(bytes, decoders, side);
  await thumbnails.keep(digest, side, picture);
  return picture;
}

const opened = new Map<string, Thumbnails>();

function openThumbnails(folder: string): Thumbnails {
  const thumbnails = opened.get(folder) ?? new Thumbnails(folder);
  opened.set(folder, thumbnails);
  return thumbnails;
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
