import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { engineClient } from '../../client/engineClient';
import { useReviewView } from './reviewView';
import { useReviewWrites } from './reviewWrites';

/** Undone changes from which on a new decision asks before it drops them. */
const worthAsking = 2;

/** A question to the person, answered by the dialog that shows it. */
interface RedoQuestion {
  readonly count: number;
  answer(goOn: boolean): void;
}

/** Asks before a new decision drops what was undone: it could no longer be redone. */
export const useRedoWarning = defineStore('redoWarning', () => {
  const list = useReviewView();
  const writes = useReviewWrites();
  const question = shallowRef<RedoQuestion | null>(null);

  /** Whether a decision in the review may have to ask: else it is made at once. */
  const mayHaveToAsk = (): boolean => writes.stepsWait() || writes.redoCount() >= worthAsking;

  /** @returns whether to go on with a decision in the review */
  async function mayDecide(): Promise<boolean> {
    await writes.whenIdle();
    return ask(writes.redoCount());
  }

  /** @returns whether to go on with a decision that is made elsewhere */
  async function mayDrop(): Promise<boolean> {
    await writes.whenIdle();
    try {
      return await ask((await engineClient.call('review.overview', { threshold: list.query.threshold })).redoCount);
    } catch {
      // The decision itself meets the same trouble, and says so.
      return true;
    }
  }

  async function ask(count: number): Promise<boolean> {
    if (count < worthAsking) return true;
    const goOn = await new Promise<boolean>((answer) => {
      question.value = { count, answer };
    });
    question.value = null;
    return goOn;
  }

  return { question, mayHaveToAsk, mayDecide, mayDrop };
});
