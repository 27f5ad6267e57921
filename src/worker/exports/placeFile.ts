import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, unlink } from 'node:fs/promises';
import type { FileMode } from '../../contract/exports';
import { writeFully } from '../store/files/atomicFile';
import type { FileStock } from './fileStock';

export interface PlacedFile {
  readonly mode: FileMode;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Why a file that was to be linked was copied; '' where it was not. */
  readonly instead: string;
}

const reasons: Readonly<Record<string, string>> = {
  EXDEV: 'a link cannot lead to another disk',
  EMLINK: 'a file has as many links as it can have',
  EPERM: 'the system allows no links there',
  EACCES: 'the system allows no links there',
  ENOTSUP: 'the system allows no links there',
  EOPNOTSUPP: 'the system allows no links there',
  ENOSYS: 'the system allows no links there',
};

/**
 * Puts a file of a stock under a new name, never over another one; where it cannot be linked it is copied.
 * @throws InputError where the stock does not have it; what the system says where it cannot be written.
 */
export async function placeFile(stock: FileStock, path: string, target: string, mode: FileMode): Promise<PlacedFile> {
  const instead = mode === 'link' ? await tryLink(stock, path, target) : '';
  const linked = mode === 'link' && instead === '';
  const handle = linked ? null : await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of stock.read(path)) {
      hash.update(piece);
      bytes += piece.length;
      if (handle !== null) await writeFully(handle, piece);
    }
  } catch (error) {
    await unlink(target).catch(() => undefined);
    throw error;
  } finally {
    await handle?.close();
  }
  return { mode: linked ? 'link' : 'copy', bytes, sha256: hash.digest('hex'), instead };
}

/** @returns why no link was made; '' where one was. */
async function tryLink(stock: FileStock, path: string, target: string): Promise<string> {
  if (stock.find === null) return 'files in an archive cannot be linked to';
  const place = await stock.find(path);
  try {
    await link(place, target);
  } catch (error) {
    const reason = reasons[error instanceof Error && 'code' in error ? String(error.code) : ''];
    if (reason === undefined) throw error;
    return reason;
  }
  if ((await lstat(target)).isFile()) return '';
  // It was replaced by something else since it was looked at.
  await unlink(target);
  return 'it is no plain file';
}
