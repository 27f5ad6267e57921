import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError, StorageError } from '../../../core/base/errors';
import { makeFolder, makeFolderSync } from './makeFolder';

describe('makeFolder', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'assay-folders-'));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  it('makes what is missing, and says what was made first', async () => {
    expect(await makeFolder(join(place, 'a', 'b?', 'ü'), 0o700)).toBe(join(place, 'a'));
    expect(statSync(join(place, 'a', 'b?', 'ü')).mode & 0o777).toBe(0o700);
    expect(await makeFolder(join(place, 'a', 'b?', 'c'))).toBe(join(place, 'a', 'b?', 'c'));
    expect(await makeFolder(join(place, 'a'))).toBeUndefined();
    makeFolderSync(join(place, 'at', 'once'), 0o700);
    expect(statSync(join(place, 'at', 'once')).mode & 0o777).toBe(0o700);
  });

  it('goes through a link to a folder', async () => {
    mkdirSync(join(place, 'real'));
    symlinkSync('real', join(place, 'link'));
    await makeFolder(join(place, 'link', 'in'));
    expect(existsSync(join(place, 'real', 'in'))).toBe(true);
  });

  it.each([
    ['a file', 'file', /file, is a file|file is a file/],
    ['below a file', 'file/in/it', /file is a file/],
    ['a link to nothing', 'nowhere', /nowhere is a link that leads nowhere/],
    ['below a link to nothing', 'nowhere/in', /nowhere is a link that leads nowhere/],
    ['links to each other', 'ring/in', /lead to each other/],
    ['a name too long', `new/${'x'.repeat(300)}`, /longer than the system allows/],
    ['a path too long', `new${'/x'.repeat(3_000)}`, /longer than the system allows/],
  ])('names what is in the way: %s', async (_, name, message) => {
    writeFileSync(join(place, 'file'), '');
    symlinkSync('gone', join(place, 'nowhere'));
    symlinkSync('ring', join(place, 'ring'));
    const before = readdirSync(place);
    const error: unknown = await makeFolder(join(place, name)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(message);
    expect(readdirSync(place)).toEqual(before);
  });

  it.runIf(process.platform === 'linux').each(['/proc/assay', '/proc/assay/in/it', '/proc/self/assay', '/sys/assay'])(
    'ends where the system makes no folders: %s',
    async (folder) => {
      await expect(makeFolder(folder)).rejects.toBeInstanceOf(StorageError);
      expect(() => makeFolderSync(folder)).toThrow();
    },
  );
});
