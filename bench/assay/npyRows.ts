import fs from 'node:fs';
import { StorageError } from '../../src/core/base/errors';
import type { StoredRows } from '../../src/core/base/featureRows';

export interface NpyRows extends StoredRows {
  close(): void;
}

/**
 * The first `rows` rows (default all) of an n×d float32 or float64 `.npy` file, read by ranges. Little-endian, C order, as NumPy writes
 * on every ordinary machine.
 * @throws StorageError when it is another kind of file or is cut short.
 */
export function openNpyRows(file: string, rows?: number): NpyRows {
  const descriptor = fs.openSync(file, 'r');
  try {
    const start = Buffer.alloc(10);
    fs.readSync(descriptor, start, 0, 10, 0);
    if (start.toString('latin1', 0, 6) !== '\x93NUMPY') throw unreadable(file, 'it is no .npy file');
    const header = Buffer.alloc(start.readUInt16LE(8));
    fs.readSync(descriptor, header, 0, header.length, 10);
    const text = header.toString('latin1');
    const code = /'descr': '(<f[48])'/.exec(text)?.[1];
    const shape = /'shape': \((\d+), (\d+)\)/.exec(text);
    if (code === undefined || shape === null || !text.includes("'fortran_order': False")) {
      throw unreadable(file, 'it does not hold two-dimensional float32 or float64 numbers in C order');
    }
    const [inFile, columns] = [Number(shape[1]), Number(shape[2])];
    const bytes = code === '<f4' ? 4 : 8;
    const offset = 10 + header.length;
    if (fs.fstatSync(descriptor).size < offset + inFile * columns * bytes) throw unreadable(file, 'it is cut short');
    if (rows !== undefined && rows > inFile) throw unreadable(file, `it has ${inFile} rows, not ${rows}`);
    return rowsOf(file, descriptor, { rows: rows ?? inFile, columns, bytes, offset });
  } catch (error) {
    fs.closeSync(descriptor);
    throw error;
  }
}

interface Layout {
  readonly rows: number;
  readonly columns: number;
  readonly bytes: 4 | 8;
  readonly offset: number;
}

function rowsOf(file: string, descriptor: number, { rows, columns, bytes, offset }: Layout): NpyRows {
  /** Used again by every call that must convert. */
  let buffer = new ArrayBuffer(0);
  const readInto = (target: Uint8Array, at: number): void => {
    for (let done = 0; done < target.length;) {
      const count = fs.readSync(descriptor, target, done, target.length - done, at + done);
      if (count === 0) throw unreadable(file, 'it is cut short');
      done += count;
    }
  };
  return {
    rows,
    columns,
    element: bytes === 4 ? 'float32' : 'float64',
    read(from, count, out) {
      const length = count * columns;
      const at = offset + from * columns * bytes;
      if (out.BYTES_PER_ELEMENT === bytes) {
        readInto(new Uint8Array(out.buffer, out.byteOffset, length * bytes), at);
        return;
      }
      if (buffer.byteLength < length * bytes) buffer = new ArrayBuffer(length * bytes);
      readInto(new Uint8Array(buffer, 0, length * bytes), at);
      out.set(bytes === 4 ? new Float32Array(buffer, 0, length) : new Float64Array(buffer, 0, length));
    },
    close: () => fs.closeSync(descriptor),
  };
}

function unreadable(file: string, why: string): StorageError {
  return new StorageError(`${file} cannot be read: ${why}.`, { details: { file } });
}
