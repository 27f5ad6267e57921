import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StoredRows } from '../../../core/base/featureRows';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { makeFolder } from '../files/makeFolder';
import { writeNpy } from '../npy/npy';
import { NpyRows, type NpyRowsReference } from '../npy/npyRows';
import { type NpyRowsShape, NpyRowsWriter } from '../npy/npyWriter';
import { arrayFile, arrayFolder } from '../projectFolder';
import type { StoredArray } from '../storeTypes';

/**
 * The arrays of an audit while it is being made: in a folder of their own, of which nobody knows until
 * `AuditStore.replace` records it. Until then `discard` removes it all, and so does the next opening of the project
 * after a crash.
 */
export class AuditDraft {
  readonly #folder: string;
  readonly #names = new Set<string>();
  readonly #writers: NpyRowsWriter[] = [];
  readonly #scratch: string[] = [];
  readonly #opened: NpyRows[] = [];
  #onEnd: (() => void) | undefined;

  /** `onEnd` is called once, when the draft was recorded or discarded. Use `AuditStore.draft`. */
  constructor(
    folder: string,
    readonly generation: number,
    onEnd: () => void,
  ) {
    this.#folder = folder;
    this.#onEnd = onEnd;
  }

  /** Of the arrays written or begun so far. */
  get arrayNames(): string[] {
    return [...this.#names];
  }

  /**
   * Begins an array of rows too large to hand over at once. Finish it before the audit is recorded.
   * @throws StorageError
   */
  async writeRows(name: string, shape: NpyRowsShape): Promise<NpyRowsWriter> {
    const writer = await NpyRowsWriter.create(await this.#place(name), shape);
    this.#writers.push(writer);
    return writer;
  }

  /**
   * The same for rows that are needed only until the audit is recorded: `dropScratch` removes them.
   * @throws StorageError
   */
  async writeScratch(name: string, shape: NpyRowsShape): Promise<NpyRowsWriter> {
    const file = await this.#place(name);
    this.#names.delete(name);
    this.#scratch.push(file);
    const writer = await NpyRowsWriter.create(file, shape);
    this.#writers.push(writer);
    return writer;
  }

  /** Rows of such a file, to be read until `dropScratch`. @throws StorageError */
  openScratch(reference: NpyRowsReference): StoredRows {
    const rows = NpyRows.openReference(reference);
    this.#opened.push(rows);
    return rows;
  }

  /** To be called when nobody reads them any more; what cannot be removed goes with the audit. */
  async dropScratch(): Promise<void> {
    for (const rows of this.#opened.splice(0)) rows.close();
    for (const file of this.#scratch.splice(0)) await rm(file, { force: true }).catch(() => undefined);
  }

  async writeArrays(arrays: Readonly<Record<string, StoredArray>>, signal?: CancellationSignal): Promise<void> {
    for (const [name, array] of Object.entries(arrays)) {
      signal?.throwIfCancelled();
      await writeNpy(await this.#place(name), array);
    }
  }

  /** The arrays are the project's from now on. */
  keep(): void {
    this.#onEnd?.();
    this.#onEnd = undefined;
  }

  /** Removes everything written; after `keep` nothing happens. */
  async discard(): Promise<void> {
    if (this.#onEnd === undefined) return;
    // Files that are still open cannot be removed everywhere.
    for (const writer of this.#writers) await writer.abort();
    await rm(arrayFolder(this.#folder, this.generation), { recursive: true, force: true }).catch(() => undefined);
    this.keep();
  }

  async #place(name: string): Promise<string> {
    const file = arrayFile(this.#folder, this.generation, name);
    await makeFolder(dirname(file));
    this.#names.add(name);
    return file;
  }
}

/**
 * Removes the arrays of all generations but these. What cannot be removed, because it is open, goes when the project is
 * opened next.
 */
export async function dropArraysExcept(folder: string, generations: ReadonlySet<number>): Promise<void> {
  const arrays = join(folder, 'arrays');
  for (const name of await readdir(arrays).catch(() => [])) {
    const generation = /^audit-(\d+)$/.exec(name)?.[1];
    if (generation === undefined || generations.has(Number(generation))) continue;
    await rm(join(arrays, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
