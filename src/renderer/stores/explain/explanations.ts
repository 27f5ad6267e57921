import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { type Explanation, smallestSetOf, type TypedRow } from '../../../contract/explain';
import type { Query, ReviewRow } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { useJobs } from '../jobs';
import { keepRuns } from '../keptRuns';
import { useSession } from '../session';

/** Rows that are offered to be explained. */
const offered = 30;
/** Rows asked for at once. */
const most = 1000;

/** Those that the model gets most wrong: rows it was not fitted to, else training rows. */
function hardest(split: 'validation' | 'train'): Query {
  return {
    queue: 'all',
    threshold: 0,
    filters: [{ kind: 'in', column: 'split', values: [split] }],
    search: '',
    sort: [{ column: 'loss', descending: true }],
  };
}

/** Predictions and the training rows behind them: the explanation being made, and those kept in the project. */
export const useExplanations = defineStore('explanations', () => {
  const session = useSession();
  const jobs = useJobs();

  /** What Review knows of the rows that are named, by number. */
  const rows = shallowRef<ReadonlyMap<number, ReviewRow>>(new Map());
  /** Rows to begin with. */
  const candidates = shallowRef<Candidates | null>(null);
  const rowsFailure = shallowRef<unknown>(null);
  const kept = keepRuns<Explanation>({
    job: () => jobs.explaining,
    read: async () => {
      candidates.value = await findHardest();
      return (await engineClient.call('explain.list', {})).explanations;
    },
    onReset: () => {
      rows.value = new Map();
      candidates.value = null;
      rowsFailure.value = null;
    },
  });

  /** Reads what Review knows of the rows that the shown explanation names, and of those explained before. */
  async function learn(): Promise<void> {
    const one = kept.shown.value;
    const named = new Set((kept.runs.value ?? []).flatMap(({ row }) => row ?? []));
    if (one !== null) {
      for (const { row } of [...one.supporting, ...one.opposing]) named.add(row);
      for (const row of smallestSetOf(one)) named.add(row);
    }
    if (named.size === 0) return;
    const asked = session.generation;
    try {
      const found = await engineClient.call('review.rows', { rows: [...named].slice(0, most) });
      if (asked === session.generation) rows.value = new Map(found.rows.map((row) => [row.row, row]));
      rowsFailure.value = null;
    } catch (error) {
      if (asked === session.generation && !isQuiet(error)) rowsFailure.value = error;
    }
  }
  watch([kept.shown, kept.runs], () => void learn());

  /** Explains the prediction of a row, as a job; `rightClass`: what it should be, instead of its label. */
  async function explain(row: number, rightClass?: string): Promise<void> {
    const request = rightClass === undefined ? { row } : { row, rightClass };
    await kept.start(() => engineClient.call('explain.start', request));
  }

  /** The same for a row by its id or number. */
  async function explainNamed(text: string): Promise<void> {
    if (text.trim() === '') return;
    await kept.start(async () => {
      const { row } = await engineClient.call('rows.find', { text: text.trim() });
      return engineClient.call('explain.start', { row });
    });
  }

  /** The same for a row that is in no file. */
  async function explainTyped(typed: TypedRow): Promise<void> {
    await kept.start(() => engineClient.call('explain.start', { typed }));
  }

  /** Every cell of a row, in the order of the columns. */
  async function cellsOf(row: number): Promise<string[]> {
    const { cells } = await engineClient.call('review.evidence', { row });
    return cells.map(({ text }) => text);
  }

  const failure = computed(() => kept.failure.value ?? rowsFailure.value);

  return { ...kept, failure, rows, candidates, learn, explain, explainNamed, explainTyped, cellsOf };
});

interface Candidates {
  readonly split: 'validation' | 'train';
  readonly rows: readonly ReviewRow[];
}

async function findHardest(): Promise<Candidates | null> {
  for (const split of ['validation', 'train'] as const) {
    const { viewId, total } = await engineClient.call('review.open', { query: hardest(split) });
    if (total === 0) continue;
    const page = await engineClient.call('review.page', { viewId, offset: 0, limit: offered });
    return { split, rows: page.rows };
  }
  return null;
}
