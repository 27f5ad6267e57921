import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { saidDialectSchema } from '../contract/dataset';
import { InputError, StorageError } from '../core/base/errors';
import { storageError } from './store/storageErrors';

/** The file in a project folder that says which data file it was made from: readable without opening the database. */
export const originFile = 'origin.json';

export const originSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  mtimeMs: z.number(),
  /** How often reading was begun and not ended since a person last asked for it. */
  attempts: z.number().default(0),
  /** What the analyst said of how it is written. */
  said: saidDialectSchema.default({}),
});
export type Origin = z.infer<typeof originSchema>;

/**
 * The data file as it is now.
 * @throws InputError when it is missing, unreadable or a folder.
 */
export function describeOrigin(path: string): Origin {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) {
      throw new InputError(`${path} is a folder. Choose a delimited text file (CSV or TSV) in it.`, {
        details: { path },
      });
    }
    return { path, bytes: stats.size, mtimeMs: stats.mtimeMs, attempts: 0, said: {} };
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'you have no permission to read it'
          : `the system says ${code}`;
    throw new InputError(`${path} cannot be opened: ${why}.`, { details: { path, code }, cause: error });
  }
}

export function readOrigin(folder: string): Origin | undefined {
  try {
    const parsed = originSchema.safeParse(JSON.parse(readFileSync(join(folder, originFile), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** @throws StorageError */
export async function writeOrigin(folder: string, origin: Origin): Promise<void> {
  try {
    await writeFileAtomic(join(folder, originFile), `${JSON.stringify(origin, null, 2)}\n`);
  } catch (error) {
    throw storageError(error, folder);
  }
}

export function isSameFile(a: Origin, b: Origin): boolean {
  return a.path === b.path && a.bytes === b.bytes && Math.abs(a.mtimeMs - b.mtimeMs) < 1;
}

/** The folder of the project made from exactly this file earlier, if there is one; of several, the one read last. */
export function findProjectOf(origin: Origin, projectsFolder: string): string | undefined {
  if (!existsSync(projectsFolder)) return undefined;
  let latest: { readonly folder: string; readonly readAt: number } | undefined;
  for (const entry of readdirSync(projectsFolder, { withFileTypes: true })) {
    if (!entry.isDirectory() || extname(entry.name) !== '.assay') continue;
    const folder = join(projectsFolder, entry.name);
    const known = readOrigin(folder);
    if (known === undefined || !isSameFile(known, origin)) continue;
    const readAt = statSync(join(folder, originFile)).mtimeMs;
    if (latest === undefined || readAt > latest.readAt) latest = { folder, readAt };
  }
  return latest?.folder;
}

/** A folder name for a new project that is not taken: `digits.assay`, `digits 2.assay`, … */
export function chooseProjectFolder(origin: Origin, projectsFolder: string): string {
  const name = basename(origin.path, extname(origin.path)).replace(/^\.+/, '') || 'dataset';
  try {
    mkdirSync(projectsFolder, { recursive: true });
  } catch (error) {
    throw new StorageError(
      `The folder for projects, ${projectsFolder}, cannot be made. Check its permissions and free space.`,
      {
        details: { folder: projectsFolder },
        cause: error,
      },
    );
  }
  for (let number = 1; ; number++) {
    const folder = join(projectsFolder, number === 1 ? `${name}.assay` : `${name} ${number}.assay`);
    if (!existsSync(folder)) return folder;
  }
}
