import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { BulkChoice, BulkPreview, Selection } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';

/** So many rows are decided without a question, unless earlier decisions would be overwritten. */
const fewRows = 200;

/** Asked of the person, and answered by the dialog that shows it. */
interface BulkQuestion {
  readonly choice: BulkChoice;
  readonly preview: BulkPreview;
  answer(goOn: boolean): void;
}

/** Rows whose decision would be another one than they have. */
export function countOverwritten({ changes }: Pick<BulkPreview, 'changes'>): number {
  return changes.reduce((sum, { from, rows, stay }) => sum + (from === 'undecided' ? 0 : rows - stay), 0);
}

/** Says what deciding many rows would change, before it is done: where they are very many, or decided already. */
export const useBulkQuestion = defineStore('bulkQuestion', () => {
  const question = shallowRef<BulkQuestion | null>(null);

  /** @returns whether to go on */
  async function mayDecide(selection: Selection, choice: BulkChoice): Promise<boolean> {
    const preview = await engineClient.call('review.preview', { selection, choice });
    if (preview.rows <= fewRows && countOverwritten(preview) === 0) return true;
    const goOn = await new Promise<boolean>((answer) => {
      question.value = { choice, preview, answer };
    });
    question.value = null;
    return goOn;
  }

  return { question, mayDecide };
});
