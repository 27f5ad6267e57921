import {
  type Dialect,
  type DialectReasons,
  plainDialect,
  type RawLine,
  type SaidDialect,
} from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import type { Note } from '../note';
import type { ChosenEncoding } from '../records/encodings';
import { completeUtf8Length, decodeBytes, detectEncoding, markLength, unitBytes } from '../records/encodings';
import { type FileSource, readBytes } from '../records/fileSource';
import { describeLines, lineStarts } from '../records/rawLines';
import { nameColumns } from './columnNames';
import { detectDialect, detectNewline, type Sample } from './detectDialect';
import { describeHead, explainDialect } from './headNotes';
import { refuseBinary } from './notText';

/** Bytes from which dialect, header and first types are told; more where they hold too few whole records. */
export const headBytes = 256 * 1024;
/** No record is longer than this. */
const mostHeadBytes = 16 * 1024 * 1024;
/** Lines above the header that are known again where two exports were joined. */
const rememberedLines = 100;

/** What the first bytes of a file tell about all of it. */
export interface Head {
  readonly dialect: Dialect;
  readonly columnNames: readonly string[];
  /** Cells that rows usually have; fewer than there are names where the last columns are blank in every row. */
  readonly rowWidth: number;
  /** 1-based line of the header, or of the first row where there is none. */
  readonly startLine: number;
  /** The header as it stands in the file; null without one. */
  readonly headerCells: readonly string[] | null;
  /** Lines between the header and the rows that are neither: units. */
  readonly leftOutLines: readonly number[];
  /** The lines above the header, as they are. */
  readonly linesAbove: readonly string[];
  readonly notes: readonly Note[];
  readonly reasons: DialectReasons;
  readonly rawLines: readonly RawLine[];
}

/**
 * Encoding, dialect, where the table begins, and column names. Parts of `said` win over detection.
 * @throws InputError when the file is not text; CancelledError
 */
export async function detectHead(
  source: FileSource,
  said: SaidDialect = {},
  signal?: CancellationSignal,
): Promise<Head> {
  const turn = createTurns(signal);
  for (let size = headBytes; ; size *= 2) {
    signal?.throwIfCancelled();
    const bytes = await readBytes(source, 0, Math.min(size, source.bytes));
    const isWhole = bytes.length === source.bytes;
    const head = await headOf(source, { bytes, isWhole, mustTell: size >= mostHeadBytes, turn }, said);
    if (head !== null) return head;
  }
}

interface HeadBytes {
  readonly bytes: Buffer;
  /** They are the whole file. */
  readonly isWhole: boolean;
  /** More will not be read. */
  readonly mustTell: boolean;
  readonly turn: () => Promise<void> | undefined;
}

/** @returns null when the bytes hold too few whole records to tell. */
async function headOf(
  source: FileSource,
  { bytes, isWhole, mustTell, turn }: HeadBytes,
  said: SaidDialect,
): Promise<Head | null> {
  const encoded = chooseEncoding(bytes, said, isWhole);
  const { encoding, byteOrderMark } = encoded;
  const body = bytes.subarray(markLength(encoded));
  const usable =
    encoding === 'utf-8' && !isWhole ? completeUtf8Length(body) : body.length - (body.length % unitBytes(encoding));
  const text = decodeBytes(body.subarray(0, usable), encoding);
  refuseBinary(source.path, bytes, text);
  if (text.trim() === '') {
    throw new InputError(`${source.name} holds nothing but blanks.`, { details: { file: source.path } });
  }
  const sample = skipLines(source, text, said.skipLines ?? 0, isWhole || mustTell);
  if (sample === null) return null;
  const found =
    (await detectDialect(sample, said, turn)) ??
    (sample.isWhole ? undefined : mustTell ? await detectDialect({ ...sample, isWhole: true }, said, turn) : null);
  if (found === null) return null;
  // Only blank lines are left, or one record that does not end in the longest sample.
  if (found === undefined) throw nothingLeft(source, said.skipLines ?? 0);
  const { table } = found;
  const startLine = table.rows.length === 0 && !table.header ? 1 : (found.records[table.start]?.line ?? 1);
  const starts = lineStarts(text, startLine, found.newline);
  const above = starts
    .slice(0, startLine - 1)
    .map((start, k) => text.slice(start, starts[k + 1]).replace(/[\r\n]+$/, ''));
  const hasAbove = above.some((line) => line.trim() !== '');
  const dialect: Dialect = {
    ...plainDialect,
    ...said,
    encoding,
    byteOrderMark,
    delimiter: found.delimiter,
    quote: found.quote,
    escape: found.escape,
    newline: found.newline,
    comment: found.comment,
    header: table.header,
    skipLines: said.skipLines ?? (hasAbove ? startLine - 1 : 0),
  };
  const { names, notes } = nameColumns(table.names, table.columnCount);
  const leftOutLines = table.between.flatMap((index) => found.records[index]?.line ?? []);
  const headerCells = table.header ? (found.records[table.start]?.cells ?? null) : null;
  const facts = { found, encoded, said, startLine, above, leftOutLines };
  return {
    dialect,
    columnNames: names,
    rowWidth: table.rowWidth,
    startLine,
    headerCells,
    leftOutLines,
    linesAbove: above.filter((line) => line.trim() !== '').slice(0, rememberedLines),
    notes: [...describeHead(facts), ...table.notes, ...notes],
    reasons: explainDialect(facts),
    rawLines: describeLines(text, dialect, { startLine, leftOutLines }),
  };
}

function chooseEncoding(bytes: Buffer, said: SaidDialect, isWhole: boolean): ChosenEncoding {
  const detected = detectEncoding(bytes, isWhole);
  const encoding = said.encoding ?? detected.encoding;
  // A mark found is a mark, whatever the encoding chosen; without one, none is skipped.
  const byteOrderMark = detected.byteOrderMark && (encoding === detected.encoding || encoding === 'windows-1252');
  const { failedAt } = detected;
  let failedLine: number | null = null;
  if (failedAt !== null) {
    failedLine = 1;
    for (const byte of bytes.subarray(0, failedAt)) if (byte === 10) failedLine++;
  }
  return { encoding, byteOrderMark, failedAt, failedLine };
}

/** The text without its first lines; null when more of the file is needed for that. */
function skipLines(source: FileSource, text: string, count: number, isWhole: boolean): Sample | null {
  if (count === 0) return { text, firstLine: 1, isWhole };
  const starts = lineStarts(text, count + 1, detectNewline(text));
  const start = starts[count];
  if (start === undefined) {
    if (!isWhole) return null;
    throw nothingLeft(source, count);
  }
  const rest = text.slice(start);
  if (rest.trim() === '' && isWhole) throw nothingLeft(source, count);
  return { text: rest, firstLine: count + 1, isWhole };
}

function nothingLeft(source: FileSource, count: number): InputError {
  const text =
    count === 0
      ? `${source.name} has no line that can be read as a row. Choose another file, or say its delimiter and quote.`
      : `${source.name} has nothing below its first ${formatCount(count)} lines, which are to be skipped. Skip fewer.`;
  return new InputError(text, { details: { file: source.path, skipLines: count } });
}
