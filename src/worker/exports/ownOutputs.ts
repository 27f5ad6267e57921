import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { hashFile } from '../datasets/records/fileSource';
import { writeFileAtomically } from '../store/files/atomicFile';
import { makeFolder } from '../store/files/makeFolder';
import { stateFolder } from '../store/files/stateFolder';

/**
 * Which files Assay wrote and nobody has changed since, so that the next run may replace them unasked. A manifest says
 * so for the files beside it, wherever the folder was copied to. For others the person's state folder keeps the SHA-256
 * of what was written under which path: one small file each; losing them costs a question, nothing else.
 */

const manifestFile = 'manifest.json';
const largestManifest = 64 * 1024 * 1024;
const largestMemory = 1_000;
const rememberedVersions = 3;

const manifestSchema = z.object({
  application: z.literal('Assay'),
  outputs: z.array(z.object({ file: z.string(), sha256: z.string() })),
});

/** Is the file (no link) at `path` as Assay wrote it? Reads it where something is known of it. */
export async function isOwnOutput(path: string): Promise<boolean> {
  const [remembered, listed] = [await recall(path), await listedHash(path)];
  if (remembered.length === 0 && listed === undefined) return false;
  // A manifest does not list itself: where nothing is remembered, its form has to do.
  if (listed === 'itself' && remembered.length === 0) return true;
  const { sha256 } = await hashFile(path).catch(() => ({ sha256: '' }));
  return sha256 === listed || remembered.includes(sha256);
}

async function listedHash(path: string): Promise<string | undefined> {
  const outputs = await readOutputs(dirname(path));
  if (outputs === undefined) return undefined;
  const name = path.slice(dirname(path).length).replace(/^[\\/]/, '');
  if (name === manifestFile) return 'itself';
  return outputs.find(({ file }) => file === name)?.sha256;
}

async function readOutputs(folder: string): Promise<z.infer<typeof manifestSchema>['outputs'] | undefined> {
  const path = join(folder, manifestFile);
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > largestManifest) return undefined;
    const parsed = manifestSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data.outputs : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps in mind what is about to be put there, beside what was there: a kill in between leaves one or the other.
 * Nothing depends on it: failing is silent.
 */
export async function rememberOutputs(
  folder: string,
  files: readonly { readonly fileName: string; readonly sha256: string }[],
): Promise<void> {
  const memory = memoryFolder();
  try {
    await makeFolder(memory, 0o700);
    for (const { fileName, sha256 } of files) {
      const path = join(folder, fileName);
      const hashes = [sha256, ...(await recall(path)).filter((one) => one !== sha256)].slice(0, rememberedVersions);
      await writeFileAtomically(memoryFile(path), (write) => write(Buffer.from(hashes.join('\n'))));
    }
    await forgetOldest(memory);
  } catch {
    // No home folder, or a full disk: the next run asks.
  }
}

/** Of the last versions that were written, the latest first. */
async function recall(path: string): Promise<string[]> {
  const text = await readFile(memoryFile(path), 'utf8').catch(() => '');
  return text.split('\n').filter((hash) => /^[0-9a-f]{64}$/.test(hash));
}

async function forgetOldest(memory: string): Promise<void> {
  const names = await readdir(memory);
  if (names.length <= largestMemory) return;
  const dated = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(memory, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  dated.sort((a, b) => a.time - b.time);
  for (const { name } of dated.slice(0, names.length - largestMemory / 2))
    await rm(join(memory, name), { force: true });
}

function memoryFolder(): string {
  return join(stateFolder(), 'outputs');
}

/** Named by a hash: the folder tells nobody what was written where. */
function memoryFile(path: string): string {
  return join(memoryFolder(), createHash('sha256').update(resolve(path)).digest('hex'));
}
