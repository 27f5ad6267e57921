import Papa from 'papaparse';
import type { Dialect } from '../../contract/dataset';

export type QuoteTrouble = 'stray-quote' | 'unclosed-quote';

/** Records of a piece of text; record k is `text.slice(ends[k − 1] ?? 0, ends[k])`, its line terminator included. */
export interface ParsedRecords {
  readonly cells: string[][];
  readonly ends: number[];
  /** Records whose quotes do not pair up as they should, by their place in `cells`. */
  readonly quoteTrouble: Map<number, QuoteTrouble>;
}

/** What delimits the records of a text; the rest of a dialect concerns bytes. */
export type TextDialect = Pick<Dialect, 'delimiter' | 'quote' | 'newline'>;

/**
 * Splits text into records with PapaParse. A file that mixes LF and CRLF is read line by line whichever dominates. With
 * `isLast` false, the unfinished record at the end is left out: hand its text in again with what follows.
 */
export function parseRecords(text: string, dialect: TextDialect, isLast: boolean): ParsedRecords {
  const newline = dialect.newline === '\r' ? '\r' : '\n';
  const cells: string[][] = [];
  const ends: number[] = [];
  const quoteTrouble = new Map<number, QuoteTrouble>();
  let start = 0;
  const step = (result: Papa.ParseStepResult<string[]>): void => {
    // PapaParse hands the step callback one row wrapped in `data`, contrary to its types.
    const row = (result.data as unknown as string[][])[0] ?? [];
    const end = result.meta.cursor;
    if (end === start) return;
    if (newline === '\n') trimCarriageReturn(row, text, start, end, dialect.delimiter);
    for (const error of result.errors) {
      const worse = error.code === 'MissingQuotes' || quoteTrouble.get(cells.length) === 'unclosed-quote';
      quoteTrouble.set(cells.length, worse ? 'unclosed-quote' : 'stray-quote');
    }
    cells.push(row);
    ends.push(end);
    start = end;
  };
  const parser = new Papa.Parser({
    delimiter: dialect.delimiter,
    newline,
    ...(dialect.quote === '' ? { fastMode: true } : { quoteChar: dialect.quote, escapeChar: dialect.quote }),
    step,
  } as ConstructorParameters<typeof Papa.Parser>[0]);
  parser.parse(text, 0, !isLast);
  return { cells, ends, quoteTrouble };
}

/** Takes the CR of a CRLF off an unquoted last cell; inside quotes a CR belongs to the cell. */
function trimCarriageReturn(row: string[], text: string, start: number, end: number, delimiter: string): void {
  if (text.charCodeAt(end - 1) !== 10 || text.charCodeAt(end - 2) !== 13 || end - 2 < start) return;
  const last = row[row.length - 1] ?? '';
  if (last.charCodeAt(last.length - 1) !== 13) return;
  const from = end - 1 - last.length;
  const unquoted =
    (from === start || text.startsWith(delimiter, from - delimiter.length)) && text.startsWith(last, from);
  if (unquoted) row[row.length - 1] = last.slice(0, -1);
}

/** A blank line: it is no record where records have several cells. */
export function isBlankLine(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === '';
}

/** Number of line terminators in `text[start, end)`; a CRLF counts once. */
export function countNewlines(text: string, start: number, end: number, newline: Dialect['newline']): number {
  const character = newline === '\r' ? '\r' : '\n';
  let count = 0;
  for (let at = text.indexOf(character, start); at !== -1 && at < end; at = text.indexOf(character, at + 1)) count++;
  return count;
}
