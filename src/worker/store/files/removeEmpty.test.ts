import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../datasets/testFiles';
import { removeEmpty, removeEmptySync } from './removeEmpty';

const folder = temporaryFolders();

describe.each([
  ['removeEmpty', removeEmpty],
  ['removeEmptySync', removeEmptySync],
])('%s', (_name, remove) => {
  it('removes empty folders up to the topmost, and none above it', async () => {
    const top = join(folder(), 'mine/top');
    mkdirSync(join(top, 'a/b'), { recursive: true });
    await remove(join(top, 'a/b'), top);
    expect(existsSync(top)).toBe(false);
    expect(existsSync(join(top, '..'))).toBe(true);
  });

  it('goes on above a folder that somebody removed already', async () => {
    const top = join(folder(), 'top');
    mkdirSync(join(top, 'a'), { recursive: true });
    await remove(join(top, 'a/gone'), top);
    expect(existsSync(top)).toBe(false);
  });

  it('stops at the first folder that holds something, and does nothing where none was made', async () => {
    const top = join(folder(), 'top');
    mkdirSync(join(top, 'a/b'), { recursive: true });
    writeFileSync(join(top, 'a/mine.txt'), 'x');
    await remove(join(top, 'a/b'), undefined);
    expect(existsSync(join(top, 'a/b'))).toBe(true);
    await remove(join(top, 'a/b'), top);
    expect(existsSync(join(top, 'a/b'))).toBe(false);
    expect(existsSync(join(top, 'a/mine.txt'))).toBe(true);
  });
});
