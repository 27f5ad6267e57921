import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/*
 * What can be made again, is of no project, and may be deleted at any time is kept in the user's cache folder, the same
 * one that set-up uses (scripts/setup/paths.mjs).
 */

/** Vectors of texts and pictures. */
export function vectorsFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  return join(cacheFolder(env, platform), 'vectors');
}

/** Small pictures. */
export function thumbnailsFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  return join(cacheFolder(env, platform), 'thumbnails');
}

function cacheFolder(env: NodeJS.ProcessEnv, platform: string): string {
  const { ASSAY_CACHE: own = '', XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local = '' } = env;
  if (own !== '') return resolve(own);
  if (isAbsolute(xdg)) return join(xdg, 'assay');
  const home = homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'assay');
  if (platform === 'win32') return join(local === '' ? join(home, 'AppData', 'Local') : local, 'assay', 'Cache');
  return join(home, '.cache', 'assay');
}
