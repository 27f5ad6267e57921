import { writeFileAtomically } from '../files/atomicFile';
import { openPlainFile } from '../files/plainFile';
import type { StoredArray } from '../storeTypes';
import {
  checkNpyLength,
  checkNpyShape,
  damagedArray,
  type ExpectedArray,
  formatNpyHeader,
  missingArray,
  npyHeaderBytes,
  npyStartBytes,
  npyTypeOf,
  parseNpyHeader,
} from './npyFormat';

const blockBytes = 4 * 1024 * 1024;

/**
 * Writes an array as a `.npy` file (little-endian, C order), under a temporary name and then in place.
 * @throws StorageError when the disk is full or the folder cannot be written.
 */
export async function writeNpy(file: string, array: StoredArray): Promise<void> {
  const { data, shape } = array;
  await writeFileAtomically(file, async (write) => {
    await write(formatNpyHeader(npyTypeOf(data), shape));
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; at += blockBytes) {
      // A copy: files cannot be written from shared memory everywhere.
      await write(Buffer.from(bytes.subarray(at, at + blockBytes)));
    }
  });
}

/**
 * Reads a whole array that {@link writeNpy} wrote, or NumPy in the same types and C order.
 * @param options.shared the numbers are put into a SharedArrayBuffer, for threads.
 * @param options.expected what it has to be, looked at before memory is taken.
 * @throws StorageError when the file is missing, cut short, or of another type.
 */
export async function readNpy(
  file: string,
  options: { readonly shared?: boolean; readonly expected?: ExpectedArray } = {},
): Promise<StoredArray> {
  let handle;
  try {
    handle = await openPlainFile(file);
  } catch (error) {
    throw missingArray(file, error);
  }
  try {
    const start = Buffer.alloc(npyStartBytes);
    await handle.read(start, 0, start.length, 0);
    const head = Buffer.alloc(npyHeaderBytes(file, start));
    await handle.read(head, 0, head.length, 0);
    const header = parseNpyHeader(file, head);
    checkNpyLength(file, header, (await handle.stat()).size);
    if (options.expected !== undefined) checkNpyShape(file, header, options.expected);
    const length = header.fileBytes - header.offset;
    const buffer = options.shared === true ? new SharedArrayBuffer(length) : new ArrayBuffer(length);
    const target = new Uint8Array(buffer);
    const block = Buffer.allocUnsafe(Math.min(blockBytes, length));
    for (let at = 0; at < length;) {
      const { bytesRead } = await handle.read(block, 0, Math.min(block.length, length - at), header.offset + at);
      if (bytesRead === 0) throw damagedArray(file);
      target.set(block.subarray(0, bytesRead), at);
      at += bytesRead;
    }
    return { data: header.type.make(buffer), shape: header.shape };
  } finally {
    await handle.close();
  }
}
