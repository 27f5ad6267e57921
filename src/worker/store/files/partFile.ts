import { createHash, randomBytes } from 'node:crypto';
import { constants, existsSync, readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rm, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { onSuddenEnd } from './unfinished';

/**
 * Files and folders that are not finished yet. Their names cannot be guessed, so that nobody can plant a link there,
 * and say which process they belong to: what a killed one left can be told from what a running one is writing.
 */
const partName = /^\.assay-([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{32}\.part$/;
/** What another machine (or container) left on a shared disk, and nobody has touched for so long, is nobody's. */
const abandonedAfterMs = 7 * 24 * 3600 * 1000;

const created = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
/** Windows has no such flag, and no such links. */
const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;

/** Where process numbers mean the same: this machine, and on Linux this container and this start of the system. */
let machine: string | undefined;

function thisMachine(): string {
  machine ??= createHash('sha256')
    .update([hostname(), tryRead(() => readlinkSync('/proc/self/ns/pid')), bootId()].join('\n'))
    .digest('hex')
    .slice(0, 8);
  return machine;
}

function bootId(): string {
  return tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
}

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** When a process started, in the system's ticks: numbers of processes come again. 0 where that cannot be known. */
function startOf(pid: number): string {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The name of the program stands in brackets and may hold anything; the start is the 20th field after it.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return start !== undefined && /^\d+$/.test(start) ? start : '0';
}

let ownStart: string | undefined;

/** A new name for something unfinished of this process. */
export function newPartName(): string {
  ownStart ??= startOf(process.pid);
  return `.assay-${thisMachine()}-${process.pid}-${ownStart}-${randomBytes(16).toString('hex')}.part`;
}

/** Is this a name of {@link newPartName}, of whichever process? */
export function isPartName(name: string): boolean {
  return partName.test(name);
}

/** Parts of this process, those among them that have their own name by now or were removed. */
const ownParts = new Set<string>();
const mostOwnParts = 100;

function noteOwnPart(path: string): void {
  if (ownParts.size === 0) {
    onSuddenEnd(() => ownParts.forEach((part) => removeAtOnce(part)));
  }
  if (ownParts.size >= mostOwnParts) ownParts.forEach((part) => !existsSync(part) && ownParts.delete(part));
  ownParts.add(path);
}

/** Creates a file in `folder` that did not exist, never through a link. */
export async function createPart(folder: string): Promise<{ readonly path: string; readonly handle: FileHandle }> {
  const path = join(folder, newPartName());
  noteOwnPart(path);
  return { path, handle: await open(path, created | noFollow, 0o666) };
}

/** Creates a folder in `folder` that did not exist; `mode`: who may look into it. */
export async function createPartFolder(folder: string, mode = 0o777): Promise<string> {
  const path = join(folder, newPartName());
  noteOwnPart(path);
  await mkdir(path, { mode });
  return path;
}

const removalTries = 3;

/**
 * Removes a file, or a folder in which other threads of this process may be writing: they reach it by its path, so it
 * gets another one first. Does nothing where there is nothing; what cannot be removed stays.
 */
export function removeAtOnce(path: string): void {
  let at = path;
  try {
    const aside = join(dirname(path), newPartName());
    renameSync(path, aside);
    at = aside;
  } catch {
    // It is not there, or (on Windows) not to be moved while something in it is open.
  }
  for (let tries = 0; tries < removalTries; tries++) {
    try {
      rmSync(at, { recursive: true, force: true, maxRetries: 2 });
      return;
    } catch {
      // What was made in it meanwhile goes with the next attempt.
    }
  }
}

/** Removes what processes that are gone left unfinished in a folder. What cannot be removed stays. */
export async function clearLeftParts(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (isPartName(name) && (await isLeft(name, path))) await removePart(path);
  }
}

async function isLeft(name: string, path: string): Promise<boolean> {
  const [, where, pid = '', start] = partName.exec(name) ?? [];
  if (where !== thisMachine()) {
    const found = await lstat(path).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs > abandonedAfterMs;
  }
  if (Number(pid) === process.pid && start === startOf(process.pid)) return false;
  if (!isRunning(Number(pid))) return true;
  const now = startOf(Number(pid));
  return now !== '0' && now !== start;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Never follows a link: of a planted one nothing but the link goes. */
async function removePart(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  // In a folder that all may write to, what is another's is left alone.
  if (found === undefined || (process.getuid !== undefined && found.uid !== process.getuid())) return;
  const remove = found.isDirectory() ? rm(path, { recursive: true, force: true }) : unlink(path);
  await remove.catch(() => undefined);
}
