import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What a path on the command line or a dropped one is: a project folder, a data file, or nothing usable. */
export function classifyPath(path: string): 'source' | 'project' | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) return 'source';
    return existsSync(join(path, 'project.duckdb')) ? 'project' : 'source';
  } catch {
    return undefined;
  }
}

/**
 * The files named on the command line. In a packaged application argv is [executable, …]; otherwise
 * [executable, application folder, …]. Switches are Electron's own.
 */
export function pathsFromArguments(argv: readonly string[], packaged: boolean, folder = process.cwd()): string[] {
  const own = argv.slice(1).filter((argument) => !argument.startsWith('-'));
  return own.slice(packaged ? 0 : 1).map((path) => resolve(folder, path));
}
