import Papa from 'papaparse';

/**
 * Cells a spreadsheet would run. A cell that is a number and nothing else ("-1", a usual label) is no formula; whatever
 * follows the first character is looked at only for that, so that a line end cannot hide a formula.
 */
const formula = /^(?![+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$)[=+\-@\t\r]/;

/**
 * Rows as CSV lines for lists and reports (never for a cleaned dataset): quoted where needed, LF, and text that a
 * spreadsheet would run as a formula gets a leading apostrophe. Numbers keep every digit; null is an empty cell.
 */
export function formatCsvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  if (rows.length === 0) return '';
  return `${Papa.unparse(rows as (string | number | null)[][], { newline: '\n', escapeFormulae: formula })}\n`;
}
