import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveBelow } from './pictureFile';

const outside = realpathSync(mkdtempSync(join(tmpdir(), 'assay-pictures-')));
afterAll(() => rmSync(outside, { recursive: true, force: true }));
const root = join(outside, 'data');
mkdirSync(join(root, 'cat'), { recursive: true });
for (const file of ['cat/1.png', ' spaced.png', 'plain.png']) writeFileSync(join(root, file), file);
writeFileSync(join(outside, 'secret.png'), 'no');
symlinkSync(join(outside, 'secret.png'), join(root, 'link.png'));

describe('a path of a table', () => {
  it.each([
    ['cat/1.png', 'cat/1.png'],
    ['cat\\1.png', 'cat/1.png'],
    [' cat/1.png\t', 'cat/1.png'],
    ['plain.png ', 'plain.png'],
    [' spaced.png', ' spaced.png'],
  ])('%j leads to a file below the folder', async (path, file) => {
    expect(await resolveBelow(root, path)).toBe(join(root, file));
  });

  it.each([
    ['', /No file is named/],
    ['  ', /No file is named/],
    ['gone.png', /missing/],
    [' gone.png ', /missing/],
    ['spaced.png', /missing/],
    ['../secret.png', /leads out/],
    [' ../secret.png', /leads out/],
    [' /etc/passwd', /leads out/],
    ['link.png ', /leads out/],
  ])('%j does not', async (path, message) => {
    await expect(resolveBelow(root, path)).rejects.toThrow(message);
  });
});
