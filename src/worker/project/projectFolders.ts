import { existsSync, lstatSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import * as z from 'zod';
import { type SaidDialect, saidDialectSchema } from '../../contract/dataset';
import { StorageError } from '../../core/base/errors';
import type { FileStamp, SourceStamp } from '../datasets/datasetTypes';
import type { FoundSource } from '../datasets/sourceFormat';
import { writeFileAtomically } from '../store/files/atomicFile';
import { makeFolderSync } from '../store/files/makeFolder';
import { readSmallFileSync } from '../store/files/plainFile';
import { isSealed, sealText } from '../store/files/stateFolder';
import { storageError } from '../store/files/storageErrors';
import { isRemains, manifestName } from '../store/projectFolder';

/** The file in a project folder that says which data file it was made from: readable without opening the database. */
export const originFile = 'origin.json';

/** Reading that was begun this often and never ended has most likely brought the engine down. */
export const maxReadingAttempts = 2;

const embeddingsSchema = z.object({
  path: z.string(),
  id: z.string().optional(),
  bytes: z.number(),
  mtimeMs: z.number(),
  entry: z.string().optional(),
});

const originSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  mtimeMs: z.number(),
  /** Of a folder: see SourceStamp. */
  listing: z.string().max(100).optional(),
  /** Of a table in an archive: likewise. */
  entry: z.string().max(100_000).optional(),
  /** A second file, whose vectors are joined to the rows: likewise. */
  embeddings: embeddingsSchema.optional(),
  /** How often reading was begun and not ended since a person last asked for it. */
  attempts: z.number().default(0),
  /** What the analyst said of how it is written. */
  said: saidDialectSchema.default({}),
  /** Of the person and machine that chose the file: see {@link isChosenHere}. */
  seal: z.string().max(100).optional(),
});
export type Origin = z.infer<typeof originSchema>;

/** A source that a person has just chosen. */
export function originOf({ stamp }: Pick<FoundSource, 'stamp'>, said: SaidDialect = {}): Origin {
  return { ...stamp, attempts: 0, said };
}

export function readOrigin(folder: string): Origin | undefined {
  try {
    const parsed = originSchema.safeParse(JSON.parse(readSmallFileSync(join(folder, originFile))));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Was this file chosen by this person on this machine? A project that someone sends may name any file: it is not read
 * because the project says so.
 */
export function isChosenHere(origin: Origin): boolean {
  return isSealed(sealedText(origin), origin.seal);
}

function sealedText({ path, bytes, mtimeMs, entry, embeddings }: Origin): string {
  const more = [entry, embeddings?.path].filter((text) => text !== undefined);
  return JSON.stringify(['origin', path, bytes, mtimeMs, ...more]);
}

/** For an origin whose file a person has chosen: its seal says so from now on. @throws StorageError */
export async function writeOrigin(folder: string, origin: Origin): Promise<void> {
  try {
    const sealed = { ...origin, seal: sealText(sealedText(origin)) };
    const text = Buffer.from(`${JSON.stringify(sealed, null, 2)}\n`);
    await writeFileAtomically(join(folder, originFile), (write) => write(text));
  } catch (error) {
    throw storageError(error, folder);
  }
}

/** Nothing shows that the source has changed. */
export function isSameSource(a: SourceStamp, b: SourceStamp): boolean {
  return isSameFile(a, b) && a.listing === b.listing && isSameJoin(a.embeddings, b.embeddings);
}

function isSameFile(a: FileStamp, b: FileStamp): boolean {
  return a.path === b.path && a.entry === b.entry && a.bytes === b.bytes && Math.abs(a.mtimeMs - b.mtimeMs) < 1;
}

function isSameJoin(a: SourceStamp['embeddings'], b: SourceStamp['embeddings']): boolean {
  return a === undefined || b === undefined ? a === b : a.id === b.id && isSameFile(a, b);
}

/** The folder of the project made from exactly this file earlier, if there is one; of several, the one read last. */
export function findProjectOf(origin: Origin, projectsFolder: string): string | undefined {
  if (!existsSync(projectsFolder)) return undefined;
  let latest: { readonly folder: string; readonly readAt: number } | undefined;
  for (const entry of readdirSync(projectsFolder, { withFileTypes: true })) {
    if (!entry.isDirectory() || extname(entry.name) !== '.assay') continue;
    const folder = join(projectsFolder, entry.name);
    if (!existsSync(join(folder, manifestName))) continue;
    const known = readOrigin(folder);
    if (known === undefined || !isSameSource(known, origin)) continue;
    const readAt = statSync(join(folder, originFile)).mtimeMs;
    if (latest === undefined || readAt > latest.readAt) latest = { folder, readAt };
  }
  return latest?.folder;
}

/** File systems take names of 255 bytes; the rest is for a number and the ending. */
const longestName = 200;

/**
 * What a project made from this file is called as a folder: plain, short, and without what file systems or DuckDB trip
 * over.
 */
function projectNameOf(path: string): string {
  const plain = basename(path, extname(path))
    .replace(/^\.+/, '')
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*\ufffd]/g, '_')
    .trim();
  let name = '';
  for (const character of plain) {
    if (Buffer.byteLength(name + character) > longestName) break;
    name += character;
  }
  return name === '' ? 'dataset' : name;
}

/** A folder name for a new project that is not taken: `digits.assay`, `digits 2.assay`, … */
export function chooseProjectFolder(origin: Origin, projectsFolder: string): string {
  const name = projectNameOf(origin.path);
  try {
    makeFolderSync(projectsFolder);
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
    if (!existsSync(folder) || clearAbandoned(folder)) return folder;
  }
}

/**
 * What a project is called: as its data file, with the number of its folder where another has that name. One file read
 * in two ways, and two files of one name, are told apart by it in the list of recent projects.
 */
export function projectTitle(origin: Origin, folder: string): string {
  const title = origin.path.replace(/^.*[\\/]/, '').replace(/\.[^.]+$/, '');
  const numbered = /^(.*) (\d+)\.assay$/s.exec(basename(folder));
  return numbered?.[1] === projectNameOf(origin.path) ? `${title} ${numbered[2]}` : title;
}

/**
 * Removes what a killed start left of a project: a folder with our own files, and without the manifest that comes last.
 */
function clearAbandoned(folder: string): boolean {
  if (!lstatSync(folder).isDirectory() || !readdirSync(folder).every(isRemains)) return false;
  rmSync(folder, { recursive: true, force: true });
  return true;
}
