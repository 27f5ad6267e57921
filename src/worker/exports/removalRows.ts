import type { EmptyList } from '../../contract/exports';
import type { Query } from '../../contract/review';
import { rareClassRows } from '../../core/ranking/reasons';
import type { ProjectStore } from '../store/projectStore';
import type { RemovalChoice } from './exportRequest';

/** What a removal does to a class. */
export interface ClassChange {
  readonly label: string;
  /** Labelled rows of the class in the dataset, in every split. */
  readonly before: number;
  readonly after: number;
  /** Suspects that stay only so that the class is not emptied. */
  readonly heldBack: number;
}

/** Which rows leave the dataset, and what that does to its classes. */
interface RemovalPlan {
  /** Most suspicious first (rows without a rank last). */
  readonly rows: Int32Array;
  /** Every class that loses rows, or would have: those that shrink most first. */
  readonly classes: readonly ClassChange[];
  /** Why there are no rows, where they were to be found by suspicion. */
  readonly empty: EmptyList | null;
}

/**
 * The rows that leave the dataset. Rows a reviewer decided to keep, relabel or look at later are never removed by
 * suspicion; and suspicion alone never leaves a class with fewer than three rows (or what it has, where that is less):
 * so few cannot be judged, and a class that is gone is gone for good. Rows decided 'remove' go in any case. O(rows).
 */
export async function planRemoval(store: ProjectStore, choice: RemovalChoice): Promise<RemovalPlan> {
  const { given, classes } = await store.review.readGivenCodes();
  const sizes = new Int32Array(classes.length);
  for (const code of given) if (code >= 0) sizes[code]++;
  const left = sizes.slice();
  const heldBack = new Int32Array(classes.length);
  const leave = (row: number): void => {
    if (given[row] >= 0) left[given[row]]--;
  };
  const decided = await store.review.query({
    ...byRank,
    filters: [{ kind: 'in', column: 'decision', values: ['remove'] }],
  });
  decided.forEach(leave);
  let rows = decided;
  let empty: EmptyList | null = null;
  if (choice.kind === 'suspicion') {
    const suspects = await findSuspects(store, choice);
    const removed = new Set<number>(decided);
    const chosen: number[] = [];
    for (const row of suspects) {
      if (choice.top !== undefined && chosen.length >= choice.top) break;
      const decision = store.decisions.state.rows.get(row)?.decision ?? null;
      if (decision !== null && decision.kind !== 'remove') continue;
      if (!removed.delete(row)) {
        const code = given[row];
        if (choice.emptyClasses !== true && code >= 0 && left[code] <= rareClassRows) {
          heldBack[code]++;
          continue;
        }
        leave(row);
      }
      chosen.push(row);
    }
    rows = Int32Array.from([...chosen, ...removed]);
    if (rows.length === 0) empty = await describeEmpty(store, choice, suspects.length);
  }
  const changes = classes.flatMap((label, code): ClassChange[] =>
    left[code] === sizes[code] && heldBack[code] === 0
      ? []
      : [{ label, before: sizes[code], after: left[code], heldBack: heldBack[code] }],
  );
  return { rows, classes: changes.sort((a, b) => a.after / a.before - b.after / b.before), empty };
}

async function describeEmpty(store: ProjectStore, choice: BySuspicion, staying: number): Promise<EmptyList> {
  const [first] = await findSuspects(store, { ...choice, top: 1 });
  const [row] = first === undefined ? [] : await store.review.readRows([first]);
  const threshold = choice.top === undefined ? choice.threshold : null;
  return { threshold, highestSuspicion: row?.suspicion ?? null, staying };
}

const byRank: Query = {
  queue: 'all',
  threshold: 0,
  filters: [],
  search: '',
  sort: [{ column: 'rank', descending: false }],
};

type BySuspicion = Extract<RemovalChoice, { kind: 'suspicion' }>;

async function findSuspects(store: ProjectStore, choice: BySuspicion): Promise<Int32Array> {
  return store.review.query({
    ...byRank,
    filters: [
      {
        kind: 'in',
        column: 'split',
        values: choice.includeValidation === true ? ['train', 'validation', 'test'] : ['train'],
      },
      choice.top === undefined
        ? { kind: 'range', column: 'suspicion', min: choice.threshold, max: null }
        : { kind: 'range', column: 'rank', min: 1, max: null },
    ],
  });
}
