import Papa from 'papaparse';

type Cell = string | number | null;

/**
 * Texts that a spreadsheet may run: whatever begins, perhaps after blanks, quotes and invisible characters, with a sign
 * that starts a formula (in full width and small forms too) or with a line end or tab that hides one.
 */
const risky =
  /^[\s'"`\u0000-\u0020\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]*[=+\-@|＝＋－＠﹢﹣﹦﹫]|^'*[\t\r\n]/u;
/** A cell that is a number and nothing else ("-1", a usual label) is no formula. */
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function isRisky(text: string): boolean {
  return risky.test(text) && !plainNumber.test(text);
}

/**
 * Text as it goes into a list for people: an apostrophe before what a spreadsheet would run. Text that has apostrophes
 * of its own before such a sign gets one more, so that {@link unguardCell} always gives the text back.
 */
export function guardCell(text: string): string {
  return isRisky(text) ? `'${text}` : text;
}

/** The text that {@link guardCell} was given. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && isRisky(cell.slice(1)) ? cell.slice(1) : cell;
}

/**
 * Rows as CSV lines of data (scores, effects), which must join with the file they are about: text as it is, quoted
 * where needed, LF. Numbers keep every digit; null is an empty cell.
 */
export function formatDataLines(rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  return `${Papa.unparse(rows as Cell[][], { newline: '\n' })}\n`;
}

/** The same for lists and reports that people open in a spreadsheet: see {@link guardCell}. */
export function formatListLines(rows: readonly (readonly Cell[])[]): string {
  return formatDataLines(rows.map((row) => row.map((cell) => (typeof cell === 'string' ? guardCell(cell) : cell))));
}
