import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillFolder, linkFolder, readJson, sha256OfFile, sizeOfFolder, writeFileAtomic } from './files.mjs';

let folder;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'assay-files-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

describe('fillFolder', () => {
  it('shows the folder only when it is complete', async () => {
    const target = path.join(folder, 'cache', 'thing');
    await fillFolder(target, async (temporary) => {
      await fs.writeFile(path.join(temporary, 'part'), 'x');
      await expect(fs.access(target)).rejects.toThrow();
    });
    expect(await fs.readFile(path.join(target, 'part'), 'utf8')).toBe('x');
  });

  it('leaves nothing behind when filling fails, and keeps what was there before', async () => {
    const target = path.join(folder, 'cache', 'thing');
    await fillFolder(target, (temporary) => fs.writeFile(path.join(temporary, 'part'), 'old'));
    const failing = fillFolder(target, async (temporary) => {
      await fs.writeFile(path.join(temporary, 'part'), 'half');
      throw new Error('interrupted');
    });
    await expect(failing).rejects.toThrow('interrupted');
    expect(await fs.readFile(path.join(target, 'part'), 'utf8')).toBe('old');
    expect(await fs.readdir(path.dirname(target))).toEqual(['thing']);
  });

  it('removes what a killed set-up left', async () => {
    const leftover = path.join(folder, '.tmp-1-abcd');
    await fs.mkdir(leftover);
    await fillFolder(path.join(folder, 'thing'), async () => {});
    expect(await fs.readdir(folder)).toEqual(['thing']);
  });
});

describe('linkFolder', () => {
  it('replaces a folder by a link, and says whether anything changed', async () => {
    const target = path.join(folder, 'target');
    const link = path.join(folder, 'link');
    await fs.mkdir(target);
    await fs.mkdir(link);
    expect(await linkFolder(target, link)).toBe(true);
    expect(await fs.realpath(link)).toBe(await fs.realpath(target));
    expect(await linkFolder(target, link)).toBe(false);
  });
});

it('hashes the bytes of a file', async () => {
  const file = path.join(folder, 'abc');
  await writeFileAtomic(file, 'abc');
  // The example of FIPS 180-2, appendix B.1.
  expect(await sha256OfFile(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('takes unreadable JSON for absent', async () => {
  const file = path.join(folder, 'stamp.json');
  expect(await readJson(file)).toBeUndefined();
  await fs.writeFile(file, '{"half":');
  expect(await readJson(file)).toBeUndefined();
});

it('sums file sizes through subfolders, and takes a missing folder for empty', async () => {
  await fs.mkdir(path.join(folder, 'a'));
  await fs.writeFile(path.join(folder, 'a', 'five'), '12345');
  await fs.writeFile(path.join(folder, 'two'), '12');
  expect(await sizeOfFolder(folder)).toBe(7);
  expect(await sizeOfFolder(path.join(folder, 'missing'))).toBe(0);
});
