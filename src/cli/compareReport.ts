import type { StatedReview } from '../contract/decisions';
import { formatCount, formatPercent, formatPlural } from '../core/base/format';
import { type Estimate, outcomes } from '../core/review/agreement';
import { describeDecision } from '../core/review/reviewState';
import type { FileComparison } from '../worker/decisions/compareFiles';
import { terminalCell } from './terminalText';
import { alignTable, formatFacts } from './textTable';

const mostTold = 20;

interface NamedComparison extends FileComparison {
  /** Whose reviews they are. */
  readonly names: readonly [string, string];
}

/** For programs. */
export function comparisonJson({ names, table, otherLabels, ...facts }: NamedComparison): Record<string, unknown> {
  return { first: names[0], second: names[1], ...facts, table, relabelled_differently: otherLabels };
}

/** For people: counts, agreement, kappa, what both made of the rows, and what differs. */
export function describeComparison(compared: NamedComparison): string {
  const { names, rows, both, same, share, kappa, differences, unreadable } = compared;
  const facts: [string, string][] = [
    ['rows', `${formatCount(rows)}, ${formatCount(both)} decided by both`],
    [
      'agreement',
      share === null ? 'no row is decided by both' : `${formatCount(same)} of ${formatCount(both)}: ${percents(share)}`,
    ],
    ['kappa', kappa === null ? 'none: it needs two decisions that both can make' : figures(kappa)],
  ];
  const told = differences
    .slice(0, mostTold)
    .map(({ name, first, second }) => `  ${terminalCell(name, 60)}: ${say(first)}, ${say(second)}`);
  const more = differences.length - mostTold;
  return [
    `${terminalCell(names[0], 100)} and ${terminalCell(names[1], 100)}`,
    ...formatFacts(facts),
    ...outcomeTable(compared),
    ...(differences.length === 0 ? ['nothing differs'] : [`${formatPlural(differences.length, 'row')} to settle:`]),
    ...told,
    ...(more > 0 ? [`  and ${formatPlural(more, 'more')}: --json has them all`] : []),
    ...(unreadable > 0
      ? [`! ${formatPlural(unreadable, 'line')} could not be read: assay decisions import --dry-run tells why`]
      : []),
  ].join('\n');
}

/** What the first (lines) and the second (columns) made of the rows. */
function outcomeTable({ table }: FileComparison): string[] {
  const used = outcomes.filter((one) => table.some(({ first, second }) => first === one || second === one));
  const count = (a: string, b: string): number =>
    table.find(({ first, second }) => first === a && second === b)?.rows ?? 0;
  return alignTable([
    ['first \\ second', ...used],
    ...used.map((a) => [a, ...used.map((b) => formatCount(count(a, b)))]),
  ]);
}

function percents({ value, low, high }: Estimate): string {
  return `${formatPercent(value, 1)} (${formatPercent(low, 1)} to ${formatPercent(high, 1)})`;
}

function figures({ value, low, high }: Estimate): string {
  const figure = (number: number): string => number.toFixed(2).replace('-', '−');
  return `${figure(value)} (${figure(low)} to ${figure(high)})`;
}

function say(review: StatedReview | null): string {
  if (review === null || review.decision === null) return 'not decided by the first';
  const by = review.reviewer === '' ? '' : ` by ${review.reviewer}`;
  const note = review.note === '' ? '' : ` (“${review.note}”)`;
  return terminalCell(`${describeDecision(review.decision, 'it')}${by}${note}`, 120);
}
