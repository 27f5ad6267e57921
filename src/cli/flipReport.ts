import { formatPlural } from '../core/base/format';
import type { SmallestFlip } from '../core/influence/subsets/smallestFlip';
import { terminalCell } from './terminalText';
import { formatFigure } from './textTable';
import { listRows } from './trustLines';

/** For machines. */
export function flipJson(flip: SmallestFlip, classes: readonly string[]): Record<string, unknown> {
  const { row, predicted, runnerUp, predictedAfter, margin, marginAfter, flips, rows, summary, trust } = flip;
  const names = { predicted: classes[predicted], runnerUp: classes[runnerUp], predictedAfter: classes[predictedAfter] };
  const facts = { row, ...names, flips, margin, marginAfter, size: rows.length, rows: [...rows] };
  const { sizeByNewton, largestTried, fits, estimated } = flip;
  return { ...facts, estimated, sizeByNewton, largestTried, fits, summary, trust: trust.sentences };
}

/** For people: what is predicted, and without which rows something else would be. */
export function flipLines(flip: SmallestFlip, classes: readonly string[]): string[] {
  const nameOf = (label: number): string => terminalCell(classes[label]);
  const { row, predicted, runnerUp, predictedAfter, margin, flips, rows, summary } = flip;
  return [
    `row ${row} is predicted “${nameOf(predicted)}”, ${formatFigure(margin)} ahead of “${nameOf(runnerUp)}”`,
    flips
      ? `without ${describeFlippingRows(flip)} it is predicted “${nameOf(predictedAfter)}” (retrained)`
      : `no set of up to ${formatPlural(flip.largestTried, 'row')} was found that changes this`,
    ...(flips ? [`rows        ${listRows(rows)}`] : []),
    summary,
  ];
}

/** How many, and whether the row itself is one of them: a head that was fitted to it may lean on it. */
export function describeFlippingRows({ row, rows }: Pick<SmallestFlip, 'row' | 'rows'>): string {
  const count = formatPlural(rows.length, 'row');
  if (!rows.includes(row)) return count;
  return rows.length === 1 ? `${count}, itself,` : `${count}, itself among them,`;
}
