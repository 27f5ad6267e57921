import type { Leakage } from '../../contract/dataset';
import { formatPercent } from '../../core/base/format';
import { formatCount } from '../../core/base/format';

type Leak = Leakage['leaks'][number];

/** Leaks of which the analyst has not said that they are real features. */
export function openLeaks({ leaks, accepted }: Leakage): readonly Leak[] {
  return leaks.filter((leak) => !isAccepted(leak, accepted));
}

export function isAccepted({ columns }: Leak, accepted: readonly string[]): boolean {
  return columns.every((column) => accepted.includes(column));
}

/** In a sentence or two: which columns, how much they tell, beside what, with one of their cells. */
export function describeLeak(leak: Leak, label: string, { rows, majority, others }: Leakage): string {
  const names = leak.columns.join(', ');
  const several = leak.columns.length > 1;
  const next =
    others.length === 0
      ? `guessing the commonest class is right in ${formatPercent(majority, 1)}`
      : `the next best column, ${others[0].column}, in ${formatPercent(others[0].accuracy, 1)}`;
  return (
    `${names} ${several ? 'together give' : 'gives'} the label away: ${several ? 'they predict' : 'alone it predicts'} ${label} in ${formatPercent(leak.accuracy, 1)} of ` +
    `${formatCount(rows)} rows (${leak.example}); ${next}.`
  );
}

/** What an audit with the column is worth. */
export function leakConsequence({ columns }: Leak): string {
  return `With ${columns.length > 1 ? 'them' : 'it'} wrong labels look right, so the result is not to be trusted: leave out ${columns.join(', ')}.`;
}
