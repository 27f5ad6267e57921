import { closeSync, fstatSync, readSync } from 'node:fs';
import { BugError, StorageError } from '../../../core/base/errors';
import type { StoredRows } from '../../../core/base/featureRows';
import { openPlainFileSync } from '../files/plainFile';
import { storageError } from '../files/storageErrors';
import type { NpyHeader } from './npyFormat';
import { checkNpyLength, missingArray, npyHeaderBytes, npyStartBytes, parseNpyHeader } from './npyFormat';

/** Rows in a `.npy` file, named so that another thread can open them. Only the engine makes paths. */
export interface NpyRowsReference {
  readonly kind: 'npy';
  readonly path: string;
  readonly rows: number;
  readonly columns: number;
  readonly element: 'float64' | 'float32';
}

/** Bytes that pass through the buffer at a time where numbers are converted: small enough for a processor's cache. */
const bufferBytes = 2 ** 20;
/** One call to the system reads less than 2³¹ bytes. */
const largestRead = 2 ** 30;

/**
 * The rows of a two-dimensional `.npy` file (float32 or float64, C order), read by ranges: nothing but what is asked
 * for is ever in memory, and the system's cache makes the next pass faster where memory is free. Synchronous, for the
 * compute thread. Close it when done.
 */
export class NpyRows implements StoredRows {
  readonly rows: number;
  readonly columns: number;
  readonly element: 'float64' | 'float32';
  readonly #path: string;
  readonly #header: NpyHeader;
  readonly #modified: number;
  #file: number | undefined;
  #buffer: ArrayBuffer | undefined;

  private constructor(path: string, file: number, header: NpyHeader, modified: number) {
    const { type, shape } = header;
    if ((type.name !== 'float64' && type.name !== 'float32') || shape.length !== 2) {
      throw new StorageError(
        `The array ${path} holds ${shape.join(' × ')} numbers of type ${type.name}; rows of float32 or float64 are needed. Run the audit again.`,
        { details: { file: path, type: type.name } },
      );
    }
    [this.rows = 0, this.columns = 0] = shape;
    this.element = type.name;
    this.#path = path;
    this.#file = file;
    this.#header = header;
    this.#modified = modified;
  }

  /** @throws StorageError when the file is missing, cut short, damaged or of another type. */
  static open(path: string): NpyRows {
    let file: number;
    try {
      file = openPlainFileSync(path);
    } catch (error) {
      throw missingArray(path, error);
    }
    try {
      const start = Buffer.alloc(npyStartBytes);
      readSync(file, start, 0, start.length, 0);
      const head = Buffer.alloc(npyHeaderBytes(path, start));
      readSync(file, head, 0, head.length, 0);
      const header = parseNpyHeader(path, head);
      const { size, mtimeMs } = fstatSync(file);
      checkNpyLength(path, header, size);
      return new NpyRows(path, file, header, mtimeMs);
    } catch (error) {
      closeSync(file);
      throw storageError(error, path);
    }
  }

  /**
   * Opens what a reference names.
   * @throws StorageError also when the file is not what the reference says.
   */
  static openReference({ path, rows, columns, element }: NpyRowsReference): NpyRows {
    const opened = NpyRows.open(path);
    if (opened.rows === rows && opened.columns === columns && opened.element === element) return opened;
    opened.close();
    throw changed(path);
  }

  get reference(): NpyRowsReference {
    const { rows, columns, element } = this;
    return { kind: 'npy', path: this.#path, rows, columns, element };
  }

  /** O(count·columns); a few microseconds a call beside that. */
  read(from: number, count: number, out: Float64Array | Float32Array): void {
    const { rows, columns } = this;
    if (!(from >= 0 && count >= 0 && from + count <= rows)) {
      throw new BugError(`Rows ${from} to ${from + count} of ${rows} were asked for.`);
    }
    const numbers = count * columns;
    if (out.length < numbers) throw new BugError(`${numbers} numbers do not fit into ${out.length}.`);
    const size = this.#header.type.bytes;
    const position = this.#header.offset + from * columns * size;
    // Files cannot be read into shared memory everywhere.
    const direct = out.BYTES_PER_ELEMENT === size && !isShared(out.buffer);
    if (direct) this.#readBytes(position, new Uint8Array(out.buffer, out.byteOffset, numbers * size));
    else this.#readThroughBuffer(position, out, numbers);
    this.#checkUnchanged();
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    this.#buffer = undefined;
    if (file !== undefined) closeSync(file);
  }

  #readThroughBuffer(position: number, out: Float64Array | Float32Array, numbers: number): void {
    const size = this.#header.type.bytes;
    const atOnce = bufferBytes / size;
    this.#buffer ??= new ArrayBuffer(bufferBytes);
    for (let at = 0; at < numbers; at += atOnce) {
      const count = Math.min(atOnce, numbers - at);
      this.#readBytes(position + at * size, new Uint8Array(this.#buffer, 0, count * size));
      out.set(size === 8 ? new Float64Array(this.#buffer, 0, count) : new Float32Array(this.#buffer, 0, count), at);
    }
  }

  #readBytes(position: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      let read: number;
      try {
        read = readSync(this.#openFile, bytes, at, Math.min(largestRead, bytes.length - at), position + at);
      } catch (error) {
        throw storageError(error, this.#path);
      }
      if (read === 0) throw changed(this.#path);
      at += read;
    }
  }

  /** A file replaced under its name stays what it was for who has it open; one written to does not. */
  #checkUnchanged(): void {
    const { size, mtimeMs } = fstatSync(this.#openFile);
    if (size !== this.#header.fileBytes || mtimeMs !== this.#modified) throw changed(this.#path);
  }

  get #openFile(): number {
    if (this.#file === undefined) throw new BugError(`${this.#path} was read after it had been closed.`);
    return this.#file;
  }
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}

function changed(file: string): StorageError {
  return new StorageError(`The array ${file} was changed while it was in use. Run the audit again.`, {
    details: { file },
  });
}
