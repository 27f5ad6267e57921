import { type FileHandle, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BugError } from '../../../core/base/errors';
import { syncFolder, writeFully } from '../files/atomicFile';
import { createPart } from '../files/partFile';
import { storageError } from '../files/storageErrors';
import { formatNpyHeader, npyTypeNamed } from './npyFormat';
import type { NpyRowsReference } from './npyRows';

export interface NpyRowsShape {
  readonly rows: number;
  readonly columns: number;
  readonly element: 'float64' | 'float32';
}

/** Bytes converted or copied at a time. */
const bufferBytes = 4 * 2 ** 20;
/**
 * Bytes after which what was written is forced to disk. Left to the end, many GiB would be, in one step that cannot be
 * cancelled, and a full disk might be noticed only then.
 */
const syncBytes = 128 * 2 ** 20;

/**
 * Writes a two-dimensional `.npy` file of known shape block by block, under a temporary name until `finish`. Whatever
 * fails, and `abort`, leaves nothing of it and what was under the name before.
 */
export class NpyRowsWriter {
  readonly #file: string;
  #temporary: string | undefined;
  readonly #shape: NpyRowsShape;
  #handle: FileHandle | undefined;
  #buffer: Float64Array | Float32Array | undefined;
  #written = 0;
  #unsynced = 0;

  private constructor(file: string, shape: NpyRowsShape) {
    this.#file = file;
    this.#shape = shape;
  }

  /** @throws StorageError when the folder cannot be written. */
  static async create(file: string, shape: NpyRowsShape): Promise<NpyRowsWriter> {
    const writer = new NpyRowsWriter(file, shape);
    await writer.#guard(async () => {
      const { path, handle } = await createPart(dirname(file));
      writer.#temporary = path;
      writer.#handle = handle;
      await writeFully(handle, formatNpyHeader(npyTypeNamed(shape.element), [shape.rows, shape.columns]));
    });
    return writer;
  }

  /** Rows written so far. */
  get rows(): number {
    return this.#written / this.#shape.columns;
  }

  /**
   * The next rows, row-major. Leave `block` as it is until the promise resolves.
   * @throws StorageError when the disk is full: the file is gone then.
   */
  async append(block: Float64Array | Float32Array): Promise<void> {
    const { rows, columns } = this.#shape;
    if (block.length % columns !== 0 || this.#written + block.length > rows * columns) {
      throw new BugError(`${block.length} numbers do not continue ${this.rows} of ${rows} rows of ${columns}.`);
    }
    await this.#guard(async () => {
      const handle = this.#opened;
      const same = block instanceof (this.#shape.element === 'float64' ? Float64Array : Float32Array);
      if (same && block.buffer instanceof ArrayBuffer) {
        await writeFully(handle, new Uint8Array(block.buffer, block.byteOffset, block.byteLength));
        await this.#settle(handle, block.byteLength);
      } else {
        for (let at = 0; at < block.length;) at += await this.#writeConverted(handle, block, at);
      }
    });
    this.#written += block.length;
  }

  /** Moves the file into place. @throws StorageError; BugError when rows are missing. */
  async finish(): Promise<NpyRowsReference> {
    const { rows, columns, element } = this.#shape;
    await this.#guard(async () => {
      if (this.#written !== rows * columns) throw new BugError(`${this.rows} of ${rows} rows were written.`);
      const handle = this.#opened;
      await handle.sync();
      this.#handle = undefined;
      await handle.close();
      if (this.#temporary !== undefined) await rename(this.#temporary, this.#file);
      await syncFolder(dirname(this.#file));
    });
    return { kind: 'npy', path: this.#file, rows, columns, element };
  }

  /** Removes what was written; after `finish` nothing happens. */
  async abort(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
    if (this.#temporary !== undefined) await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  async #writeConverted(handle: FileHandle, block: Float64Array | Float32Array, at: number): Promise<number> {
    this.#buffer ??=
      this.#shape.element === 'float64' ? new Float64Array(bufferBytes / 8) : new Float32Array(bufferBytes / 4);
    const count = Math.min(this.#buffer.length, block.length - at);
    this.#buffer.set(block.subarray(at, at + count));
    const bytes = count * this.#buffer.BYTES_PER_ELEMENT;
    await writeFully(handle, new Uint8Array(this.#buffer.buffer, 0, bytes));
    await this.#settle(handle, bytes);
    return count;
  }

  async #settle(handle: FileHandle, bytes: number): Promise<void> {
    this.#unsynced += bytes;
    if (this.#unsynced < syncBytes) return;
    this.#unsynced = 0;
    await handle.datasync();
  }

  get #opened(): FileHandle {
    if (this.#handle === undefined) throw new BugError(`${this.#file} was written to after its end.`);
    return this.#handle;
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.abort();
      throw storageError(error, dirname(this.#file));
    }
  }
}
