import { createHash } from 'node:crypto';
import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import { tableOf } from '../datasets/archivedTable';
import type { SourceFingerprint } from '../datasets/datasetTypes';
import { type FileSource, hashSource, openTable, readBytes } from '../datasets/records/fileSource';
import type { ProjectStore } from '../store/projectStore';
import type { WritingOptions } from './exportRequest';
import type { StagedWriter } from './stagedFiles';

/** What becomes of the bytes of a record: null = it is left out. */
export type RecordEdit = ((bytes: Buffer) => Buffer) | null;

const blockBytes = 1 << 20;

/**
 * Copies the data file byte for byte but for the edited rows, and makes sure on the way that it is still the file that
 * was read: its SHA-256 is compared before anything is moved into place. Memory: a few megabytes and the places of the
 * edited records.
 * @throws InputError when the file is gone or was changed.
 */
export async function rewriteSource(
  store: ProjectStore,
  edits: ReadonlyMap<number, RecordEdit>,
  writer: StagedWriter,
  { signal, onProgress }: WritingOptions,
): Promise<void> {
  const fingerprint = store.sources.source?.fingerprint;
  if (fingerprint === undefined) throw new InputError('The data file has not been read completely. Open it again.');
  const places = await findPlaces(store, edits, signal);
  const source = await openTable(tableOf(fingerprint));
  try {
    if (source.bytes !== fingerprint.bytes) throw changed(source);
    const hash = createHash('sha256');
    const copier = new EditingCopier(places);
    for (let position = 0; position < source.bytes;) {
      signal?.throwIfCancelled();
      const bytes = await readBytes(source, position, Math.min(blockBytes, source.bytes - position));
      if (bytes.length === 0) throw changed(source);
      hash.update(bytes);
      const copied = copier.copy(bytes, position);
      if (copied.length > 0) await writer.write(copied);
      position += bytes.length;
      onProgress(position, source.bytes);
    }
    if (hash.digest('hex') !== fingerprint.sha256) throw changed(source);
  } finally {
    await source.handle.close();
  }
}

/**
 * Is the file under this path the one that was read? By size, then by SHA-256; nothing of it goes anywhere.
 * @throws InputError when it is gone or another.
 */
export async function checkSource(fingerprint: SourceFingerprint, signal?: CancellationSignal): Promise<void> {
  const source = await openTable(tableOf(fingerprint));
  try {
    if (source.bytes !== fingerprint.bytes) throw changed(source);
    const { sha256 } = await hashSource(source, { throwIfCancelled: () => signal?.throwIfCancelled() });
    if (sha256 !== fingerprint.sha256) throw changed(source);
  } finally {
    await source.handle.close();
  }
}

/**
 * Takes a file block by block and gives each back as it is to be written; a record may begin in one and end in a later
 * one.
 */
export class EditingCopier {
  readonly #places: readonly Place[];
  #next = 0;
  /** The beginning of a record that goes on in the next block. */
  #begun: Buffer[] = [];

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  copy(bytes: Buffer, position: number): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      const place = this.#places[this.#next];
      const start = place === undefined ? bytes.length : Math.max(at, place.start - position);
      if (place === undefined || start >= bytes.length) {
        parts.push(bytes.subarray(at));
        break;
      }
      parts.push(bytes.subarray(at, start));
      const end = place.start + place.length - position;
      const piece = bytes.subarray(start, end);
      if (end > bytes.length) {
        if (place.edit !== null) this.#begun.push(Buffer.from(piece));
        break;
      }
      if (place.edit !== null) parts.push(place.edit(Buffer.concat([...this.#begun, piece])));
      this.#begun = [];
      this.#next++;
      at = end;
    }
    return Buffer.concat(parts);
  }
}

/** Where a record to be edited stands in the file; places ascend and do not overlap. */
export interface Place {
  readonly start: number;
  readonly length: number;
  readonly edit: RecordEdit;
}

async function findPlaces(
  store: ProjectStore,
  edits: ReadonlyMap<number, RecordEdit>,
  signal: CancellationSignal | undefined,
): Promise<Place[]> {
  const places: Place[] = [];
  if (edits.size === 0) return places;
  await store.sources.scanPlaces((firstRow, byteStarts, byteLengths) => {
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
