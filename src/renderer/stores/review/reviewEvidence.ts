import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { Evidence } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { useSession } from '../session';
import { LatestRunner } from './latestRunner';
import { useReviewView } from './reviewView';

/** Evidence of this many rows is kept, the latest looked at. */
const kept = 60;

/** Moves that follow each other within this many milliseconds are one movement: its evidence waits for the end. */
const movement = 70;

/** The evidence on the focused row. Moving fast asks only for where one stops; the next row's is fetched ahead. */
export const useReviewEvidence = defineStore('reviewEvidence', () => {
  const list = useReviewView();
  const session = useSession();
  const cache = new Map<number, Evidence>();
  const evidence = shallowRef<Evidence | null>(null);
  const failure = shallowRef<unknown>(null);
  /** The evidence fills the table's place. */
  const large = ref(false);
  /** The words of texts that say most are marked. */
  const tellingWords = ref(true);

  /** True while the card shows no evidence of the focused row yet. */
  const pending = computed(() => {
    const row = list.focusedRow;
    return row !== undefined && failure.value === null && evidence.value?.row.row !== row.row;
  });

  const runner = new LatestRunner<number, Evidence>({
    quiet: movement,
    run: async (row) => cache.get(row) ?? engineClient.call('review.evidence', { row }),
    onAnswer: (answer) => {
      keep(answer);
      failure.value = null;
      evidence.value = answer;
      void fetchAhead();
    },
    onError: (error) => {
      // The project is opened again when the engine is back, and the evidence asked for anew.
      if (!isQuiet(error)) failure.value = error;
    },
  });

  function keep(answer: Evidence): void {
    cache.delete(answer.row.row);
    cache.set(answer.row.row, answer);
    for (const oldest of cache.keys()) {
      if (cache.size <= kept) break;
      cache.delete(oldest);
    }
  }

  /** Reads the evidence of the row after the focused one, where the next key is likely to lead. */
  async function fetchAhead(): Promise<void> {
    const next = list.blocks.at(list.focus + 1);
    if (next === undefined || cache.has(next.row)) return;
    const generation = session.generation;
    try {
      const answer = await engineClient.call('review.evidence', { row: next.row });
      if (generation === session.generation) keep(answer);
    } catch {
      // It will be asked for in earnest, and fail in earnest, when the row is focused.
    }
  }

  let movedAt = 0;

  function show(row: number | undefined): void {
    failure.value = null;
    const now = performance.now();
    const moving = now - movedAt < movement;
    movedAt = now;
    if (row === undefined) {
      runner.cancel();
      if (list.focus < 0) evidence.value = null;
      return;
    }
    const known = cache.get(row);
    if (known !== undefined && !moving) {
      runner.cancel();
      keep(known);
      evidence.value = known;
      void fetchAhead();
      return;
    }
    runner.wish(row, moving ? movement : 0);
  }

  watch(() => list.focusedRow?.row, show);
  watch(
    () => [session.generation, session.audit?.startedAt],
    () => {
      cache.clear();
      evidence.value = null;
      show(list.focusedRow?.row);
    },
  );

  return { evidence, failure, pending, large, tellingWords, retry: () => show(list.focusedRow?.row) };
});
