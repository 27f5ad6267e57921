import { rmdirSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Removes `folder` and those above it up to `top`, where they are empty; `top` undefined: none was made, none is
 * removed. One that is gone already does not keep those above it.
 */
export async function removeEmpty(folder: string, top: string | undefined): Promise<void> {
  for (const path of upTo(folder, top)) {
    try {
      await rmdir(path);
    } catch (error) {
      if (!isGone(error)) return;
    }
  }
}

/** {@link removeEmpty} at once. */
export function removeEmptySync(folder: string, top: string | undefined): void {
  for (const path of upTo(folder, top)) {
    try {
      rmdirSync(path);
    } catch (error) {
      if (!isGone(error)) return;
    }
  }
}

function upTo(folder: string, top: string | undefined): string[] {
  const paths: string[] = [];
  if (top === undefined) return paths;
  for (let at = folder; at.length >= top.length; at = dirname(at)) paths.push(at);
  return paths;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
