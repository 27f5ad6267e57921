import { closeSync, fstatSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import { AssayError, InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import { unreadableFile } from '../../core/base/unreadableFile';
import { visibleText } from '../../core/base/visibleText';
import type { CancellationSignal } from '../../core/job/jobContext';
import { createTurns } from '../eventLoop';
import { openPlainFileSync } from '../store/files/plainFile';

/** A file in an archive. */
export interface ZipEntry {
  /** Within the archive, parted by `/`. */
  readonly path: string;
  /** As the archive says; what is read is held to it. */
  readonly bytes: number;
  readonly packedBytes: number;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly crc32: number;
  /** Of its local header. */
  readonly offset: number;
  readonly mtimeMs: number;
}

/** What an archive holds, and what it was when that was read. */
export interface ZipDirectory {
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly entries: readonly ZipEntry[];
  /** Entries that are not read, and why: “is a link, and links are not followed”. */
  readonly leftOut: readonly { readonly path: string; readonly message: string }[];
}

/** What is kept of an entry costs some 300 bytes. */
const mostEntries = 1_000_000;
/** Larger ones are no pictures or texts, and say something that cannot be true. */
const largestEntry = 2 ** 32;
/** An archive that says it holds so much more than it has is one that was made to fill memory or disk. */
const largestRatio = 200;
/** Below so many bytes, whatever the ratio, there is nothing to fear. */
const harmlessBytes = 256 * 2 ** 20;
const mostBytes = 2 ** 40;

const localHeaderBytes = 30;
const blockBytes = 1 << 20;
const linkType = 0o12;
const archiveEnding = /\.(zip|jar|7z|rar|tar|gz|tgz|bz2|xz|zst)$/i;

/** Whether a file begins as zip archives do, an empty one too. */
export function isZip(head: Uint8Array): boolean {
  const signature = Buffer.from(head.subarray(0, 4)).toString('latin1');
  return signature === 'PK\u0003\u0004' || signature === 'PK\u0005\u0006';
}

/** Whether a directory is still wanted, and who hears how many entries have been read. */
interface DirectoryOptions {
  readonly signal?: CancellationSignal;
  readonly onEntries?: (read: number, total: number) => void;
}

/**
 * Reads what an archive holds, from its central directory; no entry is opened. About a second for 100,000 entries.
 * @throws InputError where it is damaged, cut off, encrypted, or made to do harm: names that lead out of it or come
 *   twice, entries that overlap, sizes that cannot be true.
 * @throws CancelledError
 */
export async function readZipDirectory(
  path: string,
  { signal, onEntries }: DirectoryOptions = {},
): Promise<ZipDirectory> {
  const file = openArchive(path);
  try {
    const stats = fstatSync(file);
    const collector = new EntryCollector(path, stats.size);
    const zip = await fromRandomAccessReaderPromise(new BlockReader(file), stats.size, { autoClose: false });
    if (zip.entryCount > mostEntries) {
      throw refuse(
        path,
        `holds ${formatCount(zip.entryCount)} entries; archives are read up to ${formatCount(mostEntries)}`,
      );
    }
    let read = 0;
    const turn = createTurns(signal, () => onEntries?.(read, zip.entryCount));
    for await (const entry of zip.eachEntry()) {
      await turn();
      collector.add(entry);
      read++;
    }
    return { path, bytes: stats.size, mtimeMs: stats.mtimeMs, ...collector.finish() };
  } catch (error) {
    throw error instanceof AssayError ? error : damaged(path, error);
  } finally {
    closeSync(file);
  }
}

/** Opens an archive, and nothing else. @throws InputError */
export function openArchive(path: string): number {
  try {
    return openPlainFileSync(path);
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

class EntryCollector {
  readonly #entries: ZipEntry[] = [];
  readonly #leftOut: { path: string; message: string }[] = [];
  readonly #names = new Set<string>();
  #total = 0;

  constructor(
    private readonly archive: string,
    private readonly archiveBytes: number,
  ) {}

  add(entry: Entry): void {
    const path = entry.fileName;
    const isFolder = path.endsWith('/');
    const name = isFolder ? path.slice(0, -1) : path;
    this.#checkName(name);
    if (isFolder) return;
    const [bytes, packedBytes] = [entry.uncompressedSize, entry.compressedSize];
    const offset = entry.relativeOffsetOfLocalHeader;
    const shown = `“${visibleText(path, { limit: 100 })}”`;
    if (entry.isEncrypted())
      throw refuse(this.archive, `has encrypted entries (${shown}): unpack it with its password`);
    if (bytes > largestEntry || offset + localHeaderBytes + packedBytes > this.archiveBytes) {
      throw refuse(this.archive, `is cut off or damaged: its entry ${shown} cannot have the size that it says`);
    }
    this.#total += bytes;
    const isTooMuch = this.#total > harmlessBytes && this.#total > largestRatio * this.archiveBytes;
    if (isTooMuch || this.#total > mostBytes) {
      throw refuse(
        this.archive,
        `says that it holds more than ${largestRatio} times its own size (${formatCount(this.#total)} bytes and more): it is not opened, as it would fill memory or disk`,
      );
    }
    const why = this.#whyNot(entry);
    if (why !== null) this.#leftOut.push({ path, message: why });
    else {
      const time = entry.getLastModDate({ timezone: 'UTC' }).getTime();
      const mtimeMs = Number.isFinite(time) ? time : 0;
      const { compressionMethod: method, crc32 } = entry;
      this.#entries.push({ path, bytes, packedBytes, method, crc32, offset, mtimeMs });
    }
  }

  finish(): Pick<ZipDirectory, 'entries' | 'leftOut'> {
    let end = 0;
    for (const entry of [...this.#entries].sort((a, b) => a.offset - b.offset)) {
      if (entry.offset < end) {
        throw refuse(this.archive, 'has entries that lie on one another, which no program makes unless to do harm');
      }
      end = entry.offset + localHeaderBytes + entry.packedBytes;
    }
    return { entries: this.#entries, leftOut: this.#leftOut };
  }

  #checkName(name: string): void {
    const shown = `“${visibleText(name, { limit: 100 })}”`;
    const parts = name.split('/');
    if (/^[a-z]:/i.test(name) || name.includes('\0') || parts.some((part) => ['', '.', '..'].includes(part))) {
      throw refuse(this.archive, `has an entry whose name leads out of it or nowhere (${shown})`);
    }
    if (this.#names.has(name)) throw refuse(this.archive, `has two entries of the name ${shown}`);
    this.#names.add(name);
  }

  /** Why an entry is not read; null where it is. */
  #whyNot({ externalFileAttributes, compressionMethod, fileName }: Entry): string | null {
    if (externalFileAttributes >>> 28 === linkType) return 'is a link, and links are not followed';
    if (archiveEnding.test(fileName)) return 'is an archive within the archive, which is not looked into: unpack it';
    if (compressionMethod === 0 || compressionMethod === 8) return null;
    return `is packed in a way that is not read (method ${compressionMethod})`;
  }
}

/** Reads a file in blocks, as the directory is read in pieces of some bytes. */
class BlockReader extends RandomAccessReader {
  readonly #block = Buffer.alloc(blockBytes);
  #start = 0;
  #length = 0;

  constructor(private readonly file: number) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    let copied = 0;
    try {
      while (copied < length) {
        const at = position + copied;
        if (at < this.#start || at >= this.#start + this.#length) {
          this.#length = readSync(this.file, this.#block, 0, blockBytes, at);
          this.#start = at;
          if (this.#length === 0) break;
        }
        copied += this.#block.copy(
          buffer,
          offset + copied,
          at - this.#start,
          Math.min(this.#length, at - this.#start + length - copied),
        );
      }
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    callback(null, copied);
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

function refuse(path: string, why: string): InputError {
  return new InputError(`${basename(path)} ${why}.`, { details: { file: path } });
}

function damaged(path: string, cause: unknown): InputError {
  const why = cause instanceof Error ? cause.message.split(/[.:]/)[0] : String(cause);
  const name = cause instanceof Error && /relative path|absolute path/.test(cause.message);
  return name
    ? refuse(path, 'has an entry whose name leads out of it')
    : new InputError(
        `${basename(path)} is no zip archive that can be read: it is cut off or damaged (${visibleText(why, { limit: 100 })}).`,
        {
          details: { file: path },
          cause,
        },
      );
}
