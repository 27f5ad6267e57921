import type { Dialect } from '../../contract/dataset';
import { parseNumber, isMissing } from './cells';
import { isBlankLine, parseRecords } from './recordParser';
import type { TextDialect } from './recordScanner';

const delimiters = [',', ';', '\t', '|'] as const;
/** Characters looked at to tell delimiter, quote and header. */
const sampleLength = 64 * 1024;

/**
 * Delimiter, quote, newline and header of a text by its first part. The delimiter is the one under which most records
 * have the same number (at least two) of cells as the first one; the more cells, the better.
 */
export function detectDialect(head: string, isWholeFile: boolean): TextDialect & Pick<Dialect, 'header'> {
  const text = head.slice(0, sampleLength);
  const whole = isWholeFile && text.length === head.length;
  const newline = detectNewline(text);
  // Apostrophes are letters of words more often than quotes: only where there are no double quotes at all.
  const quotes = text.includes('"') ? ['"'] : ['"', "'"];
  let best = { delimiter: ',', quote: '"', score: -1, records: [] as string[][] };
  for (const quote of quotes) {
    for (const delimiter of delimiters) {
      const records = sampleRecords(text, { delimiter, newline, quote }, whole);
      const score = consistency(records);
      if (score > best.score) best = { delimiter, quote, score, records };
    }
  }
  let { quote, records } = best;
  if (quote === '"' && usesApostrophes(records)) {
    quote = "'";
    records = sampleRecords(text, { delimiter: best.delimiter, newline, quote }, whole);
  }
  return { delimiter: best.delimiter, newline, quote, header: hasHeader(records) };
}

export function sampleRecords(text: string, dialect: TextDialect, isWhole: boolean): string[][] {
  let parsed = parseRecords(text, dialect, isWhole);
  if (parsed.cells.length === 0) parsed = parseRecords(text, dialect, true);
  return parsed.cells.filter((cells) => !isBlankLine(cells));
}

/** The newline most used outside quotes. */
function detectNewline(text: string): Dialect['newline'] {
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

function consistency(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const cells of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let common = 1;
  let times = 0;
  for (const [cells, count] of counts) if (count > times) [common, times] = [cells, count];
  if (common < 2) return 0;
  const share = times / records.length;
  return share * (records[0]?.length === common ? 1 : 0.5) * (1 + 0.05 * Math.min(common, 10));
}

/** At least two cells wrapped in apostrophes, none with an apostrophe on one side only, and no double quotes. */
function usesApostrophes(records: readonly (readonly string[])[]): boolean {
  let wrapped = 0;
  for (const cells of records) {
    for (const cell of cells) {
      if (cell.includes('"') || cell.startsWith("'") !== cell.endsWith("'")) return false;
      if (cell.length >= 2 && cell.startsWith("'")) wrapped++;
    }
  }
  return wrapped >= 2;
}

/**
 * Whether the first record names the columns. It does not when it looks like the records below it: a number over a column
 * of numbers (unless the numbers count up: columns named 0, 1, 2, …), or a word that its column repeats.
 */
export function hasHeader(records: readonly (readonly string[])[]): boolean {
  const first = records[0];
  if (first === undefined || records.length < 2) return first === undefined || !first.some(isNumber);
  const body = records.slice(1, 501);
  let votes = 0;
  first.forEach((cell, column) => {
    const below = body.map((cells) => cells[column] ?? '').filter((text) => !isMissing(text));
    if (below.length === 0) return;
    const numeric = below.filter(isNumber).length >= 0.9 * below.length;
    if (numeric) votes += isNumber(cell) ? -1 : cell.trim() === '' ? 0 : 1;
    else if (below.includes(cell) && new Set(below).size <= Math.max(1, (2 * below.length) / 3)) votes -= 1;
    else if (isNumber(cell)) votes -= 0.5;
  });
  if (votes >= 0) return true;
  return isCountingUp(first);
}

function isNumber(cell: string): boolean {
  return !Number.isNaN(parseNumber(cell, 'point')) || !Number.isNaN(parseNumber(cell, 'comma'));
}

/** At least three of the cells count up by one, 0, 1, 2, …, or two years do, with perhaps a word or two (label) among them. */
function isCountingUp(cells: readonly string[]): boolean {
  const numbers = cells.filter((cell) => /^\d+$/.test(cell.trim())).map(Number);
  const years = numbers.every((value) => value >= 1900 && value <= 2100);
  if (numbers.length < (years ? 2 : 3) || numbers.length < cells.length - 2) return false;
  return numbers.every((value, index) => index === 0 || value === (numbers[index - 1] ?? 0) + 1);
}
