import { createHash, type Hash } from 'node:crypto';
import type { Dialect, RowIssue } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { completeUtf8Length, decodeBytes, encodedLength, invalidUtf8At, markLength, unitBytes } from './encodings';
import { checkUnchanged, fileChanged, type FileSource, readBytes } from './fileSource';
import { countNewlines, type ParsedRecords, parseRecords } from './recordParser';

/** Bytes read at a time: small enough that parsing a piece holds up the event loop for some 15 ms. */
const pieceBytes = 128 * 1024;
/** A record longer than this is an unclosed quote, not a row. */
const maxRecordBytes = 16 * 1024 * 1024;

/** Records as they stand in the file, blank lines included: any number of cells, places in bytes. */
export interface RawRecords {
  readonly cells: string[][];
  readonly lines: number[];
  readonly byteStarts: number[];
  readonly byteLengths: number[];
  /** Places in `cells` of lines that are comments. */
  readonly comments: ReadonlySet<number>;
  /** By place in `cells`. */
  readonly troubles: ReadonlyMap<number, { readonly kind: RowIssue['kind']; readonly message: string }[]>;
  readonly bytesRead: number;
  /** Nothing follows. */
  readonly isLast: boolean;
}

/** UTF-8 turned out not to be; the caller decides what then. */
export class InvalidUtf8 extends Error {
  constructor(readonly offset: number) {
    super(`Invalid UTF-8 at byte ${offset}.`);
  }
}

/**
 * Reads the records of a file in order, in pieces, with at most one piece and one unfinished record in memory. Between
 * pieces the event loop runs.
 */
export class RecordReader {
  readonly #hash: Hash = createHash('sha256');
  #position = 0;
  #leftOver: Buffer = Buffer.alloc(0);
  #text = '';
  #textStart: number;
  #line = 1;
  readonly #dialect: Dialect;
  /** The table begins with the next record. */
  #begun: boolean;

  /** @param start The line in which the table begins, with a header or without. */
  constructor(
    private readonly source: FileSource,
    private readonly start: { readonly dialect: Dialect; readonly startLine: number },
    private readonly signal?: CancellationSignal,
  ) {
    this.#dialect = start.dialect;
    this.#textStart = markLength(start.dialect);
    this.#begun = start.startLine === 1;
  }

  /** Of all bytes; only after the last piece. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  /**
   * @throws InputError for an unclosed quote, or when the file changes meanwhile.
   * @throws InvalidUtf8
   */
  async *read(): AsyncGenerator<RawRecords> {
    let wanted = pieceBytes;
    let isLast = false;
    while (!isLast) {
      this.signal?.throwIfCancelled();
      isLast = await this.#fill(wanted);
      if (!this.#begun && !this.#skipToStart(isLast)) continue;
      const records = this.#takeRecords(isLast);
      if (records.cells.length === 0 && !isLast) {
        // Parsing the same beginning again and again must not become quadratic.
        wanted *= 2;
        this.#refuseEndlessRecord();
        continue;
      }
      wanted = pieceBytes;
      yield records;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await checkUnchanged(this.source);
  }

  /** Decodes the next piece onto the text; true when it was the last one. */
  async #fill(wanted: number): Promise<boolean> {
    const bytes = await readBytes(this.source, this.#position, wanted);
    if (bytes.length === 0 && this.#position < this.source.bytes) throw fileChanged(this.source);
    this.#hash.update(bytes);
    const first = this.#position === 0;
    this.#position += bytes.length;
    if (this.#position > this.source.bytes) throw fileChanged(this.source);
    const isLast = this.#position === this.source.bytes;
    const body = first ? bytes.subarray(markLength(this.#dialect)) : bytes;
    const joined = this.#leftOver.length === 0 ? body : Buffer.concat([this.#leftOver, body]);
    const usable = this.#usableLength(joined, isLast);
    const part = joined.subarray(0, usable);
    this.#leftOver = Buffer.from(joined.subarray(usable));
    const decoded = decodeBytes(part, this.#dialect.encoding);
    if (this.#dialect.encoding === 'utf-8') {
      const at = invalidUtf8At(part, decoded);
      if (at !== -1) throw new InvalidUtf8(this.#position - joined.length + at);
    }
    this.#text = this.#text === '' ? decoded : this.#text + decoded;
    return isLast;
  }

  #usableLength(bytes: Buffer, isLast: boolean): number {
    if (this.#dialect.encoding === 'utf-8') return isLast ? bytes.length : completeUtf8Length(bytes);
    // The odd last byte of a UTF-16 file is no character; it stays in the file, outside every record.
    return bytes.length - (bytes.length % unitBytes(this.#dialect.encoding));
  }

  /** Drops the lines above the table, as far as they have been read; true when the table has been reached. */
  #skipToStart(isLast: boolean): boolean {
    const text = this.#text;
    const terminator = this.#dialect.newline === '\r' ? '\r' : '\n';
    let at = 0;
    while (this.#line < this.start.startLine) {
      const end = text.indexOf(terminator, at);
      if (end === -1) break;
      at = end + 1;
      this.#line++;
    }
    this.#begun = this.#line === this.start.startLine;
    if (!this.#begun && isLast) at = text.length;
    this.#textStart += encodedLength(text.slice(0, at), this.#dialect.encoding);
    this.#text = text.slice(at);
    return this.#begun;
  }

  /** A header is one even where it begins like a comment. */
  #parse(text: string, isLast: boolean): ParsedRecords {
    const dialect = this.#dialect;
    const isHeader = dialect.header && dialect.comment !== '' && this.#line === this.start.startLine;
    if (!isHeader || !text.startsWith(dialect.comment)) return parseRecords(text, dialect, isLast);
    const header = parseRecords(text, { ...dialect, comment: '' }, isLast, 1);
    const end = header.ends[0];
    if (end === undefined) return header;
    const rest = parseRecords(text.slice(end), dialect, isLast);
    return {
      cells: [...header.cells, ...rest.cells],
      ends: [end, ...rest.ends.map((each) => each + end)],
      quoteTrouble: new Map([
        ...header.quoteTrouble,
        ...[...rest.quoteTrouble].map(([k, trouble]) => [k + 1, trouble] as const),
      ]),
      comments: new Set([...rest.comments].map((k) => k + 1)),
    };
  }

  #takeRecords(isLast: boolean): RawRecords {
    const dialect = this.#dialect;
    const text = this.#text;
    const parsed = this.#parse(text, isLast);
    const used = parsed.ends[parsed.ends.length - 1] ?? 0;
    const allAscii = dialect.encoding === 'utf-8' && encodedLength(text, 'utf-8') === text.length;
    const unit = allAscii ? 1 : dialect.encoding === 'utf-8' ? 0 : unitBytes(dialect.encoding);
    const mayBeMultiline = dialect.quote !== '' && text.includes(dialect.quote);
    const suspicious = suspiciousText(text, dialect);
    const cells: string[][] = [];
    const lines: number[] = [];
    const byteStarts: number[] = [];
    const byteLengths: number[] = [];
    const troubles = new Map<number, { kind: RowIssue['kind']; message: string }[]>();
    let start = 0;
    for (let k = 0; k < parsed.cells.length; k++) {
      const row = parsed.cells[k] ?? [];
      const end = parsed.ends[k] ?? start;
      const length = unit > 0 ? (end - start) * unit : encodedLength(text.slice(start, end), dialect.encoding);
      const newlines = mayBeMultiline ? countNewlines(text, start, end, dialect.newline) : 1;
      const quoteTrouble = parsed.quoteTrouble.get(k);
      if (quoteTrouble === 'unclosed-quote') throw this.#unclosedQuote(text.slice(start, end));
      if (quoteTrouble !== undefined) addTo(troubles, cells.length, strayQuote(this.#line, newlines));
      if (suspicious !== null && row.some((cell) => suspicious.pattern.test(cell))) {
        addTo(troubles, cells.length, { kind: 'bad-bytes', message: suspicious.message });
      }
      cells.push(row);
      lines.push(this.#line);
      byteStarts.push(this.#textStart);
      byteLengths.push(length);
      this.#textStart += length;
      this.#line += newlines;
      start = end;
    }
    this.#text = text.slice(used);
    return {
      cells,
      lines,
      byteStarts,
      byteLengths,
      troubles,
      comments: parsed.comments,
      bytesRead: this.#position,
      isLast,
    };
  }

  #refuseEndlessRecord(): void {
    if (this.#text.length > maxRecordBytes) throw this.#unclosedQuote(this.#text);
  }

  #unclosedQuote(record: string): InputError {
    const { quote, newline } = this.#dialect;
    const before = record.slice(0, Math.max(0, openingQuote(record, this.#dialect)));
    const line = this.#line + countNewlines(before, 0, before.length, newline);
    return new InputError(
      `${this.source.name}: the quote ${quote} opened in line ${line} is never closed, so everything after it would be one cell. ` +
        `Close it, or double it (${quote}${quote}) if it is meant as a character.`,
      { details: { file: this.source.path, line } },
    );
  }
}

/** Where the last cell of a record begins: its quote is the one that is open. */
function openingQuote(record: string, dialect: Dialect): number {
  const cells = parseRecords(record, dialect, true).cells[0] ?? [];
  const open = cells[cells.length - 1] ?? '';
  return record.length - open.length - 1;
}

function strayQuote(line: number, newlines: number): { kind: 'stray-quote'; message: string } {
  const where =
    newlines > 1
      ? ` The row runs from line ${line} to line ${line + newlines - 1}: check that they belong together.`
      : '';
  return {
    kind: 'stray-quote',
    message: `A quote inside a quoted cell is not doubled and not at the cell's end; it was taken as a character.${where}`,
  };
}

/** NUL characters and, in UTF-16, halves of surrogate pairs: kept where possible, and pointed out. */
function suspiciousText(text: string, dialect: Dialect): { pattern: RegExp; message: string } | null {
  if (text.includes('\0'))
    return { pattern: /\0/, message: 'A cell holds a NUL character (a zero byte); it was kept.' };
  const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
  if (unitBytes(dialect.encoding) === 2 && loneSurrogate.test(text)) {
    return { pattern: loneSurrogate, message: 'A cell holds half a UTF-16 surrogate pair; it is shown as \ufffd.' };
  }
  return null;
}

function addTo<T>(map: Map<number, T[]>, key: number, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
