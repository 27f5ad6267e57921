import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a PNG file begins with; nobody looks further here. Tests only. */
export const pngHead = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
export const jpegHead = Buffer.from('ffd8ffe000104a464946', 'hex');

/** Writes files below a folder, with the folders that they need. Tests only. */
export function writeFiles(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
