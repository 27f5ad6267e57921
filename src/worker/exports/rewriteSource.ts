import { createHash } from 'node:crypto';
import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/base/jobContext';
import { openFileSource, readBytes, type FileSource } from '../datasets/fileSource';
import type { ProjectStoreApi } from '../store/projectStoreApi';
import type { StagedWriter } from './stagedFiles';

/** What becomes of the bytes of a record: null = it is left out. */
export type RecordEdit = ((bytes: Buffer) => Buffer) | null;

const blockBytes = 1 << 20;

export interface RewriteOptions {
  readonly signal?: CancellationSignal;
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Copies the data file byte for byte but for the edited rows, and makes sure on the way that it is still the file that
 * was read: its SHA-256 is compared before anything is moved into place. Memory: a megabyte and the edited records.
 * @throws InputError when the file is gone or was changed.
 */
export async function rewriteSource(
  store: ProjectStoreApi,
  edits: ReadonlyMap<number, RecordEdit>,
  writer: StagedWriter,
  options: RewriteOptions = {},
): Promise<void> {
  const fingerprint = store.source?.fingerprint;
  if (fingerprint === undefined) throw new InputError('The data file has not been read completely. Open it again.');
  const places = await findPlaces(store, edits, options.signal);
  const source = await openFileSource(fingerprint.path);
  try {
    if (source.bytes !== fingerprint.bytes) throw changed(source);
    const hash = createHash('sha256');
    const read = async (position: number, length: number): Promise<Buffer> => {
      const bytes = await readBytes(source, position, length);
      if (bytes.length !== length) throw changed(source);
      hash.update(bytes);
      return bytes;
    };
    let position = 0;
    const copyUpTo = async (end: number): Promise<void> => {
      while (position < end) {
        options.signal?.throwIfCancelled();
        const bytes = await read(position, Math.min(blockBytes, end - position));
        await writer.write(bytes);
        position += bytes.length;
        options.onBytes?.(position, source.bytes);
      }
    };
    for (const { start, length, edit } of places) {
      await copyUpTo(start);
      const record = await read(start, length);
      position = start + length;
      if (edit !== null) await writer.write(edit(record));
    }
    await copyUpTo(source.bytes);
    if (hash.digest('hex') !== fingerprint.sha256) throw changed(source);
  } finally {
    await source.handle.close();
  }
}

interface Place {
  readonly start: number;
  readonly length: number;
  readonly edit: RecordEdit;
}

async function findPlaces(
  store: ProjectStoreApi,
  edits: ReadonlyMap<number, RecordEdit>,
  signal: CancellationSignal | undefined,
): Promise<Place[]> {
  const places: Place[] = [];
  if (edits.size === 0) return places;
  await store.scanPlaces((firstRow, byteStarts, byteLengths) => {
    for (let i = 0; i < byteStarts.length; i++) {
      const edit = edits.get(firstRow + i);
      if (edit !== undefined) places.push({ start: byteStarts[i], length: byteLengths[i], edit });
    }
  }, signal);
  return places;
}

function changed({ path, name }: FileSource): InputError {
  return new InputError(
    `${name} has changed since it was read, so a cleaned copy of it cannot be made. Put the file back as it was, or open it anew.`,
    { details: { file: path } },
  );
}
