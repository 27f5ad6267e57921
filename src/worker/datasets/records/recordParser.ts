import type { Dialect } from '../../../contract/dataset';
import { escapeOf, type QuoteTrouble, RecordScanner, type TextDialect } from './recordScanner';

/** Records of a piece of text; record k is `text.slice(ends[k − 1] ?? 0, ends[k])`, its line terminator included. */
export interface ParsedRecords {
  readonly cells: string[][];
  readonly ends: number[];
  /** Records whose quotes do not pair up as they should, by their place in `cells`. */
  readonly quoteTrouble: Map<number, QuoteTrouble>;
  /** Places in `cells` of lines that are comments: their one cell is the line. */
  readonly comments: Set<number>;
}

/**
 * Splits text into records. A file that mixes LF and CRLF is read line by line whichever dominates. With `isLast`
 * false, the unfinished record at the end is left out: hand its text in again with what follows. At most `limit`
 * records.
 *
 * Most lines of most files hold no quote, and are cut by the engine's own `split`; only the others are gone through
 * character by character. PapaParse did the same, but it knows neither escapes that may themselves be escaped, nor
 * blanks before quotes, nor the places of comments.
 */
export function parseRecords(text: string, dialect: TextDialect, isLast: boolean, limit = Infinity): ParsedRecords {
  const { delimiter, quote, comment = '' } = dialect;
  const newline = dialect.newline === '\r' ? '\r' : '\n';
  const escape = escapeOf(dialect);
  const cells: string[][] = [];
  const ends: number[] = [];
  const quoteTrouble = new Map<number, QuoteTrouble>();
  const comments = new Set<number>();
  const scanner = new RecordScanner(text, dialect, isLast);
  const { length } = text;
  let at = 0;
  let nextQuote = quote === '' ? Infinity : -1;
  let nextEscape = escape === '' ? Infinity : -1;
  while (at < length && cells.length < limit) {
    const terminator = text.indexOf(newline, at);
    const isComment = comment !== '' && text.startsWith(comment, at);
    if (nextQuote < at) nextQuote = find(text, quote, at);
    if (nextEscape < at) nextEscape = find(text, escape, at);
    const lineEnd = terminator === -1 ? length : terminator;
    if (isComment || (nextQuote > lineEnd && nextEscape > lineEnd && delimiter !== ' ')) {
      if (terminator === -1 && !isLast) break;
      const hasReturn = newline === '\n' && terminator > at && text.charCodeAt(terminator - 1) === 13;
      const line = text.slice(at, hasReturn ? lineEnd - 1 : lineEnd);
      if (isComment) comments.add(cells.length);
      cells.push(isComment ? [line] : line.split(delimiter));
      at = terminator === -1 ? length : terminator + 1;
    } else {
      if (!scanner.read(at)) break;
      if (scanner.trouble !== null) quoteTrouble.set(cells.length, scanner.trouble);
      cells.push(scanner.cells);
      at = scanner.end;
    }
    ends.push(at);
  }
  return { cells, ends, quoteTrouble, comments };
}

function find(text: string, what: string, from: number): number {
  const place = text.indexOf(what, from);
  return place === -1 ? Infinity : place;
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
