import { formatCount, formatPlural } from '../base/format';

/** Of a `FlipComparison`. */
interface RarityFacts {
  readonly size: number | null;
  readonly others: number;
  readonly asFew: number;
  readonly median: number | null;
}

/**
 * Whether as few rows flip others, for people.
 * @param of whose predictions were compared with
 */
export function describeRarity({ size, others, asFew, median }: RarityFacts, of: 'validation' | 'training'): string {
  if (size === null) return 'No number of removed rows flips it, by the sum of their effects: it rests on all of them.';
  if (others === 0) return 'There are no other rows to compare with.';
  const share = asFew === 0 ? 'none' : `${Math.max(1, Math.round((100 * asFew) / others))} %`;
  const middle = median === null ? 'half of them never flip' : `the median needs ${formatCount(median)}`;
  return `By the sum of effects it rests on ${formatPlural(size, 'row')}: of ${formatCount(others)} other ${of} rows, ${share} flip with as few; ${middle}.`;
}
