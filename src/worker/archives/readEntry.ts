import { closeSync, fstatSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { constants, inflateRawSync } from 'node:zlib';
import { InputError } from '../../core/base/errors';
import { crc32 } from './crc32';
import { openArchive, type ZipDirectory, type ZipEntry } from './zipDirectory';

const headerBytes = 30;
const headerSignature = 0x04034b50;
/** What is unpacked to see the beginning of an entry: deflate makes at most 1,032 bytes of one. */
const leastPacked = 1024;

/** An entry is not what the archive says of it; the message is a clause without the entry's name: “is damaged”. */
export class EntryError extends Error {}

/**
 * The bytes of an entry, held to the size and the checksum that the archive says.
 * @throws EntryError where it is damaged or larger; InputError where the archive is no longer the one that was opened.
 */
export function readEntry(archive: ZipDirectory, entry: ZipEntry): Buffer {
  const packed = readPacked(archive, entry, entry.packedBytes);
  const bytes = entry.method === 0 ? packed : inflate(packed, { maxOutputLength: Math.max(1, entry.bytes) });
  if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc32) {
    throw new EntryError('is damaged: its size or checksum is not what the archive says');
  }
  return bytes;
}

/**
 * The first bytes of an entry, at most `most`; a short entry is read whole and checked.
 * @throws as {@link readEntry}
 */
export function readEntryHead(archive: ZipDirectory, entry: ZipEntry, most: number): Buffer {
  if (entry.bytes <= most) return readEntry(archive, entry);
  const packed = readPacked(archive, entry, Math.min(entry.packedBytes, Math.max(leastPacked, most)));
  const bytes = entry.method === 0 ? packed : inflate(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, most);
}

function inflate(packed: Buffer, options: { maxOutputLength?: number; finishFlush?: number }): Buffer {
  try {
    return inflateRawSync(packed, options);
  } catch (error) {
    const isLarger = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new EntryError(isLarger ? 'is larger than the archive says' : 'is damaged: it cannot be unpacked', {
      cause: error,
    });
  }
}

/** The first bytes of an entry as they are in the archive. */
function readPacked(archive: ZipDirectory, entry: ZipEntry, most: number): Buffer {
  const file = openArchive(archive.path);
  try {
    const { size, mtimeMs } = fstatSync(file);
    if (size !== archive.bytes || mtimeMs !== archive.mtimeMs) throw changed(archive);
    const header = readAt(file, entry.offset, headerBytes);
    const flags = header.length < headerBytes ? 0 : header.readUInt16LE(6);
    const isSound =
      header.length === headerBytes &&
      header.readUInt32LE(0) === headerSignature &&
      header.readUInt16LE(8) === entry.method;
    if (!isSound || (flags & 1) === 1) throw new EntryError('is damaged: its header is not what the archive says');
    const start = entry.offset + headerBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (start + entry.packedBytes > archive.bytes) throw new EntryError('is damaged: it ends behind the archive');
    const packed = readAt(file, start, most);
    if (packed.length < most) throw new EntryError('is cut off');
    return packed;
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(file, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function changed({ path }: ZipDirectory): InputError {
  return new InputError(
    `${basename(path)} was changed by another program since it was opened. Wait until that is done, then open it again.`,
    { details: { file: path } },
  );
}
