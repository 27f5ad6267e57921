import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolders } from '../datasets/testFiles';
import { StagedFiles } from './stagedFiles';
import { addTable, type Table } from './tableFile';

const folder = temporaryFolders();
/** More than one block of the CSV. */
const count = 4_500;
const table: Table = [
  { name: 'row', kind: 'integer', values: Int32Array.from({ length: count }, (_, i) => 2 * i) },
  {
    name: 'id, “quoted”',
    kind: 'text',
    values: Array.from({ length: count }, (_, i) => (i === 1 ? '=1,"x"' : `r${i}`)),
  },
  { name: 'effect', kind: 'number', values: Float64Array.from({ length: count }, (_, i) => (i === 7 ? NaN : -i / 3)) },
];

it('writes CSV with every digit, or Parquet, as the name says', async () => {
  const out = join(folder(), 'out');
  await StagedFiles.write(out, { fileNames: ['t.csv', 't.PARQUET'], reads: [] }, async (staged) => {
    await addTable(staged, 't.csv', table);
    await addTable(staged, 't.PARQUET', table);
  });
  const lines = readFileSync(join(out, 't.csv'), 'utf8').split('\n');
  expect(lines.slice(0, 3)).toEqual(['row,"id, “quoted”",effect', '0,r0,0', '2,"=1,""x""",-0.3333333333333333']);
  expect(lines[8]).toBe('14,r7,');
  expect(lines.slice(-2)).toEqual([`8998,r4499,${-4499 / 3}`, '']);
  const parquet = readFileSync(join(out, 't.PARQUET'));
  expect([parquet.subarray(0, 4), parquet.subarray(-4)].map(String)).toEqual(['PAR1', 'PAR1']);
});
