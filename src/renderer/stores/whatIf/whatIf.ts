import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { EditKind, EditShift } from '../../../contract/editShift';
import type { RemovalEffects } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { LatestRunner } from '../review/latestRunner';
import { useReviewView } from '../review/reviewView';
import { useSession } from '../session';
import { resolveSubject, type Subject, type SubjectKind } from './resolveSubject';

/** Milliseconds of quiet before the effects are asked for. */
const quiet = 60;

interface Wish {
  readonly kind: SubjectKind;
  readonly top: number;
}

/** What is predicted for rows. */
interface Answer {
  readonly subject: Subject;
  /** null: there are no rows. */
  readonly effects: RemovalEffects | null;
}

type Shifts = Readonly<Record<EditKind, EditShift>>;

/** Which rows the What if screen is about, and what removing them is predicted to do. */
export const useWhatIf = defineStore('whatIf', () => {
  const list = useReviewView();
  const session = useSession();

  const chosen = ref<SubjectKind | null>(null);
  /** How many of the most suspicious rows. */
  const top = ref(50);
  const answer = shallowRef<Answer | null>(null);
  const failure = shallowRef<unknown>(null);
  /** True while what is shown is about other rows than those chosen. */
  const stale = ref(false);

  /** Until somebody chooses: what is selected, else the suspects. */
  const kind = computed<SubjectKind>(() => chosen.value ?? (list.selection.count > 0 ? 'selected' : 'pending'));

  /** The same edits by class and by validation row; null while they are asked for. */
  const shifts = shallowRef<Shifts | null>(null);
  const shiftFailure = shallowRef<unknown>(null);

  const shiftRunner = new LatestRunner<Subject, Shifts>({
    quiet: 0,
    run: async ({ selection }) => ({
      // One after the other: the Newton step of the removal is still at hand.
      remove: await engineClient.call('review.editShift', { selection, edit: 'remove' }),
      relabel: await engineClient.call('review.editShift', { selection, edit: 'relabel' }),
    }),
    onAnswer: (next) => (shifts.value = next),
    onError: (error) => {
      if (!isQuiet(error)) shiftFailure.value = error;
    },
  });

  const runner = new LatestRunner<Wish, Answer>({
    quiet,
    run: async (wish) => {
      const subject = await resolveSubject(wish.kind, wish.top);
      if (subject.count === 0) return { subject, effects: null };
      return { subject, effects: await engineClient.call('review.removalEffects', { selection: subject.selection }) };
    },
    onAnswer: (next) => {
      answer.value = next;
      failure.value = null;
      stale.value = false;
      shifts.value = null;
      shiftFailure.value = null;
      if (next.subject.count > 0) shiftRunner.wish(next.subject);
      else shiftRunner.cancel();
    },
    onError: (error) => {
      if (isQuiet(error)) return;
      failure.value = error;
      stale.value = false;
    },
  });

  /** Asks anew: rows were decided, selected, or chosen otherwise. */
  function ask(): void {
    stale.value = true;
    runner.wish({ kind: kind.value, top: top.value });
  }

  function choose(next: SubjectKind): void {
    chosen.value = next;
    ask();
  }

  function chooseTop(count: number): void {
    top.value = count;
    ask();
  }

  /** The rows meant now. */
  const resolve = (): Promise<Subject> => resolveSubject(kind.value, top.value);

  // Another project: nothing of the last one stays.
  watch(
    () => session.folder,
    () => {
      runner.cancel();
      shiftRunner.cancel();
      shifts.value = null;
      shiftFailure.value = null;
      chosen.value = null;
      answer.value = null;
      failure.value = null;
      stale.value = false;
    },
    { flush: 'sync' },
  );

  return { kind, top, answer, shifts, shiftFailure, failure, stale, ask, choose, chooseTop, resolve };
});
