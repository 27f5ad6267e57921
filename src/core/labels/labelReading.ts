import { looseForm, sureForm } from './labelForms';
import { findSimilarLabels, type LabelCount, type SimilarLabels } from './similarLabels';

/** How the analyst wants labels that look alike to be read: a decision, kept in the log. */
export interface LabelReading {
  /** `merge`: each group is one class; `keep`: every spelling of the groups is a class of its own. */
  readonly choice: 'merge' | 'keep';
  /** What was decided upon. Spellings are labels without blanks around them. */
  readonly groups: readonly { readonly label: string; readonly spellings: readonly string[] }[];
}

/** Labels of a column that look alike, and what was decided about them. */
export interface SimilarityState {
  /** Surely one label each. */
  readonly sure: readonly SimilarLabels[];
  /** Perhaps one label each: kept apart unless the analyst merges them too. */
  readonly perhaps: readonly SimilarLabels[];
  /** open: there are sure groups that nobody has decided upon. */
  readonly state: 'none' | 'open' | 'merged' | 'kept';
}

/**
 * What of these labels looks alike, in the light of a decision. A group that has got a new spelling since is open
 * again.
 */
export function describeSimilarity(labels: readonly LabelCount[], reading: LabelReading | null): SimilarityState {
  const groups = findSimilarLabels(labels);
  const sure = groups.filter((group) => group.sure);
  const decided = (group: SimilarLabels): boolean =>
    reading !== null &&
    reading.groups.some(({ spellings }) => group.spellings.every(({ label }) => spellings.includes(label)));
  const perhaps = groups.filter((group) => !group.sure && !(reading?.choice === 'merge' && decided(group)));
  if (groups.length === 0) return { sure, perhaps, state: 'none' };
  if (reading !== null && sure.every(decided))
    return { sure, perhaps, state: reading.choice === 'merge' ? 'merged' : 'kept' };
  return { sure, perhaps, state: sure.length > 0 ? 'open' : 'none' };
}

/** The decision that merges (or keeps apart) what looks alike; with `perhaps` also what is not sure. */
export function decideReading(
  labels: readonly LabelCount[],
  choice: LabelReading['choice'],
  perhaps: boolean,
): LabelReading {
  const { sure, perhaps: loose } = describeSimilarity(labels, null);
  const ofSure = new Map(sure.map((group) => [group.label, group]));
  const spelt = (label: string): string[] => ofSure.get(label)?.spellings.map((one) => one.label) ?? [label];
  const wide = perhaps
    ? loose.map(({ label, spellings }) => ({ label, spellings: spellings.flatMap((one) => spelt(one.label)) }))
    : [];
  const taken = new Set(wide.flatMap(({ spellings }) => spellings));
  const narrow = sure
    .filter(({ spellings }) => !taken.has(spellings[0].label))
    .map(({ label, spellings }) => ({ label, spellings: spellings.map((one) => one.label) }));
  return { choice, groups: [...narrow, ...wide] };
}

/** Which class a spelling is read as; spellings that are not in it are classes of their own. */
export type SpellingMap = ReadonlyMap<string, string>;

/** The spellings that a reading turns into another label. Empty for `keep` and for no decision. */
export function spellingMap(reading: LabelReading | null): SpellingMap {
  const map = new Map<string, string>();
  if (reading?.choice !== 'merge') return map;
  for (const { label, spellings } of reading.groups) {
    for (const spelling of spellings) if (spelling !== label) map.set(spelling, label);
  }
  return map;
}

/** Counts of classes as a reading makes them of spellings: most frequent first, ties by label. */
export function countClasses(labels: readonly LabelCount[], map: SpellingMap): LabelCount[] {
  const counts = new Map<string, number>();
  for (const { label, count } of labels) {
    const read = map.get(label) ?? label;
    counts.set(read, (counts.get(read) ?? 0) + count);
  }
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

/**
 * The class that a spelling nobody has seen before belongs to where labels are merged: the only one of the same sure
 * form. Undefined where there is none, or more than one.
 */
export function findClassOf(label: string, classes: readonly string[]): string | undefined {
  const form = sureForm(label);
  const same = classes.filter((name) => sureForm(name) === form);
  return form !== '' && same.length === 1 ? same[0] : undefined;
}

/**
 * For each class the first that perhaps means the same; undefined where all are different, or the analyst says so.
 * O(classes).
 */
export function findTwins(classes: readonly string[], reading: LabelReading | null): Int32Array | undefined {
  if (reading?.choice === 'keep') return undefined;
  const first = new Map<string, number>();
  const twins = Int32Array.from(classes, (label, code) => {
    const form = looseForm(label);
    const before = first.get(form);
    if (before === undefined) first.set(form, code);
    return before ?? code;
  });
  return first.size === classes.length ? undefined : twins;
}
