import { open } from 'node:fs/promises';
import type { SaidDialect } from '../../contract/dataset';
import type { EmbeddingsChoice } from '../datasets/datasetTypes';
import { findSource } from '../datasets/findSource';
import type { Looking } from '../datasets/looking';
import { detectEncoding } from '../datasets/records/encodings';
import type { Inspection } from '../datasets/sourceFormat';
import { type Origin, originOf } from './projectFolders';

/** A data file that can be read, as its first part shows it. */
export interface DataFile {
  readonly origin: Origin;
  readonly inspection: Inspection;
}

/**
 * Looks at a file before it is read. `said`: of how it is written; the rest is found. `embeddings`: a second file,
 * whose vectors are joined to its rows.
 * @throws InputError when it is not there, or cannot be read as a table; CancelledError
 */
export async function inspectFile(
  path: string,
  said: SaidDialect = {},
  embeddings?: EmbeddingsChoice,
  looking?: Looking,
): Promise<DataFile> {
  const found = await findSource(path, embeddings, looking);
  return { origin: originOf(found), inspection: await found.inspect(said, looking) };
}

/**
 * How UTF-16 is written: little-endian unless the file shows otherwise. A file that cannot be opened is told of where
 * it is read.
 */
export async function readByteOrder(path: string): Promise<'utf-16le' | 'utf-16be'> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return 'utf-16le';
  try {
    // A folder cannot be read so; what it is is told where it is looked at.
    if ((await handle.stat()).isDirectory()) return 'utf-16le';
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
    return detectEncoding(buffer.subarray(0, bytesRead), false).encoding === 'utf-16be' ? 'utf-16be' : 'utf-16le';
  } finally {
    await handle.close();
  }
}
