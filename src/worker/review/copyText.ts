import type { ReviewRow } from '../../contract/review';
import type { ScoredAudit } from '../../contract/scoreColumns';
import { guardCell } from '../exports/csvText';
import { describeDecision } from '../exports/removalList';
import { type FileColumn, fileColumnsOf } from '../exports/scoresFile';

const decided: readonly FileColumn[] = [
  ['decision', (row) => describeDecision(row.decision)],
  ['note', (row) => row.note],
];

/**
 * Rows as tab-separated text with a header line, for spreadsheets: tabs and line ends in cells become spaces, and text
 * that a spreadsheet would run as a formula gets a leading apostrophe.
 */
export function formatRowsAsText(rows: readonly ReviewRow[], audit: ScoredAudit): string {
  const columns = [...fileColumnsOf(audit), ...decided];
  const lines = rows.map((row) => columns.map(([, read]) => formatCell(read(row))).join('\t'));
  return [columns.map(([header]) => header).join('\t'), ...lines].join('\n');
}

function formatCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const flat = value.replace(/[\t\r\n]+/g, ' ');
  return guardCell(flat);
}
