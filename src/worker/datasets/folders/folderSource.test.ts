import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RowIssue } from '../../../contract/dataset';
import { CancelledError } from '../../../core/base/errors';
import type { SourceReadResult } from '../sourceFormat';
import { temporaryFolders } from '../testFiles';
import { findFolder } from './folderSource';
import { jpegHead, pngHead, writeFiles } from './testFolder';

const folder = temporaryFolders();

interface Read {
  readonly result: SourceReadResult;
  readonly rows: string[][];
  readonly issues: RowIssue[];
}

async function read(root: string): Promise<Read> {
  const inspection = await (await findFolder(root)).inspect();
  const rows: string[][] = [];
  const issues: RowIssue[] = [];
  const result = await inspection.read({
    onBlock: (block) => {
      expect(block.firstRow).toBe(rows.length);
      rows.push(...block.cells.map((cells) => [...cells]));
      issues.push(...block.issues);
    },
  });
  expect(result.rowCount).toBe(rows.length);
  expect(result.issueCount).toBe(issues.length);
  expect(inspection.preview.rows).toEqual(rows.slice(0, 200));
  expect(inspection.columnNames).toEqual(result.columns.map(({ name }) => name));
  return { result, rows, issues };
}

const rolesOf = ({ columns }: SourceReadResult): string[] =>
  columns.map(({ name, role, type }) => `${name} ${role} ${type}`);
const messages = (issues: readonly RowIssue[]): string[] =>
  issues.map(({ row, message }) => `${row ?? '–'} ${message}`);

describe('a folder of pictures', () => {
  it('has a row for each file, its class from the folder, in natural order', async () => {
    const root = folder();
    writeFiles(root, {
      'b/10.png': pngHead,
      'b/9.png': pngHead,
      'b/09.png': pngHead,
      'b/x9y2.png': pngHead,
      'b/x9y10.png': pngHead,
      'a/x.JPG': jpegHead,
      'a/y.jpeg': jpegHead,
    });
    const { result, rows, issues } = await read(root);
    expect(rows).toEqual([
      ['a/x.JPG', 'a/x.JPG', 'a'],
      ['a/y.jpeg', 'a/y.jpeg', 'a'],
      ['b/09.png', 'b/09.png', 'b'],
      ['b/9.png', 'b/9.png', 'b'],
      ['b/10.png', 'b/10.png', 'b'],
      ['b/x9y2.png', 'b/x9y2.png', 'b'],
      ['b/x9y10.png', 'b/x9y10.png', 'b'],
    ]);
    expect(rolesOf(result)).toEqual(['file_name id text', 'picture feature picture', 'label label category']);
    expect(result.columns[2]).toMatchObject({ distinct: 2, missing: 0 });
    expect(issues).toEqual([]);
  });

  it('takes numbers for classes too', async () => {
    const root = folder();
    for (let k = 0; k < 60; k++) writeFiles(root, { [`${k % 30}/${k}.png`]: pngHead });
    const { result } = await read(root);
    expect(result.columns[2]).toMatchObject({ name: 'label', role: 'label', type: 'category', distinct: 30 });
  });

  it.each(['train', 'Training'])('knows the splits above classes, also in a folder around all (%s)', async (train) => {
    const root = folder();
    writeFiles(root, {
      [`all/${train}/cat/1.png`]: pngHead,
      'all/VAL/dog/2.png': pngHead,
      'all/test/cat/deep/3.png': pngHead,
      'all/extra/dog/4.png': pngHead,
    });
    const { result, rows, issues } = await read(root);
    expect(rolesOf(result).slice(2)).toEqual(['label label category', 'split split category']);
    expect(rows.map((row) => row.slice(2))).toEqual(
      [
        ['cat', 'test'],
        ['cat', train],
        ['dog', 'VAL'],
      ].sort((a, b) => order(train).indexOf(a[1]) - order(train).indexOf(b[1])),
    );
    expect(messages(issues)).toEqual([
      `– all/extra/dog/4.png lies beside the folders of splits (${order(train).join(', ')}).`,
    ]);
    expect(result.notes.map(({ text }) => text).join(' ')).toMatch(
      /1 file lies deeper than the folders of classes \(“all\/test\/cat\/deep\/3.png”\)/,
    );
  });

  it('takes folders called train and bus for classes', async () => {
    const root = folder();
    writeFiles(root, { 'train/1.png': pngHead, 'bus/2.png': pngHead });
    const { result, rows } = await read(root);
    expect(rolesOf(result)).toHaveLength(3);
    expect(rows.map((row) => row[2])).toEqual(['bus', 'train']);
  });

  it('says what it does not read, and keeps broken pictures as rows with a missing cell', async () => {
    const root = folder();
    writeFiles(root, {
      'a/1.png': pngHead,
      'a/2.png': '',
      'a/3.png': '<html>gone</html>',
      'a/4.png': jpegHead,
      'a/notes.txt': 'hello',
      'a/.DS_Store': 'x',
      'b/Thumbs.db': 'x',
      'b/5.webp': 'RIFF????WEBPVP8 ',
      'loose.png': pngHead,
    });
    mkdirSync(join(root, 'c'));
    symlinkSync('/etc/hostname', join(root, 'b/link.png'));
    symlinkSync('/etc', join(root, 'd'));
    execFileSync('mkfifo', [join(root, 'b/pipe.png')]);
    const { result, rows, issues } = await read(root);
    expect(rows.map(([id, cell]) => [id, cell])).toEqual([
      ['a/1.png', 'a/1.png'],
      ['a/2.png', ''],
      ['a/3.png', ''],
      ['a/4.png', 'a/4.png'],
      ['b/5.webp', 'b/5.webp'],
    ]);
    expect(result.columns[1]).toMatchObject({ missing: 2 });
    expect(messages(issues).sort()).toEqual([
      '1 a/2.png is empty. It is a row with a missing cell.',
      '2 a/3.png is a web page; PNG, JPEG, WebP, GIF and BMP are read. It is a row with a missing cell.',
      '3 a/4.png is a JPEG picture, whatever its name says.',
      '– a/notes.txt is no picture by its name.',
      '– b/link.png is a link, and links are not followed.',
      '– b/pipe.png is no file: a pipe, a socket or a device.',
      '– d is a link, and links are not followed.',
      '– loose.png lies beside the folders of classes.',
    ]);
    const notes = result.notes.map(({ text }) => text).join(' ');
    expect(notes).toMatch(/1 folder is empty: “c”/);
    expect(notes).toMatch(/2 hidden files are not read/);
  });

  it('reads names of any kind but those that are no UTF-8', async () => {
    const root = folder();
    writeFiles(root, { 'a/line\nbreak\u001b.png': pngHead, 'ü/日本 "1", 2.png': pngHead });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/a/`), Buffer.from([0xff]), Buffer.from('.png')]), pngHead);
    const { result, rows, issues } = await read(root);
    expect(rows.map(([id]) => id)).toEqual(['a/line\nbreak\u001b.png', 'ü/日本 "1", 2.png']);
    expect(messages(issues)).toEqual(['– a/\ufffd.png has a name that is not UTF-8: rename it to have it read.']);
    expect(result.notes.some(({ text }) => text.startsWith('1 file has a name with line breaks'))).toBe(true);
  });

  it('knows pictures without endings by their first bytes', async () => {
    const root = folder();
    writeFiles(root, { 'a/0001': pngHead, 'b/0002': jpegHead });
    const { result, rows } = await read(root);
    expect(rows.map(([id, cell]) => [id, cell])).toEqual([
      ['a/0001', 'a/0001'],
      ['b/0002', 'b/0002'],
    ]);
    expect(result.columns[1].type).toBe('picture');
  });

  it('refuses a folder without pictures and texts, in words', async () => {
    const root = folder();
    await expect(read(root)).rejects.toThrow(/holds no files/);
    writeFiles(root, { 'a/x.bin': Buffer.from([0, 1, 2, 3]) });
    await expect(read(root)).rejects.toThrow(/holds 1 file, but neither pictures .* nor texts/);
    const inspect = async (): Promise<unknown> => (await findFolder(root)).inspect({ delimiter: ';' });
    await expect(inspect()).rejects.toThrow(/How delimited text is written/);
  });
});

const order = (train: string): string[] => ['VAL', 'test', train].sort((a, b) => (a < b ? -1 : 1));

describe('a table beside the files', () => {
  it('says of them what it has, and its label counts', async () => {
    const root = folder();
    writeFiles(root, {
      'train/1.png': pngHead,
      'train/2.png': pngHead,
      'train/3.png': pngHead,
      'train/metadata.csv':
        'file_name,label,size\n1.png,cat,3\n./2.png,dog,x\n../4.png,cat,1\nnone.png,dog,1\n1.png,dog,4\n',
    });
    const { result, rows, issues } = await read(root);
    expect(rolesOf(result)).toEqual([
      'file_name id text',
      'picture feature picture',
      'split split category',
      'label label category',
      'size feature category',
    ]);
    expect(rows.map((row) => row.slice(2))).toEqual([
      ['train', 'cat', '3'],
      ['train', 'dog', 'x'],
      ['train', '', ''],
    ]);
    expect(messages(issues)).toEqual([
      '– train/metadata.csv names “../4.png” in line 4, which leads out of its folder.',
      '– train/metadata.csv names “none.png” in line 5, and there is no such file to read.',
      '– train/metadata.csv names “1.png” in line 6, and said something of it before: that counts.',
      '– train/3.png is not in train/metadata.csv: it is a row with blank cells.',
    ]);
  });

  it('may be JSON Lines, with other fields in each', async () => {
    const root = folder();
    writeFiles(root, {
      'images/1.png': pngHead,
      'images/2.png': pngHead,
      'metadata.jsonl': [
        '{"file_name": "images/1.png", "label": "a", "__proto__": 1, "box": [1, 2]}',
        'no json',
        '{"file_name": 3}',
        '{"file_name": "images/2.png", "label": "b", "ok": true, "none": null}',
      ].join('\n'),
    });
    const { result, rows, issues } = await read(root);
    expect(result.columns.map(({ name }) => name)).toEqual([
      'file_name',
      'picture',
      'label',
      '__proto__',
      'box',
      'ok',
      'none',
    ]);
    expect(rows.map((row) => row.slice(2))).toEqual([
      ['a', '1', '[1,2]', '', ''],
      ['b', '', '', 'true', ''],
    ]);
    expect(messages(issues)).toEqual([
      '– metadata.jsonl has a line 2 that is no JSON object: it is not used.',
      '– metadata.jsonl has a line 3 that has no text under file_name: it is not used.',
    ]);
  });

  it('is not used without file_name, and says so', async () => {
    const root = folder();
    writeFiles(root, { 'a/1.png': pngHead, 'b/2.png': pngHead, 'metadata.csv': 'name,x\n1.png,2\n' });
    const { result } = await read(root);
    expect(result.columns).toHaveLength(3);
    expect(result.notes[0].text).toBe('metadata.csv is not used. It has no column file_name.');
  });
});

describe('a folder of texts', () => {
  it('reads texts of any encoding', async () => {
    const root = folder();
    writeFiles(root, {
      'ham/1.txt': 'grün\n',
      'ham/2.txt': Buffer.from('grün', 'latin1'),
      'spam/3.eml': Buffer.from('\ufeffgrün', 'utf16le'),
      'spam/4.md': Buffer.from('\ufeffgrün'),
      'spam/5.txt': Buffer.from([0, 1, 2, 3, 0, 0, 0]),
      'spam/6.txt': ' \n',
      'spam/README': 'no ending',
      'readme.md': 'beside the classes',
      'ham/x.png': pngHead,
    });
    const { result, rows, issues } = await read(root);
    expect(rolesOf(result)).toEqual(['file_name id text', 'text feature text', 'label label category']);
    expect(rows).toEqual([
      ['ham/1.txt', 'grün\n', 'ham'],
      ['ham/2.txt', 'grün', 'ham'],
      ['spam/3.eml', 'grün', 'spam'],
      ['spam/4.md', 'grün', 'spam'],
      ['spam/5.txt', '', 'spam'],
      ['spam/6.txt', '', 'spam'],
      ['spam/README', 'no ending', 'spam'],
    ]);
    expect(messages(issues)).toEqual([
      '– ham/x.png is no text by its name.',
      '– readme.md lies beside the folders of classes.',
      '4 spam/5.txt is no text: it holds bytes that no text has. It is a row with a missing cell.',
      '5 spam/6.txt holds no text. It is a row with a missing cell.',
    ]);
  });

  it('knows mails that are named by numbers and hashes, and cuts what is long', async () => {
    const root = folder();
    writeFiles(root, {
      'ham/0001.ea7e79d3153e7469e7a9c3e0af6a357e': 'From: a\n',
      'spam/0002.2': `é${'x'.repeat(300_000)}`,
    });
    const { rows, issues } = await read(root);
    expect(rows.map((row) => row[1].length)).toEqual([8, 256 * 1024 - 1]);
    expect(messages(issues)).toEqual(['1 spam/0002.2 is read up to its first 262,144 bytes of 300,002.']);
  });
});

describe('the fingerprint of a folder', () => {
  it('changes with whatever is in it, and with nothing else', async () => {
    const root = folder();
    writeFiles(root, { 'a/1.txt': 'one', 'b/2.txt': 'two' });
    const listing = async (): Promise<string | undefined> => (await findFolder(root)).stamp.listing;
    const before = await listing();
    expect(await listing()).toBe(before);
    expect((await read(root)).result.source).toMatchObject({ path: root, bytes: 6, listing: before });
    utimesSync(join(root, 'a/1.txt'), 1, 1);
    const touched = await listing();
    renameSync(join(root, 'a/1.txt'), join(root, 'a/3.txt'));
    const renamed = await listing();
    appendFileSync(join(root, 'a/3.txt'), '!');
    expect(new Set([before, touched, renamed, await listing()]).size).toBe(4);
  });

  it('is not that of a folder that changes while it is read', async () => {
    const root = folder();
    writeFiles(root, { 'a/1.txt': 'one', 'b/2.txt': 'two' });
    const inspection = await (await findFolder(root)).inspect();
    unlinkSync(join(root, 'b/2.txt'));
    await expect(inspection.read({ onBlock: () => undefined })).rejects.toThrow(
      /b\/2.txt was changed by another program/,
    );
  });

  it('is not asked for when reading is cancelled', async () => {
    const root = folder();
    for (let k = 0; k < 40; k++) writeFiles(root, { [`${k % 2}/${k}.txt`]: 'text' });
    const inspection = await (await findFolder(root)).inspect();
    const signal = {
      cancelled: true,
      throwIfCancelled: () => {
        throw new CancelledError();
      },
    };
    await expect(inspection.read({ signal, onBlock: () => undefined })).rejects.toThrow(CancelledError);
  });

  it.skipIf(process.getuid?.() === 0)('tells of files that may not be read', async () => {
    const root = folder();
    writeFiles(root, { 'a/1.txt': 'one', 'b/2.txt': 'two' });
    chmodSync(join(root, 'b/2.txt'), 0);
    expect(messages((await read(root)).issues)).toEqual([
      '1 b/2.txt may not be read by this user. It is a row with a missing cell.',
    ]);
  });
});
