import type { Query } from '../../contract/review';
import type { ProjectStoreApi } from '../store/projectStoreApi';
import type { RemovalChoice } from './exportTypes';

/**
 * The rows that leave the dataset, most suspicious first (rows without a rank last).
 * Rows a reviewer decided to keep, relabel or look at later are never removed by suspicion.
 */
export async function chooseRemovedRows(store: ProjectStoreApi, choice: RemovalChoice): Promise<Int32Array> {
  const byRank: Query = {
    queue: 'all',
    threshold: 0,
    filters: [],
    search: '',
    sort: [{ column: 'rank', descending: false }],
  };
  const decided = await store.queryRows({
    ...byRank,
    filters: [{ kind: 'in', column: 'decision', values: ['remove'] }],
  });
  if (choice.kind === 'decisions') return decided;
  const suspects = await store.queryRows({
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
  const removed = new Set<number>(decided);
  const chosen: number[] = [];
  for (const row of suspects) {
    if (choice.top !== undefined && chosen.length >= choice.top) break;
    const decision = store.review.rows.get(row)?.decision ?? null;
    if (decision !== null && decision.kind !== 'remove') continue;
    removed.delete(row);
    chosen.push(row);
  }
  return Int32Array.from([...chosen, ...removed]);
}
