import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RowIssue } from '../../contract/dataset';
import { findDelimited } from './delimitedSource';
import { pngHead, writeFiles } from './folders/testFolder';
import { temporaryFolders } from './testFiles';

const folder = temporaryFolders();

it('tells of pictures that a file names and that are not below its folder', async () => {
  const scratch = folder();
  const root = join(scratch, 'data');
  writeFiles(scratch, { 'outside.png': pngHead, 'elsewhere/1.png': pngHead });
  const lines = [
    'good/1.png',
    'good\\2.PNG',
    './good/1.png',
    '../outside.png',
    'none.png',
    '',
    'good/link.png',
    'good/out.png',
    'linked/1.png',
    'folder.png',
    `${scratch}/outside.png`,
    'good/torn.png',
  ];
  writeFiles(root, {
    'good/1.png': pngHead,
    'good/2.PNG': pngHead,
    'data.csv': `picture,y\n${lines.map((line, k) => `${line},${k % 2}`).join('\n')}\n`,
  });
  mkdirSync(join(root, 'folder.png'));
  symlinkSync('1.png', join(root, 'good/link.png'));
  symlinkSync('../../outside.png', join(root, 'good/out.png'));
  symlinkSync('nowhere', join(root, 'good/torn.png'));
  symlinkSync(join(scratch, 'elsewhere'), join(root, 'linked'));
  const inspection = await findDelimited({ path: join(root, 'data.csv'), bytes: 0, mtimeMs: 0 }).inspect();
  expect(inspection.preview.columns[0].type).toBe('picture');
  const issues: RowIssue[] = [];
  const rows: (readonly string[])[] = [];
  const result = await inspection.read({
    onBlock: (block) => {
      issues.push(...block.issues);
      rows.push(...block.cells);
    },
  });
  expect(rows.map(([cell]) => cell)).toEqual(lines);
  expect(result.issueCount).toBe(issues.length);
  expect(issues.map(({ row, line, column, message }) => [row, line, column, message.replace(/^“.*” /, '')])).toEqual([
    [3, 5, 'picture', 'leads out of the folder of the data: the row has no picture.'],
    [4, 6, 'picture', 'is not there: the row has no picture.'],
    [7, 9, 'picture', 'is a link that leads out of the folder of the data: the row has no picture.'],
    [8, 10, 'picture', 'leads out of the folder of the data: the row has no picture.'],
    [9, 11, 'picture', 'is no file: the row has no picture.'],
    [10, 12, 'picture', 'leads out of the folder of the data: the row has no picture.'],
    [11, 13, 'picture', 'is a link to no file: the row has no picture.'],
  ]);
});
