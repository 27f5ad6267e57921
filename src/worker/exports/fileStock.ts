import { realpath } from 'node:fs/promises';
import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import { EntryError, readEntry } from '../archives/readEntry';
import { readZipDirectory, type ZipDirectory, type ZipEntry } from '../archives/zipDirectory';
import { resolveBelow } from '../pictures/pictureFile';
import { openPlainFile } from '../store/files/plainFile';

/** The files that rows are or name, wherever they are kept. */
export interface FileStock {
  /** The bytes of a file in pieces. @throws InputError where there is no such file. */
  readonly read: (path: string) => AsyncIterable<Uint8Array>;
  /** Where a file lies on disk, so that a link can be made to it; null where it lies in an archive. */
  readonly find: ((path: string) => Promise<string>) | null;
  readonly close: () => Promise<void>;
}

/** An entry is unpacked in memory, a few at a time. */
const largestCopied = 256 * 2 ** 20;
const pieceBytes = 1 << 20;

/** The files below a folder, and nothing that a link leads to outside it. */
export async function openFolderStock(root: string): Promise<FileStock> {
  const home = await realpath(root).catch((error: unknown) => {
    throw new InputError(`${root} is not there any more.`, { cause: error });
  });
  const find = (path: string): Promise<string> => resolveBelow(home, path);
  return {
    find,
    read: (path) => readPieces(() => find(path)),
    close: () => Promise.resolve(),
  };
}

/** The entries of a zip archive, or of a folder in it. */
export async function openArchiveStock(path: string, folder: readonly string[] = []): Promise<FileStock> {
  const archive = await readZipDirectory(path);
  const entries = new Map(archive.entries.map((entry) => [entry.path, entry]));
  return {
    find: null,

    read: async function* (name) {
      const entry = entries.get([...folder, name].join('/'));
      if (entry === undefined) throw new InputError(`The archive has no entry ${name}.`);
      yield readWhole(archive, entry);
    },
    close: () => Promise.resolve(),
  };
}

function readWhole(archive: ZipDirectory, entry: ZipEntry): Buffer {
  if (entry.bytes > largestCopied) {
    throw new InputError(
      `${entry.path} has ${formatCount(entry.bytes)} bytes; entries of archives are copied up to 256 MB.`,
    );
  }
  try {
    return readEntry(archive, entry);
  } catch (error) {
    if (error instanceof EntryError) throw new InputError(`${entry.path} ${error.message}.`, { cause: error });
    throw error;
  }
}

async function* readPieces(find: () => Promise<string>): AsyncIterable<Uint8Array> {
  const handle = await openPlainFile(await find());
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(size, pieceBytes)));
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
