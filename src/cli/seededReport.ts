import { type SeededAudit, seededMethodNames } from '../contract/seeded';
import type { StopFigures } from '../contract/stop';
import { formatCount, formatPercent, formatPlural } from '../core/base/format';
import { foundAt, meanListed, shareFound } from '../core/review/plantedFound';
import { adviseLimit } from '../core/review/stopAdvice';
import { alignTable } from './textTable';

const errorWords: Readonly<Record<SeededAudit['errors'], string>> = {
  confusions: 'another class, each as often as the audit found it confused with theirs',
  uniform: 'another class, each alike',
  numbers: 'the number of another row, out of tolerance',
};

/** Shares of the rows by which the table tells what was found. */
const shownShares = [0.05, 0.1];

/** For people. */
export function describeSeeded(seeded: SeededAudit, figures: StopFigures): string {
  const { copies, trusted, rows, errors, threshold, seconds } = seeded;
  const planted = copies.map((copy) => copy.planted);
  const most = Math.max(...planted);
  const few = Math.min(...planted);
  return [
    `${few === most ? formatCount(most) : `${formatCount(few)}–${formatCount(most)}`} wrong labels planted in each of ${formatPlural(copies.length, 'copy', 'copies')} (${formatPercent(most / trusted, 1)} of ` +
      `${formatCount(trusted)} trusted of ${formatCount(rows)} labelled training rows), ${seconds.toFixed(1)} s; the data are untouched`,
    `each became ${errorWords[errors]}`,
    '',
    ...alignTable([
      ['ranking', ...shownShares.map((share) => `found in ${formatPercent(share, 0)}`), 'average precision'],
      ...seeded.methods.map(({ name, found, averagePrecision: { mean, deviation } }) => [
        seededMethodNames[name],
        ...shownShares.map((share) => formatFound(seeded.shares, found, share)),
        deviation === null ? mean.toFixed(3) : `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`,
      ]),
      ['at random', ...shownShares.map((share) => formatPercent(share, 0)), formatShare(most, trusted)],
    ]),
    '',
    ...describeThreshold(seeded, threshold),
    ...describeMissed(figures),
    ...describeStop(seeded, figures),
  ].join('\n');
}

/** For machines. */
export function seededJson(seeded: SeededAudit, figures: StopFigures): Record<string, unknown> {
  const { left, below, points } = figures;
  return { seeded, left, below, stop: adviseLimit({ points, pace: null }, 10).point };
}

function describeThreshold({ copies, trusted }: SeededAudit, threshold: number): string[] {
  const found = shareFound(copies, threshold);
  if (found === null) return ['No label could be made wrong: every class has too few trusted rows.'];
  return [
    `With a suspicion of ${threshold} or more ${formatPercent(found.value, 0)} of them are found (${formatPercent(found.low, 0)} to ${formatPercent(found.high, 0)}), ` +
      `in ${formatPercent(meanListed(copies, threshold) / trusted, 1)} of the trusted rows.`,
  ];
}

function describeMissed({ below }: StopFigures): string[] {
  return [
    `Wrong labels expected below it: ${formatCount(Math.round(below.value))} (${formatCount(below.low)} to ${formatCount(below.high)}) of ${formatPlural(below.rows, 'row')}.`,
  ];
}

function describeStop({ copies }: SeededAudit, { points }: StopFigures): string[] {
  const { point } = adviseLimit({ points, pace: null }, 10);
  if (point === null) return [];
  const found = shareFound(copies, point.suspicion);
  if (found === null) return [];
  return [
    `After rank ${formatCount(point.rank)} fewer than 1 in 10 rows are expected to be wrong; planted errors as suspicious as it or more: ${formatPercent(found.value, 0)}.`,
  ];
}

/** Nothing beyond the shares that were measured. */
function formatFound(shares: readonly number[], found: readonly number[], share: number): string {
  const value = foundAt({ shares, found }, share);
  return value === null ? '–' : formatPercent(value, 0);
}

function formatShare(count: number, total: number): string {
  return (count / total).toFixed(3);
}
