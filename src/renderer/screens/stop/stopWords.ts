import type { SeededAudit } from '../../../contract/seeded';
import type { StopFigures } from '../../../contract/stop';
import { formatCount, formatPlural } from '../../../core/base/format';
import { enoughDecisions, type StopAdvice, type StopLimit } from '../../../core/review/stopAdvice';
import { formatSecondsLeft } from '../../format/numbers';

/** Whether the stop is where the limit says, or where the analyst put it. */
type StopBy = 'limit' | 'hand';

/** The recommendation: one sentence. */
export function sayAdvice({ kind, point, seconds }: StopAdvice, by: StopBy): string {
  if (kind === 'done') return 'Everything worth a look is decided.';
  if (kind === 'stop' || point === null) return by === 'limit' ? 'Stop here.' : 'Stopping here: no more rows.';
  const rows = formatPlural(point.rows, 'more row');
  const time = seconds === null ? '' : `, ${formatSecondsLeft(seconds)}`;
  const rank = formatCount(point.rank);
  return by === 'limit'
    ? `Go on to rank ${rank}, then stop: ${rows}${time}.`
    : `Stopping after rank ${rank}: ${rows}${time}.`;
}

/** What it finds, and what the rows after it are like. */
export function sayConsequence(advice: StopAdvice, figures: StopFigures, limit: StopLimit): string {
  const { kind, point, after } = advice;
  const found = Math.round(point?.found ?? 0);
  const left = Math.max(found, Math.round(figures.left.value + figures.below.value));
  const oneIn = `1 in ${limit}`;
  const finds =
    kind === 'go-on'
      ? `That should find ${formatCount(found)} of the ${formatPlural(left, 'wrong label')} believed left. `
      : left === 0
        ? 'No more wrong labels are believed left. '
        : `${formatPlural(left, 'wrong label')} may be left, among many right ones. `;
  if (kind === 'done') return finds.trim();
  if (after === null) return `${finds}No row after it is worth a look.`;
  if (after < 1 / limit) return `${finds}Of the rows that come next, fewer than ${oneIn} should be wrong.`;
  return `${finds}Of the rows that come next, about 1 in ${formatCount(Math.max(1, Math.round(1 / after)))} should be wrong.`;
}

/** What makes the estimates doubtful, or leaves something out; '' where nothing does. */
export function sayCaution({ kept, wrong, later }: StopFigures): string {
  const decided = kept + wrong;
  const sentences: string[] = [];
  if (decided === 0) {
    sentences.push(
      `Nothing is decided yet: this is by suspicion alone. ${enoughDecisions} decisions make it an estimate.`,
    );
  } else if (decided < enoughDecisions) {
    sentences.push(
      `Only ${formatPlural(decided, 'decision')} ${decided === 1 ? 'is' : 'are'} in this. ${enoughDecisions} make it an estimate.`,
    );
  }
  if (later > 0) {
    sentences.push(
      `${formatPlural(later, 'row')} flagged for later ${later === 1 ? 'is' : 'are'} not counted: decide ${later === 1 ? 'it' : 'them'} too.`,
    );
  }
  return sentences.join(' ');
}

/** What the estimate of the wrong labels below the threshold rests on. */
export function sayBasis({ below, spotCheck, kept, wrong }: StopFigures): string {
  const drawn = `${formatPlural(spotCheck.right + spotCheck.wrong, 'row')} drawn at random`;
  switch (below.basis) {
    case 'suspicion':
      return kept + wrong === 0 ? 'by suspicion alone' : 'by suspicion, as your decisions correct it';
    case 'seeded':
      return 'by the seeded audit';
    case 'spot-check':
      return below.conflict ? `by ${drawn}; the seeded audit does not agree` : `by ${drawn}`;
    case 'seeded and spot-check':
      return `by the seeded audit and ${drawn}`;
  }
}

/** What the button says that draws rows at random, or goes on with those that were drawn; null: there are none. */
export function saySpotCheck({ below, spotCheck }: StopFigures, most: number): string | null {
  if (spotCheck.open > 0) return `go on with the spot check: ${formatCount(spotCheck.open)} left`;
  if (below.rows === 0) return null;
  const count = formatCount(Math.min(most, below.rows));
  return spotCheck.drawn > 0 ? `spot-check ${count} more` : `spot-check ${count} of them`;
}

/** An interval in whole rows: "8–20", or one number where the ends are the same. */
export function sayRows(low: number, high: number): string {
  const [from, to] = [formatCount(Math.floor(low)), formatCount(Math.ceil(high))];
  return from === to ? from : `${from}–${to}`;
}

/** "72 labels of a copy flipped · 3 copies · yours untouched". */
export function sayPlanted({ copies, errors }: SeededAudit): string {
  const most = Math.max(...copies.map(({ planted }) => planted));
  const how = errors === 'numbers' ? 'changed' : 'flipped';
  return `${formatPlural(most, 'label')} ${how} in ${copies.length === 1 ? 'a copy' : `each of ${formatCount(copies.length)} copies`} · yours untouched`;
}

const errorWords: Readonly<Record<SeededAudit['errors'], string>> = {
  confusions: 'Each became another class, as often as the audit found it confused with theirs.',
  uniform: 'Each became another class, all alike.',
  numbers: 'Each became the number of another row, out of tolerance.',
};

/** How the errors were planted, and what that leaves open. */
export function sayPlanting({ errors, trusted }: SeededAudit): string {
  return `Planted among ${formatPlural(trusted, 'row')} whose labels can be trusted. ${errorWords[errors]} Errors that people make can be harder to find.`;
}

/** The end of a scale from 0 that holds a number. */
export function endOfScale(value: number): number {
  if (value <= 5) return 5;
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * ([1, 2, 4, 5, 10].find((step) => step * unit >= value) ?? 10);
}
