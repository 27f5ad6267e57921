import type { Likeness } from './labelForms';
import { clean, hasUnseen, likenesses, looseForm, sureForm } from './labelForms';

export interface LabelCount {
  readonly label: string;
  readonly count: number;
}

/** Two or more spellings that look like one label. */
export interface SimilarLabels {
  /** The spelling suggested for all of them. */
  readonly label: string;
  /** Most frequent first; at least two. */
  readonly spellings: readonly LabelCount[];
  /** In what they differ. */
  readonly likeness: readonly Likeness[];
  /** They surely mean the same; false: told, and kept apart unless the analyst says otherwise. */
  readonly sure: boolean;
}

/**
 * Groups labels that look alike: surely one label (see `sureForm`), or perhaps (`looseForm`). A label that surely
 * belongs to one group may perhaps belong to another: its group is then named by its suggested spelling there. Largest
 * groups first. O(labels · their length).
 *
 * The suggested spelling is the most frequent of those that hide nothing, of equals the plainest.
 */
export function findSimilarLabels(labels: readonly LabelCount[]): SimilarLabels[] {
  const sure = [...groupBy(labels, ({ label }) => sureForm(label))].flatMap(([form, spellings]) =>
    form === '' ? [] : [toGroup(spellings, true)],
  );
  const loose = [...groupBy(sure, ({ label }) => looseForm(label)).values()]
    .filter((groups) => groups.length > 1)
    .map((groups) =>
      toGroup(
        groups.map(({ label, spellings }) => ({ label, count: spellings.reduce((sum, { count }) => sum + count, 0) })),
        false,
      ),
    );
  const rows = ({ spellings }: SimilarLabels): number => spellings.reduce((sum, { count }) => sum + count, 0);
  return [
    ...sure.filter(({ spellings }) => spellings.length > 1).sort((a, b) => rows(b) - rows(a)),
    ...loose.sort((a, b) => rows(b) - rows(a)),
  ];
}

/** Whether the label cannot be seen at all, though it is not empty: such a cell is as good as blank. */
export function isUnseen(label: string): boolean {
  return label !== '' && sureForm(label) === '';
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function toGroup(counts: readonly LabelCount[], sure: boolean): SimilarLabels {
  const spellings = [...counts].sort((a, b) => b.count - a.count || comparePlainness(a.label, b.label));
  const { label } = [...spellings].sort(
    (a, b) =>
      Number(hasUnseen(a.label)) - Number(hasUnseen(b.label)) ||
      b.count - a.count ||
      comparePlainness(a.label, b.label),
  )[0];
  const likeness = new Set(
    spellings.flatMap((spelling) => (spelling.label === label ? [] : likenesses(label, spelling.label))),
  );
  return { label, spellings, likeness: [...likeness], sure };
}

/** Negative where `a` is plainer: composed, of fewer unusual characters, shorter, with fewer capitals. */
function comparePlainness(a: string, b: string): number {
  const odd = (text: string): number => [...text.normalize('NFD')].filter((letter) => letter > '\u007e').length;
  const capitals = (text: string): number => [...text].filter((letter) => letter !== letter.toLowerCase()).length;
  const composed = (text: string): number => (text.normalize('NFC') === text ? 0 : 1);
  return (
    composed(a) - composed(b) ||
    odd(a) - odd(b) ||
    clean(a).length - clean(b).length ||
    capitals(a) - capitals(b) ||
    (a < b ? -1 : a > b ? 1 : 0)
  );
}
