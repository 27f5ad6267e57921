import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { CancelledError, StorageError } from '../../../core/base/errors';
import { writeParquet } from './parquetFile';

const folder = mkdtempSync(join(tmpdir(), "assay-parquet-it's-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const count = 5000;
const columns = [
  { name: 'row', kind: 'integer', values: Int32Array.from({ length: count }, (_, i) => i) },
  { name: 'an "id"', kind: 'text', values: Array.from({ length: count }, (_, i) => `r${i}`) },
  { name: 'effect', kind: 'number', values: Float64Array.from({ length: count }, (_, i) => (i === 7 ? NaN : i / 3)) },
] as const;

describe('writeParquet', () => {
  it('writes every row in order, names as they are, NaN as null', async () => {
    const file = join(folder, 'a.parquet');
    await writeParquet(file, columns);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file.replace(/'/g, "''")}')`);
    expect(rows.columnNames()).toEqual(['row', 'an "id"', 'effect']);
    const read = rows.getRows();
    expect(read).toHaveLength(count);
    expect(read[7]).toEqual([7, 'r7', null]);
    expect(read[4999]).toEqual([4999, 'r4999', 4999 / 3]);
    connection.closeSync();
  });

  it('leaves nothing behind when it is cancelled or cannot write', async () => {
    const cancelled = {
      cancelled: true,
      throwIfCancelled: () => {
        throw new CancelledError();
      },
    };
    await expect(writeParquet(join(folder, 'b.parquet'), columns, cancelled)).rejects.toThrow(CancelledError);
    await expect(writeParquet(join(folder, 'nowhere', 'c.parquet'), columns)).rejects.toThrow(StorageError);
    expect(readdirSync(folder)).toEqual(['a.parquet']);
  });
});
