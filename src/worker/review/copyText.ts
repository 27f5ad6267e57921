import type { Decision } from '../../core/review/decisions';
import type { ReviewRow } from '../../contract/review';

const columns: readonly (readonly [header: string, read: (row: ReviewRow) => string | number | null])[] = [
  ['rank', (row) => row.rank],
  ['row', (row) => row.row],
  ['id', (row) => row.id],
  ['split', (row) => row.split],
  ['given_label', (row) => row.givenLabel],
  ['suggested_label', (row) => row.suggestedLabel],
  ['suspicion', (row) => row.suspicion],
  ['loss', (row) => row.loss],
  ['probability', (row) => row.probability],
  ['loo_probability', (row) => row.looProbability],
  ['loo_loss', (row) => row.looLoss],
  ['leverage', (row) => row.leverage],
  ['self_influence_if', (row) => row.selfInfluenceIf],
  ['self_influence_rif', (row) => row.selfInfluenceRif],
  ['val_loss_if', (row) => row.valLossIf],
  ['val_loss_rif', (row) => row.valLossRif],
  ['reasons', (row) => row.reasons.join('; ')],
  ['decision', (row) => describe(row.decision)],
  ['note', (row) => row.note],
];

function describe(decision: Decision | null): string {
  if (decision === null) return '';
  return decision.kind === 'relabel' ? `relabel: ${decision.label}` : decision.kind;
}

/**
 * Rows as tab-separated text with a header line, for spreadsheets: tabs and line ends in cells become spaces, and text
 * that a spreadsheet would run as a formula gets a leading apostrophe.
 */
export function formatRowsAsText(rows: readonly ReviewRow[]): string {
  const lines = rows.map((row) => columns.map(([, read]) => formatCell(read(row))).join('\t'));
  return [columns.map(([header]) => header).join('\t'), ...lines].join('\n');
}

function formatCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const flat = value.replace(/[\t\r\n]+/g, ' ');
  return /^[=+\-@]/.test(flat) ? `'${flat}` : flat;
}
