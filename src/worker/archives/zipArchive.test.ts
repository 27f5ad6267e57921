import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { writeFiles } from '../datasets/folders/testFolder';
import { temporaryFolders } from '../datasets/testFiles';
import { crc32 } from './crc32';
import { EntryError, readEntry, readEntryHead } from './readEntry';
import { type TestEntry, zipOf } from './testZip';
import { readZipDirectory } from './zipDirectory';

const folder = temporaryFolders();

function write(bytes: Buffer): string {
  const path = join(folder(), 'a.zip');
  writeFileSync(path, bytes);
  return path;
}

const open = (entries: readonly TestEntry[]) => readZipDirectory(write(zipOf(entries)));

it('computes checksums as Python does', () => {
  // python3 -c "import zlib; print(zlib.crc32(b'123456789'), zlib.crc32(b''), zlib.crc32(bytes(range(256))))"
  expect([
    crc32(Buffer.from('123456789')),
    crc32(Buffer.alloc(0)),
    crc32(Buffer.from(Array.from({ length: 256 }, (_, k) => k))),
  ]).toEqual([3421780262, 0, 688229491]);
});

describe('an archive', () => {
  it('gives back what was put in, stored or deflated, whole or its beginning', async () => {
    const text = Buffer.from('word '.repeat(100_000));
    const random = Buffer.from(Array.from({ length: 5_000 }, (_, k) => (k * k * 31) % 251));
    const archive = await open([
      { name: 'a/text.txt', bytes: text },
      { name: 'a/', bytes: Buffer.alloc(0), method: 0 },
      { name: 'ü/stored.bin', bytes: random, method: 0 },
      { name: 'empty', bytes: Buffer.alloc(0) },
    ]);
    const [first, second, third] = archive.entries;
    expect(archive.entries.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['a/text.txt', text.length],
      ['ü/stored.bin', random.length],
      ['empty', 0],
    ]);
    expect(readEntry(archive, first)).toEqual(text);
    expect(readEntryHead(archive, first, 4_096)).toEqual(text.subarray(0, 4_096));
    expect(readEntry(archive, second)).toEqual(random);
    expect(readEntryHead(archive, second, 64)).toEqual(random.subarray(0, 64));
    expect(readEntry(archive, third)).toHaveLength(0);
  });

  it('reads archives of Python’s zipfile, also those with zip64 sizes and several thousand entries', async () => {
    const root = folder();
    const script =
      'import zipfile,sys\n' +
      'z=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)\n' +
      'for k in range(3000): z.writestr(f"d{k%7}/{k}.txt", f"text {k} "*k)\n' +
      'with z.open(zipfile.ZipInfo("big.txt"),"w",force_zip64=True) as f: f.write(b"x"*1000)\n' +
      'z.close()';
    execFileSync('python3', ['-c', script, join(root, 'p.zip')]);
    const archive = await readZipDirectory(join(root, 'p.zip'));
    expect(archive.entries).toHaveLength(3_001);
    const entry = archive.entries[2_999];
    expect(readEntry(archive, entry).toString()).toBe('text 2999 '.repeat(2_999));
    expect(readEntry(archive, archive.entries[3_000]).toString()).toBe('x'.repeat(1_000));
  });

  const picture = Buffer.from('picture');
  it.each<[string, TestEntry[], RegExp]>([
    ['a name that leads out', [{ name: '../x', bytes: picture }], /name leads out of it/],
    ['one that leads out by the other slash', [{ name: 'a\\..\\..\\x', bytes: picture }], /name leads out of it/],
    ['one in the middle', [{ name: 'a/../../x', bytes: picture }], /name leads out of it/],
    ['an absolute name', [{ name: '/etc/x', bytes: picture }], /name leads out of it/],
    ['a drive', [{ name: 'C:/x', bytes: picture }], /name leads out of it/],
    ['a name with NUL', [{ name: 'a\0.png', bytes: picture }], /name leads out of it or nowhere/],
    ['an empty part', [{ name: 'a//x', bytes: picture }], /name leads out of it or nowhere/],
    [
      'two of one name',
      [
        { name: 'x', bytes: picture },
        { name: 'x', bytes: picture },
      ],
      /two entries of the name “x”/,
    ],
    ['an encrypted entry', [{ name: 'x', bytes: picture, flags: 1 }], /encrypted entries.*unpack it with its password/],
    ['strong encryption', [{ name: 'x', bytes: picture, flags: 0x41 }], /strong encryption/],
    ['a stored size that lies', [{ name: 'x', bytes: picture, method: 0, saysBytes: 5 }], /cut off or damaged/],
    ['a size beyond the archive', [{ name: 'x', bytes: picture, saysPacked: 5_000 }], /cannot have the size/],
    [
      'a bomb',
      Array.from({ length: 100 }, (_, k) => ({ name: `${k}`, bytes: picture, saysBytes: 4_000_000_000 })),
      /200 times its own size/,
    ],
    ['an offset elsewhere', [{ name: 'x', bytes: picture, saysOffset: 2 ** 31 }], /cannot have the size/],
    [
      'entries on one another',
      [
        { name: 'x', bytes: picture },
        { name: 'y', bytes: picture, saysOffset: 0 },
      ],
      /lie on one another/,
    ],
  ])('is refused in words for %s', async (_, entries, message) => {
    await expect(open(entries)).rejects.toThrow(InputError);
    await expect(open(entries)).rejects.toThrow(message);
  });

  it('is refused in words wherever it is cut off, and where zip64 fields say what cannot be', async () => {
    const whole = zipOf([{ name: 'a/x.txt', bytes: Buffer.from('text') }]);
    for (let length = 0; length < whole.length; length++) {
      await expect(readZipDirectory(write(whole.subarray(0, length))), `${length}`).rejects.toThrow(InputError);
    }
    for (const size of [2n ** 63n, 2n ** 53n, 2n ** 40n]) {
      const extra = Buffer.alloc(28);
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(size, 4);
      const entry = { name: 'x', bytes: picture, saysBytes: 0xffffffff, extra };
      await expect(open([entry])).rejects.toThrow(InputError);
    }
    const short = Buffer.from('01000200ffff', 'hex');
    await expect(open([{ name: 'x', bytes: picture, saysBytes: 0xffffffff, extra: short }])).rejects.toThrow(
      InputError,
    );
  });

  it('leaves out links, archives and unknown packings, and says why', async () => {
    const archive = await open([
      { name: 'way.png', bytes: Buffer.from('/etc/passwd'), attributes: 0o120777 * 65_536 },
      { name: 'more.zip', bytes: picture },
      { name: 'odd.png', bytes: picture, method: 12 },
      { name: 'good.png', bytes: picture },
    ]);
    expect(archive.entries.map(({ path }) => path)).toEqual(['good.png']);
    expect(archive.leftOut.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'way.png is a link, and links are not followed',
      'more.zip is an archive within the archive, which is not looked into: unpack it',
      'odd.png is packed in a way that is not read (method 12)',
    ]);
  });

  it('holds entries to their size and checksum, and never unpacks more than they say', async () => {
    const bomb = { name: 'b', bytes: Buffer.alloc(50_000_000), saysBytes: 1_000 };
    const archive = await open([
      bomb,
      { name: 'less', bytes: picture, saysBytes: 100 },
      { name: 'sum', bytes: picture, saysCrc: 1 },
      { name: 'torn', bytes: picture, packed: Buffer.from('ffffff', 'hex') },
    ]);
    const messages = archive.entries.map((entry) => {
      try {
        return readEntry(archive, entry).length;
      } catch (error) {
        return error instanceof EntryError ? error.message : error;
      }
    });
    expect(messages).toEqual([
      'is larger than the archive says',
      'is damaged: its size or checksum is not what the archive says',
      'is damaged: its size or checksum is not what the archive says',
      'is damaged: it cannot be unpacked',
    ]);
  });

  it('is not read once it was changed, nor through a link', async () => {
    const path = write(zipOf([{ name: 'x', bytes: picture }]));
    const archive = await readZipDirectory(path);
    writeFileSync(path, zipOf([{ name: 'xy', bytes: picture }]));
    expect(() => readEntry(archive, archive.entries[0])).toThrow(/was changed by another program/);
    const root = folder();
    writeFiles(root, { 'a.zip': zipOf([{ name: 'x', bytes: picture }]) });
    symlinkSync(join(root, 'a.zip'), join(root, 'b.zip'));
    await expect(readZipDirectory(join(root, 'b.zip'))).rejects.toThrow(InputError);
  });
});
