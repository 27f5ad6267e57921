import { type Command, InvalidArgumentError } from 'commander';
import type { SaidDialect } from '../contract/dataset';
import { InputError } from '../core/base/errors';
import { readByteOrder } from '../worker/project/dataFile';
import { parsePath } from './parseOptions';

/** What the command line says of how a file is written, each option parsed; what is left out is found. */
export interface ReadingOptions {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly escape?: string;
  readonly encoding?: SaidEncoding;
  readonly header?: boolean;
  readonly skipLines?: number;
  readonly comment?: string;
  readonly decimal?: '.' | ',';
  readonly missing?: readonly string[];
}

/** `utf-16` leaves the order of bytes to the file. */
type SaidEncoding = NonNullable<SaidDialect['encoding']> | 'utf-16';

const delimiterNames = new Map([
  ['comma', ','],
  ['tab', '\t'],
  ['semicolon', ';'],
  ['pipe', '|'],
  ['bar', '|'],
  ['space', ' '],
  ['colon', ':'],
  ['tilde', '~'],
  ['caret', '^'],
]);
const quoteNames = new Map([
  ['double', '"'],
  ['single', "'"],
  ['none', ''],
  ['', ''],
]);
/** Stands for the quote itself, whichever it is. */
const doubled = 'doubled';
const escapeNames = new Map([
  ['doubled', doubled],
  ['double', doubled],
  ['""', doubled],
  ["''", doubled],
  ['backslash', '\\'],
  ['none', ''],
  ['', ''],
]);
const encodingNames = new Map<string, SaidEncoding>([
  ['utf8', 'utf-8'],
  ['utf16', 'utf-16'],
  ['utf16le', 'utf-16le'],
  ['utf16be', 'utf-16be'],
  ['latin1', 'windows-1252'],
  ['iso88591', 'windows-1252'],
  ['cp1252', 'windows-1252'],
  ['windows1252', 'windows-1252'],
  ['win1252', 'windows-1252'],
  ['ansi', 'windows-1252'],
  ['ascii', 'utf-8'],
]);
const most = { delimiter: 16, comment: 16, missing: 100, markers: 100, skipLines: 1_000_000 } as const;

/** `\t`, `\x1f` and `\u2063` as the characters they name. */
function unescape(text: string): string {
  return text.replace(/\\(?:t|x([0-9a-f]{2})|u([0-9a-f]{4}))/gi, (whole, two?: string, four?: string) => {
    const code = two ?? four;
    return code === undefined ? (whole === '\\t' ? '\t' : whole) : String.fromCharCode(parseInt(code, 16));
  });
}

const holdsLineEnd = (text: string): boolean => /[\r\n]/.test(text);

export function parseDelimiter(text: string): string {
  const delimiter = delimiterNames.get(text.trim().toLowerCase()) ?? unescape(text);
  if (delimiter === '' || delimiter.length > most.delimiter || holdsLineEnd(delimiter) || delimiter === '"') {
    throw new InvalidArgumentError(
      `Give the character itself (or up to ${most.delimiter}), or one of ${[...delimiterNames.keys()].join(', ')}, \\t, \\x1f.`,
    );
  }
  return delimiter;
}

export function parseQuote(text: string): string {
  const quote = quoteNames.get(text.toLowerCase()) ?? unescape(text);
  if (quote.length > 1 || holdsLineEnd(quote))
    throw new InvalidArgumentError('Give one character, or double, single or none.');
  return quote;
}

export function parseEscape(text: string): string {
  const escape = escapeNames.get(text.toLowerCase()) ?? unescape(text);
  if (escape !== doubled && (escape.length > 1 || holdsLineEnd(escape))) {
    throw new InvalidArgumentError('Give doubled (quotes in a cell are written twice), backslash, or none.');
  }
  return escape;
}

export function parseEncoding(text: string): SaidEncoding {
  const encoding = encodingNames.get(text.toLowerCase().replace(/[-_ ]/g, ''));
  if (encoding === undefined) {
    throw new InvalidArgumentError(
      'Allowed are utf-8, utf-16, utf-16le, utf-16be and windows-1252 (also as latin1, cp1252). Convert other encodings first.',
    );
  }
  return encoding;
}

export function parseHeader(text: string): boolean {
  const answer = text.trim().toLowerCase();
  if (['yes', 'true', '1'].includes(answer)) return true;
  if (['no', 'none', 'false', '0'].includes(answer)) return false;
  throw new InvalidArgumentError('Say yes or no.');
}

export function parseSkipLines(text: string): number {
  const lines = Number(text);
  if (text.trim() === '' || !Number.isInteger(lines) || lines < 0 || lines > most.skipLines) {
    throw new InvalidArgumentError('It must be the number of lines above the header, 0 to 1,000,000.');
  }
  return lines;
}

export function parseComment(text: string): string {
  const comment = text.toLowerCase() === 'none' ? '' : unescape(text);
  if (comment.length > most.comment || holdsLineEnd(comment)) {
    throw new InvalidArgumentError(`Give what comment lines begin with (up to ${most.comment} characters), or none.`);
  }
  return comment;
}

export function parseDecimal(text: string): '.' | ',' {
  const decimal = text.trim().toLowerCase();
  if (decimal === '.' || decimal === 'point') return '.';
  if (decimal === ',' || decimal === 'comma') return ',';
  throw new InvalidArgumentError('Allowed are . and , (point and comma).');
}

export function collectMissing(text: string, before: readonly string[] = []): string[] {
  const marker = text.trim();
  if (marker.length > most.missing) throw new InvalidArgumentError(`It has more than ${most.missing} characters.`);
  if (before.length >= most.markers) throw new InvalidArgumentError(`More than ${most.markers} cannot be given.`);
  return before.includes(marker) ? [...before] : [...before, marker];
}

/** How data files are written, where it is not to be found by looking at them. */
export function withReadingOptions(command: Command): Command {
  return command
    .option(
      '--delimiter <text>',
      'what stands between cells: a character, or tab, comma, semicolon, pipe, space',
      parseDelimiter,
    )
    .option('--quote <character>', 'what stands around cells: double, single, none, or a character', parseQuote)
    .option('--escape <how>', 'how a quote inside a quoted cell is written: doubled, backslash, none', parseEscape)
    .option('--encoding <name>', 'utf-8, latin1 (windows-1252), utf-16, utf-16le or utf-16be', parseEncoding)
    .option('--header <yes|no>', 'whether there is a line of column names', parseHeader)
    .option(
      '--skip-lines <count>',
      'lines above the header (or the first row) that are no part of the table',
      parseSkipLines,
    )
    .option('--comment <text>', 'what lines begin with that are no rows, or none', parseComment)
    .option('--decimal <mark>', 'the decimal mark of all numbers: . or ,', parseDecimal)
    .option('--missing <text>', 'a cell that says a value is missing; repeat it for several', collectMissing)
    .option('--problems <file>', 'write all problems found while reading to this CSV file', parsePath)
    .option('--overwrite', 'also replace files in the way that Assay did not write');
}

/**
 * The parts of the dialect that the options say, for one file: `--encoding utf-16` takes the order of bytes from it.
 * @throws InputError where two options exclude each other.
 */
export async function saidDialect(options: ReadingOptions, path: string): Promise<SaidDialect> {
  const { delimiter, quote, escape, encoding, header, skipLines, comment, decimal, missing } = options;
  if (delimiter !== undefined && quote !== undefined && quote !== '' && delimiter.includes(quote)) {
    throw new InputError(
      '--delimiter and --quote name the same character. Cells need one between them and another around them.',
    );
  }
  return {
    ...(encoding === undefined ? {} : { encoding: encoding === 'utf-16' ? await readByteOrder(path) : encoding }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(escape === undefined ? {} : { escape: escape === doubled ? quote || '"' : escape }),
    ...(header === undefined ? {} : { header }),
    ...(skipLines === undefined ? {} : { skipLines }),
    ...(comment === undefined ? {} : { comment }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(missing === undefined ? {} : { missing: missing.filter((marker) => marker !== '') }),
  };
}
