import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../core/base/errors';
import { unreadableFile } from '../../core/base/unreadableFile';
import { decodeBytes, detectEncoding } from '../datasets/records/encodings';
import { countNewlines, parseRecords } from '../datasets/records/recordParser';
import { createTurns } from '../eventLoop';

/** Lines about some millions of rows. */
const largestFile = 256 * 1024 * 1024;
const recordsAtOnce = 2_000;

/** A record of a file, and the line on which it begins, counted from 1. */
export interface TableRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A small table, whatever it is about. Records without anything in them are left out. */
export interface DecisionTable {
  readonly fileName: string;
  readonly records: readonly TableRecord[];
}

/**
 * Reads a delimited text file (comma, tab or semicolon) in whatever encoding it is.
 * @throws InputError where it cannot be read, would never end (pipes, devices), or is too large or empty.
 */
export async function readDecisionTable(path: string): Promise<DecisionTable> {
  const bytes = await readWhole(path);
  const text = decodeBytes(bytes, detectEncoding(bytes, true).encoding).replace(/^\ufeff/, '');
  if (text.includes('\0')) throw new InputError(`${path} is no text. Export the sheet as CSV, and choose that.`);
  if (text.trim() === '') throw new InputError(`${path} is empty: it names no row.`);
  return { fileName: basename(path), records: await cutRecords(text) };
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new InputError(`${path} is no file. Choose a file that lists rows.`);
      if (found.size > largestFile) {
        throw new InputError(`${path} has more than 256 MB, which is no list of decisions. Choose another file.`);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof InputError ? error : unreadableFile(path, error);
  }
}

async function cutRecords(text: string): Promise<TableRecord[]> {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const delimiter = [',', '\t', ';'].find((one) => firstLine.includes(one)) ?? ',';
  const newline = text.includes('\n') ? '\n' : '\r';
  const turn = createTurns();
  const records: TableRecord[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const { cells, ends } = parseRecords(rest, { delimiter, quote: '"', newline }, true, recordsAtOnce);
    cells.forEach((record, k) => {
      const from = ends[k - 1] ?? 0;
      if (record.some((cell) => cell.trim() !== '')) records.push({ line, cells: record });
      line += countNewlines(rest, from, ends[k], newline);
    });
    at += ends[ends.length - 1] ?? rest.length;
    await turn();
  }
  return records;
}
