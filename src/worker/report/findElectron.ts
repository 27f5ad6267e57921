import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that is Electron, and what it is to be told so that it becomes Assay. */
export interface FoundElectron {
  readonly path: string;
  readonly application: readonly string[];
}

/**
 * The Electron that runs this, else the one that set-up brought; undefined: there is none.
 * @param applicationFolder holds `out` and `node_modules`
 */
export function findElectron(applicationFolder: string): FoundElectron | undefined {
  if (process.versions.electron !== undefined) return { path: process.execPath, application: [] };
  try {
    const setup: unknown = JSON.parse(readFileSync(join(applicationFolder, 'node_modules/.assay/setup.json'), 'utf8'));
    const path = (setup as { electron?: { path?: unknown } }).electron?.path;
    return typeof path === 'string' && existsSync(path) ? { path, application: [applicationFolder] } : undefined;
  } catch {
    return undefined;
  }
}
