import { open } from 'node:fs/promises';
import { StorageError } from '../../core/base/errors';
import type { NumericArray, StoredArray } from './storeTypes';
import { writeFileAtomically } from './atomicFile';

const types = [
  { code: '<f8', bytes: 8, make: (buffer: ArrayBufferLike): NumericArray => new Float64Array(buffer) },
  { code: '<f4', bytes: 4, make: (buffer: ArrayBufferLike): NumericArray => new Float32Array(buffer) },
  { code: '<i4', bytes: 4, make: (buffer: ArrayBufferLike): NumericArray => new Int32Array(buffer) },
  { code: '<u4', bytes: 4, make: (buffer: ArrayBufferLike): NumericArray => new Uint32Array(buffer) },
  { code: '|u1', bytes: 1, make: (buffer: ArrayBufferLike): NumericArray => new Uint8Array(buffer) },
] as const;

const blockBytes = 4 * 1024 * 1024;

function codeOf(data: NumericArray): string {
  if (data instanceof Float64Array) return '<f8';
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Int32Array) return '<i4';
  return data instanceof Uint32Array ? '<u4' : '|u1';
}

/** Header of NumPy's format, version 1.0: magic, version, length, a Python literal padded to a multiple of 64 bytes. */
function headerOf(code: string, shape: readonly number[]): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0] ?? 0},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${code}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 10 - 1, ' ') + '\n';
  const header = Buffer.alloc(10 + padded.length);
  header.write('\x93NUMPY', 'latin1');
  header[6] = 1;
  header.writeUInt16LE(padded.length, 8);
  header.write(padded, 10, 'latin1');
  return header;
}

/**
 * Writes an array as a `.npy` file (little-endian, C order), under a temporary name and then in place.
 * @throws StorageError when the disk is full or the folder cannot be written.
 */
export async function writeNpy(file: string, array: StoredArray): Promise<void> {
  const { data, shape } = array;
  await writeFileAtomically(file, async (write) => {
    await write(headerOf(codeOf(data), shape));
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; at += blockBytes) {
      // A copy: files cannot be written from shared memory everywhere.
      await write(Buffer.from(bytes.subarray(at, at + blockBytes)));
    }
  });
}

/**
 * Reads what {@link writeNpy} wrote, or NumPy in the same types and C order.
 * @param options.shared the numbers are put into a SharedArrayBuffer, for threads.
 * @throws StorageError when the file is missing, cut short, or of another type.
 */
export async function readNpy(file: string, options: { readonly shared?: boolean } = {}): Promise<StoredArray> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw new StorageError(`The array ${file} is missing from the project. Run the audit again.`, {
      cause: error,
      details: { file },
    });
  }
  try {
    const start = Buffer.alloc(10);
    await handle.read(start, 0, 10, 0);
    if (start.toString('latin1', 0, 6) !== '\x93NUMPY') throw damaged(file);
    const header = Buffer.alloc(start.readUInt16LE(8));
    await handle.read(header, 0, header.length, 10);
    const text = header.toString('latin1');
    const type = types.find(({ code }) => text.includes(`'descr': '${code}'`));
    const shapeText = /'shape': \(([\d, ]*)\)/.exec(text)?.[1];
    if (type === undefined || shapeText === undefined || !text.includes("'fortran_order': False")) throw damaged(file);
    const shape = shapeText
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(Number);
    const length = shape.reduce((product, size) => product * size, 1) * type.bytes;
    const offset = 10 + header.length;
    if ((await handle.stat()).size !== offset + length) throw damaged(file);
    const buffer = options.shared === true ? new SharedArrayBuffer(length) : new ArrayBuffer(length);
    const target = new Uint8Array(buffer);
    const block = Buffer.allocUnsafe(Math.min(blockBytes, length));
    for (let at = 0; at < length;) {
      const { bytesRead } = await handle.read(block, 0, Math.min(block.length, length - at), offset + at);
      if (bytesRead === 0) throw damaged(file);
      target.set(block.subarray(0, bytesRead), at);
      at += bytesRead;
    }
    return { data: type.make(buffer), shape };
  } finally {
    await handle.close();
  }
}

function damaged(file: string): StorageError {
  return new StorageError(`The array ${file} is damaged. Run the audit again.`, { details: { file } });
}
