import Papa from 'papaparse';

/**
 * Rows as CSV lines for lists and reports (never for a cleaned dataset): quoted where needed, LF, and text that a
 * spreadsheet would run as a formula gets a leading apostrophe. Numbers keep every digit; null is an empty cell.
 */
export function formatCsvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  if (rows.length === 0) return '';
  return `${Papa.unparse(rows as (string | number | null)[][], { newline: '\n', escapeFormulae: true })}\n`;
}
