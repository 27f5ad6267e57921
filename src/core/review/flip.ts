import { formatCount, formatPlural } from '../base/format';

/** What was found of an explained prediction, with rows by number and classes by name. */
interface FoundFlip {
  readonly predicted: string;
  /** The right class, or the next best one. */
  readonly other: string;
  readonly goal: 'restore' | 'flip';
  /** Without these, retrained, it is `other`; null: not looked for, or not found. */
  readonly restoring: readonly number[] | null;
  readonly flip: {
    readonly flips: boolean;
    readonly rows: readonly number[];
    readonly predictedAfter: string;
    readonly largestTried: number;
  };
}

/** The smallest set in one sentence, and what was found besides. */
export function describeFlip({ flip, restoring, predicted, other, goal }: FoundFlip): {
  readonly sentence: string;
  readonly besides: string;
} {
  const without = (count: number): string =>
    count === 1 ? 'Without this one training row' : `Without these ${formatCount(count)} training rows`;
  if (restoring !== null) {
    const fewer = flip.flips && flip.rows.length < restoring.length && flip.predictedAfter !== other;
    return {
      sentence: `${without(restoring.length)} it is ${other}.`,
      besides: fewer
        ? `Without ${flip.rows.length === 1 ? 'one row' : `only ${formatCount(flip.rows.length)} rows`} it is already no longer ${predicted}, but ${flip.predictedAfter}.`
        : '',
    };
  }
  const besides = goal === 'restore' ? `No set was found without which it is ${other}.` : '';
  const sentence = flip.flips
    ? `${without(flip.rows.length)} it is ${flip.predictedAfter}.`
    : `Without the ${formatPlural(flip.largestTried, 'row')} that hold it up most, it is still ${predicted}.`;
  return { sentence, besides };
}
