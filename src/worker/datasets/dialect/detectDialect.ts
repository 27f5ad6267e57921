import type { Dialect, SaidDialect } from '../../../contract/dataset';
import { countNewlines, isBlankLine, parseRecords } from '../records/recordParser';
import type { TextDialect } from '../records/recordScanner';
import { findCommentMark, findFrequentMark } from './commentMark';
import { findTable, type SampleRecord, type Table } from './findTable';
import { scoreTable } from './scoreTable';

/** Delimiters of most files. */
const common = [',', ';', '\t', '|', '\x1f', '\x01'] as const;
/** Those that are more often parts of texts, dates and paths. */
const rare = [':', '~', '^', ' ', '::', '||'] as const;
const isRare = (delimiter: string): boolean => (rare as readonly string[]).includes(delimiter);
/** Characters looked at first: enough for most files, and every reading of them is tried. */
const sampleLength = 64 * 1024;
/** Whole records that a decision needs, or the whole file. */
const enoughRecords = 50;
/** Beyond so many characters a few records are enough. */
const longSample = 8 * 1024 * 1024;

type Layout = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'newline' | 'comment' | 'header'>;

/** One way to read a sample. */
interface Reading extends Layout {
  readonly table: Table;
  readonly records: readonly SampleRecord[];
  /** The higher, the more this looks like a table; 0 where nothing is parted. */
  readonly score: number;
}

export interface DetectedDialect extends Reading {
  /** Another reading that fits about as well. */
  readonly rival: Reading | null;
  /** A line `sep=;` says the delimiter. */
  readonly declared: boolean;
}

export interface Sample {
  /** Without byte order mark and without lines that the analyst said to skip. */
  readonly text: string;
  /** 1-based line of the file with which the text begins. */
  readonly firstLine: number;
  /** The text goes to the end of the file. */
  readonly isWhole: boolean;
}

/**
 * Delimiter, quotes, escape, newline, comments, header and the lines above it, judged together by all whole records of
 * a sample: how many records have the same number of cells, and how many of the columns hold numbers throughout. Parts
 * of `said` are taken as they are.
 * @param turn Lets the event loop run between two readings: each of megabytes, where a quote is left open.
 * @returns null when the sample has too few whole records: try again with a longer one.
 */
export async function detectDialect(
  sample: Sample,
  said: SaidDialect = {},
  turn: () => Promise<void> | undefined = () => undefined,
): Promise<DetectedDialect | null> {
  const short = sample.text.length > sampleLength ? await detectIn(shorten(sample), said, turn) : null;
  return short ?? detectIn(sample, said, turn);
}

/** Ends in a whole line, so that no reading is judged by a record that is cut. */
function shorten({ text, firstLine }: Sample): Sample {
  return { text: text.slice(0, sampleLength), firstLine, isWhole: false };
}

async function detectIn(
  sample: Sample,
  said: SaidDialect,
  turn: () => Promise<void> | undefined,
): Promise<DetectedDialect | null> {
  const newline = detectNewline(sample.text);
  const declared = declaredDelimiter(sample.text);
  const readings: Reading[] = [];
  for (const dialect of candidates(sample, said, newline, declared)) {
    const reading = read(sample, dialect, said);
    if (reading !== null) readings.push(reading);
    await turn();
  }
  readings.sort((a, b) => b.score - a.score);
  const [best] = readings;
  if (best === undefined) return null;
  if (!sample.isWhole && best.records.length < enoughRecords) {
    if (sample.text.length < longSample || best.records.length < 3) return null;
  }
  const wrapped =
    said.quote === undefined && usesApostrophes(best) ? read(sample, { ...best, quote: "'", escape: "'" }, said) : null;
  const final = wrapped ?? best;
  const rival = readings.find((reading) => reading.delimiter !== best.delimiter && reading.score > 0);
  const isClose =
    declared === null && said.delimiter === undefined && rival !== undefined && rival.score >= 0.93 * best.score;
  return { ...final, rival: isClose ? rival : null, declared: declared !== null };
}

/** Every combination worth a look. The plainest come first: of readings that fit alike, the first is kept. */
function candidates(
  { text }: Sample,
  said: SaidDialect,
  newline: Dialect['newline'],
  declared: string | null,
): TextDialect[] {
  const asked = said.delimiter ?? declared ?? undefined;
  const delimiters = asked === undefined ? [...common, ...rare].filter((each) => text.includes(each)) : [asked];
  if (!delimiters.includes(',') && asked === undefined) delimiters.unshift(',');
  const hasDouble = text.includes('"');
  // Apostrophes are letters of words more often than quotes: only where there are no double quotes at all.
  const quotes = said.quote !== undefined ? [said.quote] : hasDouble || !text.includes("'") ? ['"'] : ['"', "'"];
  return delimiters.flatMap((delimiter) =>
    quotes.flatMap((quote) =>
      escapesFor(text, quote, delimiter, said).map((escape) => ({
        delimiter,
        quote,
        escape,
        newline,
        comment: said.comment ?? '',
      })),
    ),
  );
}

function escapesFor(text: string, quote: string, delimiter: string, said: SaidDialect): string[] {
  if (said.escape !== undefined) return [said.escape];
  const plain = quote === '' ? '"' : quote;
  const escapes = (quote !== '' && text.includes(`\\${quote}`)) || text.includes(`\\${delimiter}`);
  return escapes ? [plain, '\\'] : [plain];
}

/** Records, table and score of one way to read; null when no record is whole. */
function read(sample: Sample, dialect: TextDialect, said: SaidDialect): Reading | null {
  const comment = said.comment ?? '';
  let records = sampleRecords(sample, { ...dialect, comment });
  if (records.records.length === 0) return null;
  const hints = { header: said.header, fixedStart: said.skipLines !== undefined };
  let table = findTable(records.records, hints);
  let mark = comment;
  if (said.comment === undefined && table !== null) {
    mark = findCommentMark(records.records, table);
    if (mark === '') mark = findFrequentMark(records.records, table, (each) => findTable(each, hints));
    if (mark !== '') {
      records = sampleRecords(sample, { ...dialect, comment: mark });
      table = findTable(records.records, hints) ?? table;
    }
  }
  if (table === null) return null;
  const { delimiter, quote, newline, escape = quote } = dialect;
  const score = scoreTable({
    table,
    records: records.records,
    troubled: records.troubled,
    delimiter,
    isRare: isRare(delimiter),
  });
  return {
    delimiter,
    quote,
    escape,
    newline,
    comment: mark,
    header: table.header,
    table,
    records: records.records,
    score,
  };
}

interface SampleRecords {
  readonly records: SampleRecord[];
  /** Records with quotes that do not pair up. */
  readonly troubled: number;
}

/** Whole records but blank lines and a line `sep=`; comments are parted into cells too, since a header may be one. */
function sampleRecords({ text, firstLine, isWhole }: Sample, dialect: TextDialect): SampleRecords {
  let parsed = parseRecords(text, dialect, isWhole);
  if (parsed.cells.length === 0 && isWhole) parsed = parseRecords(text, dialect, true);
  const records: SampleRecord[] = [];
  let line = firstLine;
  let start = 0;
  parsed.cells.forEach((cells, k) => {
    const end = parsed.ends[k] ?? start;
    const isComment = parsed.comments.has(k);
    const parted = isComment
      ? (parseRecords(cells[0] ?? '', { ...dialect, comment: '' }, true).cells[0] ?? cells)
      : cells;
    if (!isBlank(parted) && !(records.length === 0 && isSeparatorLine(text.slice(start, end)))) {
      records.push({ cells: parted, line, isComment });
    }
    line += countNewlines(text, start, end, dialect.newline);
    start = end;
  });
  return { records, troubled: parsed.quoteTrouble.size };
}

function isBlank(cells: readonly string[]): boolean {
  return isBlankLine(cells) || (cells.length === 1 && (cells[0] ?? '').trim() === '');
}

/** Excel's first line: `sep=;`, in quotes or not. */
const separatorLine = /^"?sep=(.+?)"?$/i;

export function isSeparatorLine(line: string): boolean {
  return separatorLine.test(line.trimEnd()) && line.trimEnd().length <= 8;
}

/** The delimiter that the first line says; null where it says none. */
function declaredDelimiter(text: string): string | null {
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  // A tab at the end is the delimiter, not a blank.
  const said = /^"?sep=(\\t|[^"\r\n]{1,2})"?$/i.exec(first)?.[1] ?? '';
  return said === '' ? null : said === '\\t' ? '\t' : said;
}

/** The newline most used outside quotes. */
export function detectNewline(text: string): Dialect['newline'] {
  let quoted = false;
  const counts = { crlf: 0, lf: 0, cr: 0 };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (quoted) continue;
    else if (code === 10) counts.lf++;
    else if (code === 13 && i + 1 < text.length) {
      if (text.charCodeAt(i + 1) === 10) {
        counts.crlf++;
        i++;
      } else counts.cr++;
    } else if (code === 13) counts.cr++;
  }
  if (counts.crlf === 0 && counts.lf === 0) return counts.cr > 0 ? '\r' : '\n';
  if (counts.cr > 10 * (counts.crlf + counts.lf)) return '\r';
  return counts.crlf >= counts.lf ? '\r\n' : '\n';
}

/** At least two cells wrapped in apostrophes, none with an apostrophe on one side only, and no double quotes. */
function usesApostrophes({ quote, records }: Reading): boolean {
  if (quote !== '"') return false;
  let wrapped = 0;
  for (const { cells } of records) {
    for (const cell of cells) {
      if (cell.includes('"') || cell.startsWith("'") !== cell.endsWith("'")) return false;
      if (cell.length >= 2 && cell.startsWith("'")) wrapped++;
    }
  }
  return wrapped >= 2;
}
