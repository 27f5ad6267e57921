import type { Dialect } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';

/** Where a cell stands in the text of its record, quotes included. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

type TextDialect = Pick<Dialect, 'delimiter' | 'quote'>;

/** The spans of a record's cells. `record` comes without its line terminator. O(length). */
export function findCellSpans(record: string, { delimiter, quote }: TextDialect): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (;;) {
    const start = at;
    const quoted = quote !== '' && record.startsWith(quote, start);
    if (quoted) at = endOfQuoted(record, start + quote.length, quote, delimiter);
    const next = record.indexOf(delimiter, at);
    const end = next === -1 ? record.length : next;
    spans.push({ start, end, quoted });
    if (next === -1) return spans;
    at = next + delimiter.length;
  }
}

/** Place after the closing quote: the first quote that is not doubled and stands before a delimiter or the end. */
function endOfQuoted(record: string, from: number, quote: string, delimiter: string): number {
  for (let at = record.indexOf(quote, from); at !== -1; at = record.indexOf(quote, at)) {
    const after = at + quote.length;
    if (record.startsWith(quote, after)) {
      at = after + quote.length;
      continue;
    }
    const rest = record.slice(after).trimStart();
    if (after === record.length || record.startsWith(delimiter, after) || rest === '' || rest.startsWith(delimiter)) {
      return after;
    }
    at = after;
  }
  return record.length;
}

/**
 * The record with the cell of one column replaced and every other character as it was. A cell that was quoted stays
 * quoted; one that the record lacks is added after the delimiters it needs.
 * @throws InputError when the dialect cannot write the text.
 */
export function replaceCell(record: string, column: number, text: string, dialect: TextDialect): string {
  const spans = findCellSpans(record, dialect);
  const span = spans[column];
  if (span === undefined) {
    const missing = dialect.delimiter.repeat(column - spans.length + 1);
    return `${record}${missing}${writeCell(text, false, dialect)}`;
  }
  return `${record.slice(0, span.start)}${writeCell(text, span.quoted, dialect)}${record.slice(span.end)}`;
}

function writeCell(text: string, quoted: boolean, { delimiter, quote }: TextDialect): string {
  const needsQuotes = text.includes(delimiter) || /[\r\n]/.test(text) || (quote !== '' && text.includes(quote));
  if (!quoted && !needsQuotes) return text;
  if (quote === '') {
    throw new InputError(
      `The label “${text}” cannot be written: it contains the delimiter, and this file uses no quotes. Choose another label.`,
    );
  }
  return `${quote}${text.split(quote).join(quote + quote)}${quote}`;
}
