import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file's bytes, as hex; reads in blocks. */
export async function sha256OfFile(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

export function sha256OfText(text) {
  return createHash('sha256').update(text).digest('hex');
}

export async function exists(file) {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

/** The parsed file, or undefined when it is missing or not JSON (a stamp that cannot be read is no stamp). */
export async function readJson(file) {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Writes to a temporary name beside the target and renames: a reader sees the old or the new text, never half of it.
 */
export async function writeFileAtomic(file, text) {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  await fs.writeFile(temporary, text);
  await fs.rename(temporary, file);
}

export async function writeJson(file, value) {
  await writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Fills a cache folder in one go: `fill` works in a temporary folder beside it, which is renamed into place at the
 * end. An interrupted set-up leaves a temporary folder that the next one removes, never a broken cache.
 */
export async function fillFolder(folder, fill) {
  const parent = path.dirname(folder);
  await fs.mkdir(parent, { recursive: true });
  await removeLeftovers(parent);
  const temporary = path.join(parent, `.tmp-${process.pid}-${randomBytes(4).toString('hex')}`);
  await fs.mkdir(temporary);
  try {
    await fill(temporary);
    await fs.rm(folder, { recursive: true, force: true });
    await fs.rename(temporary, folder);
  } finally {
    await fs.rm(temporary, { recursive: true, force: true });
  }
}

/** Called under the set-up lock, so no temporary folder here can be in use. */
async function removeLeftovers(parent) {
  for (const name of await fs.readdir(parent)) {
    if (name.startsWith('.tmp-')) await fs.rm(path.join(parent, name), { recursive: true, force: true });
  }
}

/** Points `link` at the folder `target`, replacing whatever was there. On Windows a junction, which needs no rights. */
export async function linkFolder(target, link) {
  const current = await fs.readlink(link).catch(() => undefined);
  if (current === target) return false;
  await fs.rm(link, { recursive: true, force: true });
  await fs.symlink(target, link, process.platform === 'win32' ? 'junction' : 'dir');
  return true;
}

/** Moves a folder, across file systems too. */
export async function moveFolder(from, to) {
  try {
    await fs.rename(from, to);
  } catch (error) {
    if (error.code !== 'EXDEV') throw error;
    await fs.cp(from, to, { recursive: true, verbatimSymlinks: true });
    await fs.rm(from, { recursive: true, force: true });
  }
}

/** Total size in bytes of the files under a folder; 0 when there is none. Files that vanish meanwhile count nothing. */
export async function sizeOfFolder(folder) {
  let total = 0;
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) total += await sizeOfFolder(full);
    else total += (await fs.lstat(full).catch(() => ({ size: 0 }))).size;
  }
  return total;
}
