import type { EditShift, MovedRow } from '../../../contract/editShift';
import { formatPlural } from '../../../core/base/format';
import { formatShare } from '../../format/numbers';
import { decimalsToTell, describeChangedRows, formatChangePercent } from '../review/wording';

/** What an edit would do to the validation rows, in words. */

interface EditWords {
  /** “0.1741”. */
  readonly after: string;
  /** “▼ 4.6 %”. */
  readonly relative: string;
  readonly direction: 'down' | 'up' | 'same';
  /** “94.7 %”; '' for numeric labels. */
  readonly accuracy: string;
  /** “3 rows change, all better”; '' for numeric labels. */
  readonly rows: string;
}

/** null where nothing could be said. */
export function describeEdit({ before, after }: EditShift): EditWords | null {
  if (before === null || after === null) return null;
  const direction = after.loss < before.loss ? 'down' : after.loss > before.loss ? 'up' : 'same';
  return {
    after: after.loss.toFixed(decimalsToTell(before.loss, after.loss)),
    relative: `${{ down: '▼', up: '▲', same: '=' }[direction]} ${formatChangePercent(before.loss, after.loss)} %`,
    direction,
    accuracy: after.accuracy === null ? '' : formatShare(after.accuracy),
    rows: after.accuracy === null ? '' : describeChangedRows(after.becameRight, after.becameWrong),
  };
}

/** “12 rows keep the label they have”; '' where none does. */
export function describeSameLabel({ sameLabel }: EditShift): string {
  return sameLabel === 0
    ? ''
    : `${formatPlural(sameLabel, 'row keeps', 'rows keep')} the label ${sameLabel === 1 ? 'it has' : 'they have'}`;
}

/** “92 % → 31 %”; '' where there is none. */
export function describeProbability({ probabilityBefore, probabilityAfter }: MovedRow): string {
  if (probabilityBefore === null || probabilityAfter === null) return '';
  return `${formatShare(probabilityBefore)} → ${formatShare(probabilityAfter)}`;
}

/** “93.1 % → 94.4 %”, “97.2 %” where they are the same. */
export function describeRecall({ rightBefore, rightAfter }: EditShift['classes'][number]): string {
  const [before, after] = [formatShare(rightBefore), formatShare(rightAfter)];
  return before === after ? before : `${before} → ${after}`;
}

/** What becomes of a prediction: of classes, of numbers. */
export const becomesWords: Readonly<Record<'classes' | 'numbers', Readonly<Record<MovedRow['becomes'], string>>>> = {
  classes: { wrong: '✕ becomes wrong', right: '✓ becomes right', other: 'wrong either way' },
  numbers: { wrong: '✕ farther off', right: '✓ nearer', other: 'as far off' },
};
