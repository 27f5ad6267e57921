import { createHash } from 'node:crypto';
import { lstat, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { thumbnailsFolder } from '../cacheFolders';
import { makeFolderSync } from '../store/files/makeFolder';
import { clearLeftParts, createPart } from '../store/files/partFile';
import { openPlainFile } from '../store/files/plainFile';
import type { ReadPicture } from './readPicture';

/** About 70,000 thumbnails of photographs; those that were not looked at for longest go first. */
const defaultBytes = 2 * 2 ** 30;
/** Written between two looks at how much there is. */
const lookEvery = 64 * 2 ** 20;
/** A thumbnail that is seen is noted as used once a day. */
const noteEveryMs = 24 * 3600 * 1000;
/** Part of the path: thumbnails of another form are not found. */
const form = '1';
const headBytes = 16;
const checkBytes = 8;

const pack = promisify(deflate);
const unpack = promisify(inflate);

/** Neighbouring pixels are alike: what is left of each colour when the pixel before is taken off packs better. */
function differences(data: Uint8Array): Uint8Array {
  const out = Uint8Array.from(data);
  for (let k = 3; k < data.length; k++) out[k] = data[k] - data[k - 3];
  return out;
}

function addUp(data: Uint8Array): Uint8Array {
  for (let k = 3; k < data.length; k++) data[k] += data[k - 3];
  return data;
}

function checksum(name: string, rest: Uint8Array): Buffer {
  return createHash('sha256').update(name).update(rest).digest().subarray(0, checkBytes);
}

/**
 * Small pictures on disk by the SHA-256 of the file that they were made of. All of it may be deleted at any time, and
 * what is damaged or cannot be read is as if it were not there; what cannot be written is not kept. Several processes
 * may use it at once.
 */
export class Thumbnails {
  readonly #folder: string;
  readonly #mostBytes: number;
  #unlooked = Number.POSITIVE_INFINITY;
  #looking: Promise<void> = Promise.resolve();

  constructor(folder: string, mostBytes = defaultBytes) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** `digest`: of the file; `side`: the longest that the picture may have. */
  async find(digest: Uint8Array, side: number): Promise<ReadPicture | undefined> {
    const { folder, name } = this.#placeOf(digest, side);
    const path = join(folder, name);
    const bytes = await readPlain(path, headBytes + checkBytes + 4 * side ** 2).catch(() => undefined);
    const picture = bytes === undefined ? undefined : await decode(name, bytes, side).catch(() => undefined);
    if (picture !== undefined) await noteUse(path);
    return picture;
  }

  async keep(digest: Uint8Array, side: number, picture: ReadPicture): Promise<void> {
    const { folder, name } = this.#placeOf(digest, side);
    try {
      const bytes = await encode(name, picture);
      makeFolderSync(folder, 0o700);
      this.#unlooked += bytes.length;
      if (this.#unlooked >= lookEvery) {
        this.#unlooked = 0;
        // Nobody waits for it: there may be many.
        this.#looking = removeOldest(this.#folder, this.#mostBytes).catch(() => undefined);
      }
      await writeThere(join(folder, name), folder, bytes);
    } catch {
      // The disk is full, or the folder must not be written: the picture is made again the next time.
    }
  }

  /** Whether what is too much has been removed. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  #placeOf(digest: Uint8Array, side: number): { readonly folder: string; readonly name: string } {
    const hex = Buffer.from(digest).toString('hex');
    return { folder: join(this.#folder, form, hex.slice(0, 2)), name: `${hex}-${side}` };
  }
}

async function encode(name: string, { width, height, pixels }: ReadPicture): Promise<Buffer> {
  const head = Buffer.alloc(headBytes);
  [width, height, pixels.width, pixels.height].forEach((value, k) => head.writeUInt32LE(value, 4 * k));
  const rest = Buffer.concat([head, await pack(differences(pixels.data), { level: 1 })]);
  return Buffer.concat([checksum(name, rest), rest]);
}

async function decode(name: string, bytes: Buffer, side: number): Promise<ReadPicture | undefined> {
  const rest = bytes.subarray(checkBytes);
  if (rest.length < headBytes || !checksum(name, rest).equals(bytes.subarray(0, checkBytes))) return undefined;
  const [width = 0, height = 0, ownWidth = 0, ownHeight = 0] = [0, 4, 8, 12].map((at) => rest.readUInt32LE(at));
  if (Math.max(ownWidth, ownHeight) > side) return undefined;
  const length = 3 * ownWidth * ownHeight;
  const packed = await unpack(rest.subarray(headBytes), { maxOutputLength: Math.max(1, length) });
  if (packed.length !== length) return undefined;
  // A buffer of its own, which can be handed to another thread.
  return { width, height, pixels: { width: ownWidth, height: ownHeight, data: addUp(Uint8Array.from(packed)) } };
}

async function readPlain(path: string, mostBytes: number): Promise<Buffer | undefined> {
  const handle = await openPlainFile(path);
  try {
    return (await handle.stat()).size > mostBytes ? undefined : await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Not forced to disk: what a power cut leaves does not agree with its checksum. */
async function writeThere(path: string, folder: string, bytes: Uint8Array): Promise<void> {
  const { path: part, handle } = await createPart(folder);
  try {
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function noteUse(path: string): Promise<void> {
  const now = new Date();
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || now.getTime() - found.mtimeMs < noteEveryMs) return;
  await utimes(path, now, now).catch(() => undefined);
}

/** For people: where thumbnails are kept, and how much there is. */
export async function describeThumbnails(
  folder = thumbnailsFolder(),
): Promise<{ readonly folder: string; readonly bytes: number }> {
  return { folder, bytes: (await listAll(folder)).reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** A tenth more than is needed goes: it is not looked for every time. */
async function removeOldest(folder: string, most: number): Promise<void> {
  const all = await listAll(folder);
  let bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  if (bytes <= most) return;
  all.sort((one, other) => one.usedMs - other.usedMs);
  for (const { path, bytes: own } of all) {
    if (bytes <= 0.9 * most) return;
    await rm(path, { force: true }).catch(() => undefined);
    bytes -= own;
  }
}

async function listAll(
  folder: string,
): Promise<{ readonly path: string; readonly bytes: number; readonly usedMs: number }[]> {
  const found: { path: string; bytes: number; usedMs: number }[] = [];
  for (const ownForm of await readdir(folder).catch(() => [])) {
    for (const part of await readdir(join(folder, ownForm)).catch(() => [])) {
      const place = join(folder, ownForm, part);
      await clearLeftParts(place);
      for (const name of await readdir(place).catch(() => [])) {
        const path = join(place, name);
        const file = await lstat(path).catch(() => undefined);
        if (file?.isFile() === true) found.push({ path, bytes: file.size, usedMs: file.mtimeMs });
      }
    }
  }
  return found;
}
