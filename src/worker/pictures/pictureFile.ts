import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../../core/base/errors';
import { openPlainFile } from '../store/files/plainFile';
import { partsBelow } from './partsBelow';
import { checkPictureBytes } from './pictureLimits';

/** Where the pictures of a dataset are: cells name files below `root`. */
export interface PictureFile {
  readonly root: string;
  /** Relative to `root`; both kinds of slashes part folders. */
  readonly path: string;
}

/**
 * The bytes of a picture file that lies below its root and nowhere else, whatever its path says and whatever links
 * there are.
 * @throws InputError in words for the person, without the file's name.
 */
export async function readPictureFile({ root, path }: PictureFile): Promise<Buffer> {
  const place = await resolveBelow(root, path);
  const handle = await openPlainFile(place).catch((error: unknown) => {
    throw new InputError('The file cannot be opened.', { cause: error });
  });
  try {
    const { size } = await handle.stat();
    checkPictureBytes(size);
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(bytes, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/**
 * Where a file below a folder lies, links followed.
 * @throws InputError where there is none, or it lies elsewhere.
 */
export async function resolveBelow(root: string, path: string): Promise<string> {
  if (path === '') throw new InputError('No file is named.');
  const parts = partsBelow(path);
  if (parts === null) throw new InputError('The path leads out of the folder of the data.');
  let place: string;
  let home: string;
  try {
    home = await realpath(root);
    place = await realpath(join(home, ...parts));
  } catch (error) {
    throw new InputError('The file is missing.', { cause: error });
  }
  const folder = home.endsWith(sep) ? home : home + sep;
  if (!place.startsWith(folder)) throw new InputError('The path leads out of the folder of the data.');
  return place;
}
