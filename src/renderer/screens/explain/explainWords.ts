import { type Explanation, smallestSetOf } from '../../../contract/explain';
import type { ReviewRow } from '../../../contract/review';
import { formatCount, formatPlural } from '../../../core/base/format';
import { describeRarity } from '../../../core/review/rarity';
import { formatFigure } from '../../format/numbers';

/** Changes of log-odds and the like, with their sign: "+0.32", "−0.0206". */
export function formatSigned(value: number): string {
  const text = formatFigure(value, 3);
  return value > 0 ? `+${text}` : text;
}

/** What an explained row is called: its id, or that it was typed and with what. */
export function nameExplained(
  { row, typed }: Pick<Explanation, 'row' | 'typed'>,
  rows: ReadonlyMap<number, ReviewRow>,
): string {
  if (row !== null) return rows.get(row)?.id ?? `row ${row}`;
  const [first] = typed ?? [];
  return first === undefined ? 'a typed row' : `typed: ${first.text.slice(0, 60)}`;
}

/** How sure the head is of one class against another alone: 1 / (1 + exp(−margin)). */
export function shareOf(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

/** Whether the prediction is right, and how sure it is. */
export function describeStanding({ goal, givenLabel, margin, predicted, other }: Explanation): string {
  const odds = `log-odds ${formatSigned(margin)} for ${predicted} over ${other}`;
  if (givenLabel === null) return `The row has no label; ${odds}.`;
  if (goal === 'restore') return `Not what ${givenLabel === other ? 'the label says' : 'was asked for'}: ${odds}.`;
  return `As the label says; ${odds}.`;
}

/** What the two lists of rows say, in words. */
export function describeLists({ goal, predicted, other }: Explanation): {
  readonly supporting: { readonly title: string; readonly note: string };
  readonly opposing: { readonly title: string; readonly note: string };
} {
  const weaker = `Without one of these, ${predicted} is less sure against ${other}.`;
  const stronger = `Without one of these, ${predicted} is even surer against ${other}.`;
  return goal === 'restore'
    ? {
        supporting: { title: 'Most harmful to this prediction', note: weaker },
        opposing: { title: 'Most helpful to it', note: stronger },
      }
    : {
        supporting: { title: 'What the prediction rests on', note: weaker },
        opposing: { title: 'What speaks against it', note: stronger },
      };
}

/** Whether so few rows are usual, and what stands out among them. */
interface FlipFacts {
  readonly unusual: boolean;
  readonly verdict: string;
  readonly facts: readonly { readonly name: string; readonly value: string; readonly explanation: string }[];
}

/** A flip that at most this share of other predictions has is unusual. */
const rareShare = 0.05;

/**
 * How the flip stands beside those of other rows and random removals, and what its rows have in common.
 * @param rows what Review knows of rows, by number
 * @param threshold suspicion from which a row is a suspect
 */
export function describeFlipFacts(
  explanation: Explanation,
  rows: ReadonlyMap<number, ReviewRow>,
  threshold: number,
): FlipFacts {
  const { comparison, shared } = explanation;
  const { size, others, asFew, randomSets, randomFlips } = comparison;
  const set = smallestSetOf(explanation);
  const unusual = size !== null && others > 0 && asFew / others <= rareShare;
  const known = set.flatMap((row) => rows.get(row) ?? []);
  const suspects = known.filter(({ suspicion }) => (suspicion ?? 0) >= threshold).length;
  const facts = [
    ...(set.length > 0
      ? [
          {
            name: 'suspicious labels among them',
            value: `${formatCount(suspects)} of ${formatCount(known.length)}`,
            explanation: `Rows of the smallest set whose suspicion is ${threshold.toFixed(2)} or more.`,
          },
        ]
      : []),
    ...shared.map(({ column, value, rows: count }) => ({
      name: `same ${column}`,
      value: `${value}, ${count === set.length ? `all ${formatCount(count)}` : `${formatCount(count)} of ${formatCount(set.length)}`}`,
      explanation: `The most frequent value of the column ${column} among the rows of the smallest set.`,
    })),
    {
      name: 'random sets that flip it too',
      value: `${formatCount(randomFlips)} of ${formatCount(randomSets)}`,
      explanation: `Sets of ${formatPlural(comparison.setSize, 'training row')} drawn at random, by sums of RIF effects.`,
    },
  ];
  return { unusual, verdict: describeRarity(comparison, comparison.of), facts };
}
