import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zipOf } from '../../archives/testZip';
import { findSource } from '../findSource';
import type { FoundSource } from '../sourceFormat';
import { temporaryFolders } from '../testFiles';
import { pngHead, writeFiles } from './testFolder';

const folder = temporaryFolders();

type Files = Readonly<Record<string, string | Buffer>>;

/** The same files as an archive and as a folder. */
async function findBoth(files: Files): Promise<[FoundSource, FoundSource]> {
  const scratch = folder();
  const archive = join(scratch, 'packed.zip');
  const entries = Object.entries(files).map(([name, bytes]) => ({ name, bytes: Buffer.from(bytes) }));
  writeFileSync(archive, zipOf(entries));
  const root = join(scratch, 'open');
  writeFiles(root, files);
  return [await findSource(archive), await findSource(root)];
}

async function read(found: FoundSource) {
  const inspection = await found.inspect();
  const rows: string[][] = [];
  const issues: string[] = [];
  const result = await inspection.read({
    onBlock: (block) => {
      rows.push(...block.cells.map((cells) => [...cells]));
      issues.push(...block.issues.map(({ row, message }) => `${row ?? '–'} ${message}`));
    },
  });
  return { rows, issues, result, notes: inspection.notes.map(({ text }) => text) };
}

const table = 'file,y\npictures/1.png,a\npictures/2.png,b\n';
const pictures = { 'pictures/1.png': pngHead, 'pictures/2.png': pngHead };

describe('a table among files', () => {
  it.each<[string, string, Files]>([
    ['alone', 'a.csv', { 'a.csv': 'x,y\n1,a\n2,b\n' }],
    ['alone in folders', 'data/raw/a.TSV', { 'data/raw/a.TSV': 'x\ty\n1\ta\n2\tb\n' }],
    ['beside a readme and a licence', 'd/a.csv', { 'd/a.csv': 'x,y\n1,a\n', 'd/README.md': '# A', LICENSE: 'free' }],
    ['beside pictures that it names', 'a.csv', { ...pictures, 'a.csv': table }],
    [
      'beside another that names none, and what cannot be read',
      'a.csv',
      { ...pictures, 'a.csv': table, 'b.csv': 'x,y\n1,2\n', 'c.csv': '' },
    ],
    ['called metadata, alone', 'metadata.csv', { 'metadata.csv': 'x,y\n1,a\n' }],
  ])('is the data: %s', async (_, name, files) => {
    for (const found of await findBoth(files)) {
      expect(found.format).toBe('delimited');
      const { path, entry } = found.stamp;
      expect(entry ?? path.replace(/^.*[\\/]open[\\/]/, '')).toBe(name);
      const { notes, result } = await read(found);
      expect(notes[0]).toContain(`the table “${name}”`);
      expect(result.notes[0].text).toBe(notes[0]);
      expect(result.source).toMatchObject(found.stamp);
      expect(result.source.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it.each<[string, Files]>([
    ['pictures that it does not name', { ...pictures, 'a.csv': 'file,y\n1.png,a\n' }],
    ['pictures and a table of numbers', { ...pictures, 'a.csv': 'x,y\n1,2\n' }],
    ['pictures that metadata describe', { '1.png': pngHead, 'metadata.csv': 'file_name,y\n1.png,a\n' }],
    ['texts of classes', { 'ham/1.txt': 'see you', 'spam/2.txt': 'win', 'a.csv': 'x,y\n1,2\n' }],
  ])('is not, beside %s', async (_, files) => {
    const found = await findBoth(files);
    expect(found.map(({ format }) => format)).toEqual(['zip', 'folder']);
  });

  it.each<[string, Files]>([
    ['without pictures', { 'train.csv': 'x,y\n1,2\n', 'd/test.csv': 'x,y\n1,2\n' }],
    [
      'that name pictures',
      { ...pictures, 'train.csv': table, 'd/test.csv': table.replaceAll('pic', '../pic'), 'test.csv': table },
    ],
  ])('is refused where it could be another: tables %s', async (_, files) => {
    await expect(findBoth(files)).rejects.toThrow(
      /^packed\.zip holds 2 tables: “.*test\.csv”, “train\.csv”\. Unpack it and open the one that you mean\.$/,
    );
    const root = join(folder(), 'open');
    writeFiles(root, files);
    await expect(findSource(root)).rejects.toThrow(/^open holds 2 tables: .*\. Open the one that you mean\.$/);
  });

  it('names pictures by its own folder, in an archive as on disk, and missing ones are counted', async () => {
    const lines = ['./a/1.png', 'a\\1.png', 'none.png', '../1.png', '', ' a/1.png '];
    const files = {
      'd/data.csv': `file,y\n${lines.map((line, k) => `${line},${k % 2}`).join('\n')}\n`,
      'd/a/1.png': pngHead,
      '1.png': pngHead,
    };
    const [packed, open] = await Promise.all((await findBoth(files)).map(read));
    expect(packed.issues).toEqual([
      '2 “none.png” is not in the archive: the row has no picture.',
      '3 “../1.png” leads out of the folder of the data: the row has no picture.',
    ]);
    expect(open.issues).toEqual([packed.issues[0].replace('in the archive', 'there'), packed.issues[1]]);
    for (const { result, rows } of [packed, open]) {
      expect(rows.map(([cell]) => cell)).toEqual(lines);
      expect(result.issueCount).toBe(2);
      expect(result.columns[0]).toMatchObject({ type: 'picture', missing: 3 });
      expect(result.columns[1].missing).toBe(0);
    }
    expect(basename(packed.result.source.path)).toBe('packed.zip');
  });

  it('in an archive takes what is said of how it is written', async () => {
    const [packed] = await findBoth({ 'a.csv': 'x;y\n1,5;a\n2,5;b\n' });
    expect((await packed.inspect({ delimiter: ',' })).preview.dialect.delimiter).toBe(',');
    expect((await packed.inspect()).preview.dialect.delimiter).toBe(';');
  });
});
