import { lstat, readdir, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { StorageError } from '../../core/base/errors';
import { writeFileAtomically } from './files/atomicFile';
import { makeFolder } from './files/makeFolder';
import { isPartName } from './files/partFile';
import { readSmallFile } from './files/plainFile';
import { storageError } from './files/storageErrors';
import { projectVersion } from './tables/schema';

const manifestSchema = z.object({
  format: z.literal('assay-project'),
  version: z.int().positive(),
  name: z.string(),
  createdAt: z.string(),
});
type ProjectManifest = z.infer<typeof manifestSchema>;

/** Comes last: a folder without it is no project (yet). */
export const manifestName = 'manifest.json';

/** Where a project is while a command makes it: see `startProjectPlace`. */
export function draftFolder(folder: string): string {
  return join(folder, '.draft');
}

const ownNames: ReadonlySet<string> = new Set([
  'project.duckdb',
  'project.duckdb.wal',
  'arrays',
  'tmp',
  'origin.json',
  '.draft',
]);

/** Is this what an interrupted start leaves in a project folder? */
export function isRemains(name: string): boolean {
  return ownNames.has(name) || name.startsWith(`${manifestName}.`) || isPartName(name);
}

export function databaseFile(folder: string): string {
  return join(folder, 'project.duckdb');
}

export function temporaryFolder(folder: string): string {
  return join(folder, 'tmp');
}

export function arrayFolder(folder: string, generation: number): string {
  return join(folder, 'arrays', `audit-${generation}`);
}

export function arrayFile(folder: string, generation: number, name: string): string {
  if (!/^[a-z][a-zA-Z0-9-]*$/.test(name)) throw new RangeError(`Array name ${name}`);
  return join(arrayFolder(folder, generation), `${name}.npy`);
}

/**
 * What is in a place where a project is to be made: nothing, a project, the remains of an interrupted start, other
 * files.
 */
async function contentsOf(folder: string): Promise<'nothing' | 'project' | 'remains' | 'other'> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'nothing';
    throw storageError(error, folder);
  }
  if (names.includes(manifestName)) return 'project';
  return names.every(isRemains) ? 'remains' : 'other';
}

/** Is this a project, or one being made? Never anything else that happens to have a file of one of our names. */
export async function isProjectFolder(folder: string): Promise<boolean> {
  if (await isFile(databaseFile(draftFolder(folder)))) return true;
  if (!(await isFile(databaseFile(folder)))) return false;
  try {
    return manifestSchema.safeParse(JSON.parse(await readSmallFile(join(folder, manifestName)))).success;
  } catch {
    return false;
  }
}

async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Makes the folder; `manifest.json` comes last, see {@link finishFolder}. */
export async function startFolder(folder: string): Promise<void> {
  const contents = await contentsOf(folder);
  if (contents === 'project')
    throw new StorageError(`There is a project in ${folder} already. Open it, or choose another name.`, {
      details: { folder },
    });
  if (contents === 'other') {
    throw new StorageError(`${folder} holds other files. Choose an empty or a new folder for the project.`, {
      details: { folder },
    });
  }
  try {
    if (contents === 'remains') await rm(folder, { recursive: true, force: true });
    await makeFolder(join(folder, 'arrays'));
    await makeFolder(temporaryFolder(folder));
  } catch (error) {
    throw storageError(error, folder);
  }
}

export async function finishFolder(folder: string, name: string): Promise<ProjectManifest> {
  const manifest: ProjectManifest = {
    format: 'assay-project',
    version: projectVersion,
    name,
    createdAt: new Date().toISOString(),
  };
  await writeFileAtomically(join(folder, manifestName), (write) =>
    write(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)),
  );
  return manifest;
}

/** @throws StorageError when the folder is no project, is damaged, or was made by a newer program. */
export async function readFolder(folder: string): Promise<ProjectManifest> {
  const details = { folder };
  try {
    if (!(await stat(folder)).isDirectory()) throw new StorageError(`${folder} is not a project folder.`, { details });
  } catch (error) {
    throw storageError(error, folder);
  }
  let text: string;
  try {
    text = await readSmallFile(join(folder, manifestName));
  } catch (error) {
    throw new StorageError(`${folder} is not an Assay project: it has no manifest.json.`, { details, cause: error });
  }
  let manifest: ProjectManifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new StorageError(
      `The project ${folder} is damaged: its manifest.json cannot be read. Restore it from a backup.`,
      { details, cause: error },
    );
  }
  if (manifest.version > projectVersion) {
    throw new StorageError(`The project ${folder} was made by a newer Assay. Install the newest version to open it.`, {
      details,
    });
  }
  try {
    await stat(databaseFile(folder));
  } catch (error) {
    throw new StorageError(`The project ${folder} is damaged: project.duckdb is missing. Restore it from a backup.`, {
      details,
      cause: error,
    });
  }
  return manifest;
}

/**
 * Makes sure that the parts of a project are files and folders of its own: nothing that leads elsewhere, and nothing
 * that could wait for ever.
 * @throws StorageError naming the part that is not.
 */
export async function checkParts(folder: string): Promise<void> {
  const wanted: [path: string, kind: 'file' | 'folder'][] = [
    [databaseFile(folder), 'file'],
    [`${databaseFile(folder)}.wal`, 'file'],
    [join(folder, 'origin.json'), 'file'],
    [join(folder, 'arrays'), 'folder'],
    [temporaryFolder(folder), 'folder'],
  ];
  for (const name of await readdir(join(folder, 'arrays')).catch(() => [])) {
    if (/^audit-\d+$/.test(name)) wanted.push([join(folder, 'arrays', name), 'folder']);
  }
  for (const [path, kind] of wanted) {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || (kind === 'file' ? found.isFile() : found.isDirectory())) continue;
    throw new StorageError(
      `The project ${folder} is not opened: ${path.slice(folder.length + 1)} should be a ${kind} in it, and is a link, a pipe or something else. ` +
        'It was damaged or altered.',
      { details: { folder } },
    );
  }
}

/** DuckDB's lock keeps other processes out, but not a second opening in the same one. */
const openHere = new Set<string>();

/** @returns a function that frees the folder again. */
export function claimFolder(folder: string): () => void {
  const key = resolve(folder);
  if (openHere.has(key)) throw new StorageError(`The project ${folder} is open already.`, { details: { folder } });
  openHere.add(key);
  let held = true;
  return () => {
    // A second call must not free what somebody else holds by now.
    if (held) openHere.delete(key);
    held = false;
  };
}

export function projectName(folder: string): string {
  return basename(folder).replace(/\.assay$/, '');
}
