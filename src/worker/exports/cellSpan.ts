import type { Dialect } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { type CellSpan, escapeOf, RecordScanner } from '../datasets/records/recordScanner';

type CellDialect = Pick<Dialect, 'delimiter' | 'quote'> & Partial<Pick<Dialect, 'escape' | 'comment' | 'newline'>>;

/** The spans of a record's cells. `record` comes without its line terminator. O(length). */
export function findCellSpans(record: string, dialect: CellDialect): readonly CellSpan[] {
  const scanner = new RecordScanner(record, { newline: '\n', ...dialect }, true, true);
  scanner.read(0);
  return scanner.spans ?? [];
}

/**
 * The record with the cell of one column replaced and every other character as it was. A cell that was quoted stays
 * quoted; one that the record lacks is added after the delimiters it needs.
 * @throws InputError when the dialect cannot write the text.
 */
export function replaceCell(record: string, column: number, text: string, dialect: CellDialect): string {
  const spans = findCellSpans(record, dialect);
  const span = spans[column];
  // A first cell that began like a comment would take its row out of the table.
  const isComment = column === 0 && dialect.comment !== undefined && startsWithMark(text, dialect.comment);
  if (span === undefined) {
    const missing = dialect.delimiter.repeat(column - spans.length + 1);
    return `${record}${missing}${writeCell(text, false, dialect)}`;
  }
  return `${record.slice(0, span.start)}${writeCell(text, span.quoted || isComment, dialect)}${record.slice(span.end)}`;
}

function startsWithMark(text: string, comment: string): boolean {
  return comment !== '' && text.startsWith(comment);
}

function writeCell(text: string, quoted: boolean, dialect: CellDialect): string {
  const { delimiter, quote } = dialect;
  const escape = escapeOf(dialect);
  const needsQuotes =
    // Of a delimiter of several characters one alone is enough: with the next delimiter it would be one too early.
    text.includes(delimiter.charAt(0)) ||
    /[\r\n]/.test(text) ||
    (quote !== '' && text.includes(quote)) ||
    (escape !== '' && text.includes(escape)) ||
    (delimiter === ' ' && text.trim() === '');
  if (!quoted && !needsQuotes) return text;
  if (quote === '') {
    if (escape !== '' && !quoted) return escapeAll(text, [escape, delimiter, '\n', '\r'], escape);
    throw new InputError(
      `The label “${text}” cannot be written: it contains the delimiter, and this file uses no quotes. Choose another label.`,
    );
  }
  return `${quote}${escapeAll(text, [quote, escape], escape === '' ? quote : escape)}${quote}`;
}

function escapeAll(text: string, what: readonly string[], escape: string): string {
  return [...text].map((character) => (what.includes(character) ? escape + character : character)).join('');
}
