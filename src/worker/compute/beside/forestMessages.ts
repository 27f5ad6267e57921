import type { TreeSums } from '../../../core/ranking/forest/classTrees';
import { type ForestInput, type ForestName, forestTrees } from '../../../core/ranking/forest/forestExpert';

/** What a thread of the compute script is started with to grow forests: its `workerData`. */
export const forestThreadRole = 'forests';

/** A share in growing one forest. All large arrays are in shared memory. */
export interface ForestMessage {
  readonly name: ForestName;
  readonly input: ForestInput;
  /** Int32s: {@link forestWords}, then those of each helper ({@link helperWord}). */
  readonly control: SharedArrayBuffer;
  /** Which helper this is, from 0. */
  readonly helper: number;
  /** This helper's own. */
  readonly sums: TreeSums;
}

/**
 * Words of the control block. `cancelled` is set by the one who asks; `next` is the next tree, for whoever takes it;
 * the words from `growers` on say who has grown each tree: 0 = nobody yet, {@link helperMark}, or {@link ownMark}.
 */
export const forestWords = { cancelled: 0, next: 1, growers: 2 } as const;
/** The one who asks. */
export const ownMark = -1;

export function helperMark(helper: number): number {
  return helper + 1;
}

/**
 * Of each helper, written by itself: whether it has come to take trees, how it ended (0 = not yet), and its pulse,
 * which changes as long as it is alive and at work.
 */
const helperWords = { began: 0, ended: 1, pulse: 2 } as const;
const firstHelperWord = forestWords.growers + forestTrees;
const wordsPerHelper = 3;
/** `whole`: all trees that it has taken are in its sums. */
export const endings = { whole: 1, failed: 2 } as const;

export function helperWord(word: keyof typeof helperWords, helper: number): number {
  return firstHelperWord + wordsPerHelper * helper + helperWords[word];
}

export function forestControlBytes(helpers: number): number {
  return 4 * (firstHelperWord + wordsPerHelper * helpers);
}
