import type { GroupComparison, GroupConfusion } from '../../../contract/groups';

/** Of one believed class and one given label, in a group and elsewhere. */
export interface ConfusionCell {
  readonly believed: number;
  readonly given: number;
  /** Share of the group's rows of the believed class that got the label, 0 … 1; null: it has none. */
  readonly share: number | null;
  /** The same of all other groups together. */
  readonly elsewhere: number | null;
  /** Expected rows of the group. */
  readonly rows: number;
}

/** Fewer expected rows of a class say nothing about it. */
const fewRows = 0.5;

/** C×C cells of a group beside the rest, believed class by believed class. */
export function confusionCells(group: GroupConfusion, all: GroupConfusion): ConfusionCell[][] {
  return group.counts.map((line, believed) => {
    const others = all.counts[believed].map((count, given) => Math.max(0, count - line[given]));
    const [own, rest] = [sum(line), sum(others)];
    return line.map((rows, given) => ({
      believed,
      given,
      rows,
      share: own < fewRows ? null : rows / own,
      elsewhere: rest < fewRows ? null : others[given] / rest,
    }));
  });
}

/** How much more often than elsewhere, 0 … 1; 0 on the diagonal and where nothing is known. */
export function excessOf({ believed, given, share, elsewhere }: ConfusionCell): number {
  return believed === given || share === null ? 0 : Math.max(0, share - (elsewhere ?? 0));
}

/** At least so many expected rows, and so much more often than elsewhere, are worth a sentence. */
const tellingRows = 2;
const tellingExcess = 0.03;

/** What a group mixes up more often than the others, the worst first. */
export function tellingConfusions(
  { confusion: all }: Pick<GroupComparison, 'confusion'>,
  group: GroupConfusion | null,
  limit: number,
): ConfusionCell[] {
  if (all === null || group === null) return [];
  return confusionCells(group, all)
    .flat()
    .filter((cell) => cell.rows >= tellingRows && excessOf(cell) >= tellingExcess)
    .sort((a, b) => excessOf(b) - excessOf(a))
    .slice(0, limit);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
