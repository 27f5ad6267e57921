import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createPart } from './partFile';
import { storageError } from './storageErrors';

/** Forces a folder's entries (new names) to disk; where the system cannot do that, it needs not. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // Windows does not open folders.
  } finally {
    await handle?.close();
  }
}

/**
 * Writes a file under a temporary name in the same folder, forces it to disk and moves it into place: afterwards the
 * file is the new one entirely, or, after any failure, what it was before. A link of that name is replaced, never
 * followed.
 * @throws StorageError
 */
export async function writeFileAtomically(
  file: string,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  let temporary: string | undefined;
  try {
    const { path, handle } = await createPart(dirname(file));
    temporary = path;
    try {
      await fill(async (bytes) => {
        await writeFully(handle, bytes);
      });
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(path, file);
    await syncFolder(dirname(file));
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    throw storageError(error, dirname(file));
  }
}

/** `FileHandle.write` may write less than asked for when the disk is nearly full; the next attempt then tells why. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}
