import { formatCount } from '../core/base/format';
import type { TrustReport } from '../core/influence/trust/trustTypes';

/** Row numbers printed for people; JSON has them all. */
const shownRows = 60;

/** Row numbers within a line. */
export function listRows(rows: Int32Array): string {
  const shown = Array.from(rows.subarray(0, shownRows)).join(' ');
  return rows.length > shownRows ? `${shown} … (${formatCount(rows.length)} in all; --json lists them)` : shown;
}

/** What stands against estimates, a line each, once where several reports say it; notes are left to JSON. */
export function trustLines(...reports: readonly TrustReport[]): string[] {
  const said = reports.flatMap(({ sentences }) => sentences.filter(({ severity }) => severity !== 'note'));
  return [...new Set(said.map(({ text }) => `! ${text}`))];
}
