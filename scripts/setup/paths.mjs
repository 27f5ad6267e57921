import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: the folder that holds package.json. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What set-up knows about this checkout lives here, so that it goes when node_modules goes. */
export const stateFolder = path.join(projectRoot, 'node_modules', '.assay');

export const tfjsNodeFolder = path.join(projectRoot, 'node_modules', '@tensorflow', 'tfjs-node');

/**
 * The user's cache folder for everything heavy.
 * `ASSAY_CACHE` wins, then `XDG_CACHE_HOME` (absolute, as its specification asks), then the platform's habit.
 */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  if (env.ASSAY_CACHE) return path.resolve(env.ASSAY_CACHE);
  if (env.XDG_CACHE_HOME && path.isAbsolute(env.XDG_CACHE_HOME)) return path.join(env.XDG_CACHE_HOME, 'assay');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'assay');
  if (platform === 'win32') return path.join(env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'assay', 'Cache');
  return path.join(home, '.cache', 'assay');
}

/**
 * The folder the user typed the command in: npm changes to the project's folder and leaves the first one in INIT_CWD.
 */
export function userFolder(env = process.env) {
  return env.INIT_CWD && path.isAbsolute(env.INIT_CWD) ? env.INIT_CWD : process.cwd();
}
