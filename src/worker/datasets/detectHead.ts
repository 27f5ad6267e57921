import { plainDialect, type Dialect } from '../../contract/dataset';
import { nameColumns } from './columnNames';
import type { Note } from './datasetTypes';
import { detectDialect, hasHeader, sampleRecords } from './detectDialect';
import { completeUtf8Length, decodeBytes, detectEncoding, markLength, unitBytes } from './encodings';
import { readBytes, type FileSource } from './fileSource';
import { refuseBinary } from './notText';
import { InputError } from '../../core/base/errors';

/** Bytes from which dialect, header and first types are told. */
export const headBytes = 256 * 1024;

/** What the first bytes of a file tell about all of it. */
export interface Head {
  readonly dialect: Dialect;
  readonly columnNames: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * Encoding, dialect and column names. Parts of `chosen` win over detection.
 * @throws InputError when the file is not text.
 */
export async function detectHead(source: FileSource, chosen: Partial<Dialect> = {}): Promise<Head> {
  const bytes = await readBytes(source, 0, Math.min(headBytes, source.bytes));
  const isWhole = bytes.length === source.bytes;
  const detected = detectEncoding(bytes, isWhole);
  const encoding = chosen.encoding ?? detected.encoding;
  // A mark found is a mark, whatever the encoding chosen; without one, none is skipped.
  const byteOrderMark = detected.byteOrderMark && (encoding === detected.encoding || encoding === 'windows-1252');
  const start = markLength({ encoding, byteOrderMark });
  const body = bytes.subarray(start);
  const usable =
    encoding === 'utf-8' && !isWhole ? completeUtf8Length(body) : body.length - (body.length % unitBytes(encoding));
  const text = decodeBytes(body.subarray(0, usable), encoding);
  refuseBinary(source.path, bytes, text);
  if (text.trim() === '') {
    throw new InputError(`${source.name} holds nothing but blanks.`, { details: { file: source.path } });
  }
  const found = detectDialect(text, isWhole);
  const delimiter = chosen.delimiter ?? found.delimiter;
  const quote = chosen.quote ?? found.quote;
  const newline = chosen.newline ?? found.newline;
  const records = sampleRecords(
    text.slice(0, 64 * 1024),
    { delimiter, quote, newline },
    isWhole && text.length <= 64 * 1024,
  );
  const same = delimiter === found.delimiter && quote === found.quote && newline === found.newline;
  const header = chosen.header ?? (same ? found.header : hasHeader(records));
  const dialect: Dialect = { ...plainDialect, ...chosen, encoding, byteOrderMark, delimiter, quote, newline, header };
  const first = records[0] ?? [];
  const common = commonWidth(header ? records.slice(1) : records);
  if (!header) return { dialect, columnNames: nameColumns(null, common).names, notes: [] };
  const missing = common - first.length;
  if (records.length < 3 || missing <= 0) {
    const { names, notes } = nameColumns(first, first.length);
    return { dialect, columnNames: names, notes };
  }
  // One name too few is how R writes row names: they come first and have no name.
  const { names, notes } = nameColumns(missing === 1 ? ['', ...first] : first, common);
  const said = `The header has ${first.length} names, most rows have ${common} cells: ${missing === 1 ? 'the first column has no name' : 'the last columns have no names'}.`;
  return { dialect, columnNames: names, notes: [{ level: 'warning', text: said }, ...notes] };
}

function commonWidth(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const cells of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let best = 1;
  for (const [width, count] of counts) if (count > (counts.get(best) ?? 0)) best = width;
  return best;
}
