import { extname } from 'node:path';
import { cellsOf, type FileColumn, writeParquet } from '../store/files/parquetFile';
import { formatDataLines } from './csvText';
import type { StagedFiles, StagedWriter } from './stagedFiles';

/** Columns of one length. */
export type Table = readonly FileColumn[];

const blockRows = 4_000;

/**
 * Adds a table for programs: Parquet where the name ends in .parquet, else CSV (NaN is an empty cell, and numbers
 * keep every digit).
 * @throws StorageError
 */
export async function addTable(staged: StagedFiles, fileName: string, columns: Table): Promise<void> {
  if (extname(fileName).toLowerCase() === '.parquet') {
    await staged.addWrittenTo(fileName, (path) => writeParquet(path, columns));
  } else {
    await staged.add(fileName, (writer) => writeCsv(writer, columns));
  }
}

async function writeCsv(writer: StagedWriter, columns: Table): Promise<void> {
  await writer.write(formatDataLines([columns.map(({ name }) => name)]));
  const count = columns[0]?.values.length ?? 0;
  for (let from = 0; from < count; from += blockRows) {
    const cells = columns.map((column) => cellsOf(column, from, Math.min(count, from + blockRows)));
    await writer.write(formatDataLines(cells[0].map((_, k) => cells.map((column) => column[k]))));
  }
}
