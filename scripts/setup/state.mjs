import path from 'node:path';
import { readJson, writeJson } from './files.mjs';
import { stateFolder } from './paths.mjs';

/**
 * What set-up found, for the application's own use (`assay info`, Help › About, tests):
 *   electron:   { path, version, source: 'official' | 'wheel' | 'override' }
 *   tensorflow: { source: 'official' | 'wheel' | 'none', version?, reason?, tried? } — `tried` is the time of the last
 *               failed attempt, in milliseconds since 1970
 *   encoders:   { source: 'wheel' | 'none', names?, reason?, tried? }
 * Any may be missing when nothing has asked for it yet.
 */
export const setupFile = path.join(stateFolder, 'setup.json');

export async function readSetup() {
  return (await readJson(setupFile)) ?? {};
}

/** Changes some of the entries; writes only when something is different. */
export async function updateSetup(change) {
  const before = await readSetup();
  const after = { ...before, ...change };
  if (JSON.stringify(after) !== JSON.stringify(before)) await writeJson(setupFile, after);
}
