import { formatCount } from '../core/base/format';
import type { TrustReport } from '../core/influence/trust/trustTypes';

/** Row numbers printed for people; JSON has them all. */
const shownRows = 60;

/** Row numbers within a line. */
export function listRows(rows: Int32Array): string {
  const shown = Array.from(rows.subarray(0, shownRows)).join(' ');
  return rows.length > shownRows ? `${shown} … (${formatCount(rows.length)} in all; --json lists them)` : shown;
}

/**
 * What stands against an estimate, a line each; `set` names the rows that it is about, where there are several sets.
 * Notes are left to JSON.
 */
export function trustLines({ sentences }: TrustReport, set = ''): string[] {
  return sentences
    .filter(({ severity }) => severity !== 'note')
    .map(({ of, text }) => (of === 'set' && set !== '' ? `! ${set}: ${text}` : `! ${text}`));
}
