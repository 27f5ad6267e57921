import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zipOf } from '../../archives/testZip';
import { findSource } from '../findSource';
import { temporaryFolders } from '../testFiles';
import { pngHead, writeFiles } from './testFolder';

const folder = temporaryFolders();

type Files = Readonly<Record<string, string | Buffer>>;

async function read(path: string) {
  const inspection = await (await findSource(path)).inspect();
  const rows: string[][] = [];
  const issues: string[] = [];
  const result = await inspection.read({
    onBlock: (block) => {
      rows.push(...block.cells.map((cells) => [...cells]));
      issues.push(...block.issues.map(({ row, message }) => `${row ?? '–'} ${message}`));
    },
  });
  return { inspection, rows, issues, result, notes: inspection.notes.map(({ text }) => text) };
}

function archiveOf(files: Files): string {
  const path = join(folder(), 'data.zip');
  writeFileSync(path, zipOf(Object.entries(files).map(([name, bytes]) => ({ name, bytes: Buffer.from(bytes) }))));
  return path;
}

describe('a zip archive', () => {
  it.each<[string, Files]>([
    [
      'pictures of classes',
      { 'b/10.png': pngHead, 'a/2.png': pngHead, 'b/9.png': pngHead, 'a/torn.png': '', 'a/no.png': 'x' },
    ],
    [
      'pictures of splits, in a folder',
      { 'x/train/b/1.png': pngHead, 'x/val/a/2.png': pngHead, 'x/train/a/3.gif': pngHead },
    ],
    [
      'texts',
      { 'ham/1.txt': 'see you', 'ham/2.txt': 'naïve', 'spam/10.txt': 'win', 'spam/a.bin': 'x', 'spam/3.txt': '  ' },
    ],
    ['long texts', { 'ham/1.txt': 'word '.repeat(80_000), 'spam/2.txt': 'ü'.repeat(200_000) }],
    [
      'folders among files, 2 before 10 at every depth',
      Object.fromEntries(
        ['10.txt', '9.txt', '9/2/b.txt', '10/1.txt', '9/10/a.txt', '9/2.txt', 'a.txt', '9/10.txt', '8a/x.txt'].map(
          (path) => [path, path],
        ),
      ),
    ],
    ['names without endings', { 'ham/0001.5f': 'mail one', 'spam/0002.a1': 'mail two' }],
    [
      'a table',
      { 'metadata.csv': 'file_name,label,n\n1.png,x,1\n2.png,y,2\n3.png,x,\n', '1.png': pngHead, '2.png': pngHead },
    ],
    [
      'lines of JSON',
      { 'd/metadata.jsonl': '{"file_name":"1.png","label":"x"}\n{"file_name":"../2.png"}\n', 'd/1.png': pngHead },
    ],
  ])('is read as the folder that it was made of: %s', async (_, files) => {
    const root = join(folder(), 'data');
    writeFiles(root, files);
    const [packed, open] = [await read(archiveOf(files)), await read(root)];
    expect(packed.rows).toEqual(open.rows);
    expect(packed.issues).toEqual(open.issues);
    expect(packed.result.columns).toEqual(open.result.columns);
    expect(packed.notes).toEqual(open.notes);
    expect(packed.inspection.preview.rows).toEqual(open.inspection.preview.rows);
    expect(packed.inspection.format).toBe('zip');
    expect(packed.rows.length).toBeGreaterThan(0);
  });

  it('is looked through where one folder holds all, and what systems put there is counted', async () => {
    const { rows, notes } = await read(
      archiveOf({
        'wrap/cat/1.png': pngHead,
        'wrap/dog/2.png': pngHead,
        'wrap/.DS_Store': 'x',
        '__MACOSX/wrap/cat/._1.png': 'x',
        '__MACOSX/wrap/._.DS_Store': 'x',
      }),
    );
    expect(rows.map(([id, , label]) => [id, label])).toEqual([
      ['wrap/cat/1.png', 'cat'],
      ['wrap/dog/2.png', 'dog'],
    ]);
    expect(notes.join()).toContain('3 hidden files are not read');
  });

  it('tells damaged entries, and those that are not read, among the problems', async () => {
    const path = join(folder(), 'data.zip');
    const bytes = Buffer.from('win a prize');
    const entries = [
      { name: 'ham/1.txt', bytes },
      { name: 'spam/2.txt', bytes, saysCrc: 7 },
      { name: 'spam/3.txt', bytes, saysBytes: 3 },
      { name: 'spam/way.txt', bytes, attributes: 0o120777 * 65_536 },
      { name: 'spam/more.zip', bytes },
    ];
    writeFileSync(path, zipOf(entries));
    const { rows, issues } = await read(path);
    expect(rows.map(([id, cell]) => [id, cell])).toEqual([
      ['ham/1.txt', 'win a prize'],
      ['spam/2.txt', ''],
      ['spam/3.txt', ''],
    ]);
    expect(issues).toEqual([
      '– spam/way.txt is a link, and links are not followed.',
      '– spam/more.zip is an archive within the archive, which is not looked into: unpack it.',
      '1 spam/2.txt is damaged: its size or checksum is not what the archive says. It is a row with a missing cell.',
      '2 spam/3.txt is larger than the archive says. It is a row with a missing cell.',
    ]);
  });

  it('is another one when an entry is, and refuses what it is not', async () => {
    const [one, same, other] = [{ 'a/1.txt': 'x' }, { 'a/1.txt': 'x' }, { 'a/1.txt': 'y' }].map(archiveOf);
    const listings = await Promise.all([one, same, other].map(async (path) => (await findSource(path)).stamp.listing));
    expect(listings[0]).toBe(listings[1]);
    expect(listings[0]).not.toBe(listings[2]);
    await expect((await findSource(one)).inspect({ delimiter: ',' })).rejects.toThrow(/is an archive/);
    const nothing = archiveOf({ 'a.exe': Buffer.from([0, 1, 2, 0]) });
    await expect((await findSource(nothing)).inspect()).rejects.toThrow(/neither pictures .* nor texts/);
    await expect((await findSource(archiveOf({}))).inspect()).rejects.toThrow(/holds no files/);
  });
});
