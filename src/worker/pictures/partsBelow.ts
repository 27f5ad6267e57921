import { isAbsolute } from 'node:path';

/**
 * The folders and the name of a file below a folder; both kinds of slashes part them. Null where the path is empty or
 * leads out of it: an absolute one, one of another drive, or one with `..`.
 */
export function partsBelow(path: string): string[] | null {
  const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const leadsOut = isAbsolute(path) || /^[a-z]:/i.test(path) || parts.includes('..') || path.includes('\0');
  return parts.length === 0 || leadsOut ? null : parts;
}
