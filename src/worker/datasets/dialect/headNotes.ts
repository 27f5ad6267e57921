import type { DialectReasons, SaidDialect } from '../../../contract/dataset';
import type { Note } from '../note';
import type { ChosenEncoding } from '../records/encodings';
import type { DetectedDialect } from './detectDialect';
import { isNumber } from './headerEvidence';

/** What is known of the beginning of a file, to be said to people. */
interface HeadFacts {
  readonly found: DetectedDialect;
  readonly encoded: ChosenEncoding;
  readonly said: SaidDialect;
  /** Of the header, or of the first row. */
  readonly startLine: number;
  /** The lines before that. */
  readonly above: readonly string[];
  readonly leftOutLines: readonly number[];
}

const names: Readonly<Record<string, string>> = {
  '\t': 'tab',
  ' ': 'blanks',
  '\x1f': 'unit separator',
  '\x01': 'Ctrl A',
};

/** A delimiter as people call it. */
function nameDelimiter(delimiter: string): string {
  return names[delimiter] ?? `“${delimiter}”`;
}

function shorten(text: string): string {
  const line = text.trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function lineNumbers(from: number, to: number): string {
  return from === to ? `Line ${from}` : `Lines ${from} to ${to}`;
}

/** What stands above the table, and where another reading would fit about as well. */
export function describeHead({ found, said, startLine, above, leftOutLines }: HeadFacts): Note[] {
  const notes: Note[] = [];
  const { table, rival } = found;
  const filled = above.flatMap((line, index) => (line.trim() === '' ? [] : [index + 1]));
  const place = table.header ? 'the header' : 'the first row';
  if (filled.length > 0) {
    const example = shorten(above[(filled[0] ?? 1) - 1] ?? '');
    const last = filled[filled.length - 1] ?? 1;
    const one = filled.length === 1;
    const text = `${lineNumbers(filled[0] ?? 1, last)} (“${example}”${one ? '' : ' …'}) ${one ? 'stands' : 'stand'} above ${place} (line ${startLine}) and ${one ? 'is' : 'are'} no part of the table; exports keep ${one ? 'it' : 'them'} as ${one ? 'it is' : 'they are'}.`;
    notes.push({ level: 'info', text });
  }
  const blank = above.length - filled.length;
  if (blank > 0 && filled.length === 0) {
    const text =
      blank === 1 ? 'Line 1 is blank; it is not a row.' : `Lines 1 to ${blank} are blank; they are not rows.`;
    notes.push({ level: 'info', text });
  }
  for (const line of leftOutLines) {
    notes.push({
      level: 'info',
      text: `Line ${line} is read as the units of the columns, not as a row; exports keep it.`,
    });
  }
  if (rival !== null) {
    notes.push({
      level: 'warning',
      text:
        `Cells are parted by ${nameDelimiter(found.delimiter)} (${table.rowWidth} columns), but ${nameDelimiter(rival.delimiter)} ` +
        `(${rival.table.rowWidth} columns) would fit about as well. If it is wrong, say the delimiter (--delimiter).`,
    });
  }
  const first = found.records[table.start]?.cells ?? [];
  const numbers = first.filter(isNumber).length;
  if (
    said.header === undefined &&
    table.rows.length > 2 &&
    Math.abs(table.evidence) < 1.5 &&
    numbers >= first.length / 2
  ) {
    notes.push({
      level: 'warning',
      text: table.header
        ? `Line ${startLine} (“${shorten(first.join(' '))}”) is read as names of columns, but might be a row. If it is, say that there is no header (--header no).`
        : `Line ${startLine} (“${shorten(first.join(' '))}”) is read as a row, but might be names of columns. If it is, say that there is a header (--header yes).`,
    });
  }
  return notes;
}

const byYou = 'set by you';

/** Why each part of the dialect is as it is, in a few words. */
export function explainDialect({ found, encoded, said, startLine, above }: HeadFacts): DialectReasons {
  const { table, records, delimiter, quote, escape, declared } = found;
  const share = Math.floor(100 * table.purity);
  const hasAbove = above.some((line) => line.trim() !== '');
  const comments = records.filter(({ isComment }) => isComment);
  const reasons: DialectReasons = {
    delimiter: declared
      ? 'said by the file (sep=)'
      : table.rowWidth > 1
        ? `found, ${share} % of rows have ${table.rowWidth} cells`
        : `nothing parts the lines; ${nameDelimiter(delimiter)} is assumed`,
    quote: quote === '' ? 'no quotes' : quote === "'" ? 'found, no double quotes in the file' : 'usual',
    escape:
      escape === quote || quote === ''
        ? 'quotes in quoted cells are doubled'
        : 'found before quotes or delimiters in cells',
    encoding: explainEncoding(encoded),
    header: table.header ? `line ${startLine}` : 'the first row is like the others',
    skipLines: hasAbove ? `the table begins in line ${startLine}` : 'nothing stands above the table',
    comment:
      comments.length > 0
        ? `found, ${comments.length === 1 ? `line ${comments[0]?.line ?? 1}` : `${comments.length} lines`}`
        : 'none found',
    decimal: 'found column by column',
    missing: 'the usual markers',
  };
  const parts = Object.keys(reasons) as (keyof DialectReasons)[]; // The keys of the object just made.
  return Object.fromEntries(
    parts.map((part) => [part, said[part] === undefined ? reasons[part] : byYou]),
  ) as DialectReasons;
}

function explainEncoding({ encoding, byteOrderMark, failedLine }: ChosenEncoding): string {
  if (byteOrderMark) return 'byte order mark';
  if (encoding === 'windows-1252') return failedLine === null ? 'no valid UTF-8' : `UTF-8 fails at line ${failedLine}`;
  return encoding === 'utf-8' ? 'valid UTF-8' : 'every other byte is zero';
}
