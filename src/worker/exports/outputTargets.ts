import type { BigIntStats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { InputError, StorageError } from '../../core/base/errors';
import { isProjectFolder } from '../store/projectFolder';

/**
 * A file or folder that a command reads, and so must never write to or into: its path, and what it is for people ("the
 * data file").
 */
export interface ReadFile {
  readonly path: string;
  readonly what: string;
}

/** What stands under the name of a file that is to be written, without looking through a link. */
export type FoundTarget =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file'; readonly version: string }
  /** A link, to whatever: it is replaced itself, and never written through. */
  | { readonly kind: 'link'; readonly version: string };

/**
 * Refuses places that must not be written, by whatever name: a file that is being read (the same path, a link to it,
 * another name of the same file), what lies in a folder that is read, a folder, a pipe, a device.
 * @returns what stands at each target, in their order.
 * @throws InputError, StorageError
 */
export async function checkTargets(targets: readonly string[], reads: readonly ReadFile[]): Promise<FoundTarget[]> {
  const protectedFiles = await Promise.all(
    reads.map(async (read) => ({
      ...read,
      same: await identify(read.path),
      path: resolve(read.path),
      isFolder: await isFolder(read.path),
    })),
  );
  const found: FoundTarget[] = [];
  for (const target of targets) {
    const same = await identify(target);
    const read = protectedFiles.find((one) => one.path === resolve(target) || (same !== '' && one.same === same));
    if (read !== undefined) {
      const other = read.path === resolve(target) ? '' : ` (${read.path})`;
      throw new InputError(`${target} is ${read.what} itself${other}. Choose another place for the results.`, {
        details: { path: target },
      });
    }
    for (const { path } of protectedFiles.filter((one) => one.isFolder)) {
      if (!(await liesIn(target, path))) continue;
      throw new InputError(
        `${target} lies in ${path}, which is the data. Choose a folder outside it for the results.`,
        {
          details: { path: target },
        },
      );
    }
    found.push(await lookAt(target));
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Are these names of one file that is there? */
export async function sameFile(a: string, b: string): Promise<boolean> {
  const first = await identify(a);
  return first !== '' && first === (await identify(b));
}

/** The same for all names of one file, and for one file only; '' where there is none. */
async function identify(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    // File systems without such numbers have no hard links either.
    return ino === 0n ? (await realpath(path)).toLowerCase() : `${dev}:${ino}`;
  } catch {
    return '';
  }
}

async function lookAt(target: string): Promise<FoundTarget> {
  let stats: BigIntStats;
  try {
    stats = await lstat(target, { bigint: true });
  } catch {
    // What else is wrong with the place shows when it is written to.
    return { kind: 'nothing' };
  }
  const details = { path: target };
  if (stats.isDirectory()) {
    throw new StorageError(
      `${target} is a folder, so the file of that name cannot be written. Choose another place, or rename the folder.`,
      { details },
    );
  }
  const version = `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
  if (stats.isSymbolicLink()) return { kind: 'link', version };
  if (stats.isFile()) return { kind: 'file', version };
  throw new InputError(`${target} is a pipe or a device, not a file. Choose another place for the results.`, {
    details,
  });
}

/**
 * Refuses a folder that is an Assay project or lies in one: its files are not to be replaced by results.
 * @throws InputError
 */
export async function refuseProjects(folder: string): Promise<void> {
  for (let at = await followed(folder); ; at = dirname(at)) {
    if (await isProjectFolder(at)) {
      const where = at === resolve(folder) ? 'is an Assay project' : `lies in the Assay project ${at}`;
      throw new InputError(`${folder} ${where}. Choose a folder of its own for the results.`, {
        details: { path: folder },
      });
    }
    if (dirname(at) === at) return;
  }
}

/** Do two paths name one folder, whether it exists or not? */
export async function samePlace(a: string, b: string): Promise<boolean> {
  return (await followed(a)) === (await followed(b));
}

/** Is a path that of a folder, or of anything in it, whether they exist or not? */
export async function liesIn(path: string, folder: string): Promise<boolean> {
  const way = relative(await followed(folder), await followed(path));
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** The path with every link in the part that exists followed. */
async function followed(path: string): Promise<string> {
  const whole = resolve(path);
  for (let at = whole; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return join(real, whole.slice(at.length));
    if (dirname(at) === at) return whole;
  }
}

/** Where each file of a folder would be written. */
export function targetsIn(folder: string, fileNames: readonly string[]): string[] {
  return fileNames.map((name) => join(folder, name));
}
