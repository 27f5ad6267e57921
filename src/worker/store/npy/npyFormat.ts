import { StorageError } from '../../../core/base/errors';
import type { NumericArray } from '../storeTypes';

/** The element types of `.npy` files that are read and written, by NumPy's codes. Little-endian. */
const types = [
  { code: '<f8', name: 'float64', bytes: 8, make: (buffer: ArrayBufferLike): NumericArray => new Float64Array(buffer) },
  { code: '<f4', name: 'float32', bytes: 4, make: (buffer: ArrayBufferLike): NumericArray => new Float32Array(buffer) },
  { code: '<i4', name: 'int32', bytes: 4, make: (buffer: ArrayBufferLike): NumericArray => new Int32Array(buffer) },
  { code: '<u4', name: 'uint32', bytes: 4, make: (buffer: ArrayBufferLike): NumericArray => new Uint32Array(buffer) },
  { code: '|u1', name: 'uint8', bytes: 1, make: (buffer: ArrayBufferLike): NumericArray => new Uint8Array(buffer) },
] as const;
type NpyType = (typeof types)[number];

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  readonly type: NpyType;
  /** Sizes of the dimensions, C order. */
  readonly shape: readonly number[];
  /** Where the numbers start, in bytes. */
  readonly offset: number;
  /** Length the whole file must have, in bytes. */
  readonly fileBytes: number;
}

/** Bytes at the start of a file from which {@link npyHeaderBytes} tells the header's length. */
export const npyStartBytes = 12;
/** NumPy itself refuses headers of more than 10,000 characters; one that claims more is damaged. */
const longestHeader = 65_536;

export function npyTypeOf(data: NumericArray): NpyType {
  if (data instanceof Float64Array) return types[0];
  if (data instanceof Float32Array) return types[1];
  if (data instanceof Int32Array) return types[2];
  return data instanceof Uint32Array ? types[3] : types[4];
}

export function npyTypeNamed(name: 'float64' | 'float32'): NpyType {
  return name === 'float64' ? types[0] : types[1];
}

/** Header of NumPy's format, version 1.0: magic, version, length, a Python literal padded to a multiple of 64 bytes. */
export function formatNpyHeader(type: NpyType, shape: readonly number[]): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0] ?? 0},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${type.code}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 10 - 1, ' ') + '\n';
  const header = Buffer.alloc(10 + padded.length);
  header.write('\x93NUMPY', 'latin1');
  header[6] = 1;
  header.writeUInt16LE(padded.length, 8);
  header.write(padded, 10, 'latin1');
  return header;
}

/**
 * Bytes before the numbers, from the first {@link npyStartBytes} of the file. Versions 1.0 (NumPy's usual one), 2.0 and
 * 3.0.
 * @throws StorageError when it is no `.npy` file.
 */
export function npyHeaderBytes(file: string, start: Buffer): number {
  if (start.length < npyStartBytes || start.toString('latin1', 0, 6) !== '\x93NUMPY') throw damagedArray(file);
  const version = start[6];
  const bytes = version === 1 ? 10 + start.readUInt16LE(8) : 12 + start.readUInt32LE(8);
  if (version === undefined || version < 1 || version > 3 || bytes > longestHeader) throw damagedArray(file);
  return bytes;
}

/**
 * Reads a whole header, as many bytes as {@link npyHeaderBytes} says.
 * @throws StorageError when it is damaged, or of a type or order that is not read.
 */
export function parseNpyHeader(file: string, header: Buffer): NpyHeader {
  const text = header.toString('latin1', header[6] === 1 ? 10 : 12);
  const code = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const shapeText = /'shape':\s*\(([\d, ]*)\)/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  if (code === undefined || shapeText === undefined || order === undefined) throw damagedArray(file);
  const type = types.find((known) => known.code === code);
  if (type === undefined || order === 'True') {
    const found = type === undefined ? `numbers of type ${code}` : 'its numbers column by column (Fortran order)';
    throw new StorageError(
      `The array ${file} holds ${found}. Save it as little-endian ${types.map(({ name }) => name).join(', ')}, row by row (C order).`,
      { details: { file, type: code } },
    );
  }
  const shape = shapeText
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  const bytes = shape.reduce((product, size) => product * size, 1) * type.bytes;
  if (!Number.isSafeInteger(bytes)) throw damagedArray(file);
  return { type, shape, offset: header.length, fileBytes: header.length + bytes };
}

export function missingArray(file: string, cause: unknown): StorageError {
  return new StorageError(`The array ${file} is missing from the project. Run the audit again.`, {
    cause,
    details: { file },
  });
}

export function damagedArray(file: string): StorageError {
  return new StorageError(`The array ${file} is damaged. Run the audit again.`, { details: { file } });
}

/** @throws StorageError when the file is not as long as its header says. */
export function checkNpyLength(file: string, { fileBytes }: NpyHeader, found: number): void {
  if (found === fileBytes) return;
  const state = found < fileBytes ? 'cut short' : 'longer than its header says';
  throw new StorageError(
    `The array ${file} is damaged: it is ${state} (${found} bytes instead of ${fileBytes}). Run the audit again.`,
    { details: { file, bytes: found, expected: fileBytes } },
  );
}

/** What an array has to be: its type, and of each dimension the least and the largest size. */
export interface ExpectedArray {
  readonly type: NpyType['name'];
  readonly shape: readonly (readonly [least: number, most: number])[];
}

/** @throws StorageError when the array is of another type or size. */
export function checkNpyShape(file: string, { type, shape }: NpyHeader, expected: ExpectedArray): void {
  const fits =
    type.name === expected.type &&
    shape.length === expected.shape.length &&
    expected.shape.every(([least, most], at) => (shape[at] ?? -1) >= least && (shape[at] ?? -1) <= most);
  if (fits) return;
  throw new StorageError(
    `The array ${file} is damaged or was altered: it holds ${shape.join(' × ')} numbers of type ${type.name}, which does not fit the audit. Run the audit again.`,
    { details: { file, type: type.name } },
  );
}
