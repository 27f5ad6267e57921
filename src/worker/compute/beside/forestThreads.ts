import type { Worker } from 'node:worker_threads';
import type { JobContext } from '../../../core/job/jobContext';
import type { OnBlock } from '../../../core/linalg/linearAlgebra';
import { createTreeSums, type TreeSums } from '../../../core/ranking/forest/classTrees';
import type { ForestInput, ForestName } from '../../../core/ranking/forest/forestExpert';
import { forestSteps, forestTrees } from '../../../core/ranking/forest/forestExpert';
import { ForestGrower, joinTrees } from '../../../core/ranking/forest/forestGrower';
import { type ForestGrowth, growHere, type PendingForest } from '../../../core/ranking/forest/forestGrowth';
import type { Expert } from '../../../core/ranking/suspicion/experts';
import type { ForestMessage } from './forestMessages';
import { endings, forestControlBytes, forestWords, helperMark, helperWord, ownMark } from './forestMessages';
import { HelperThread, watchPulse } from './helperThread';

/** A forest of fewer steps (a tenth of a second) is not worth another thread. */
const fewestSteps = 1e7;
/** Of all helpers' sums together; with more rows or classes there are fewer helpers. */
const mostSumBytes = 2 ** 28;
const lookEveryMs = 20;
const defaultDeadMs = 10_000;

interface ForestThreadsOptions {
  /** Starts a thread that runs serveForests. */
  readonly start: () => Worker;
  /** All that grow, the one that asks included. */
  readonly threads: number;
  readonly deadMs?: number;
}

/** One forest while it grows. */
interface Growing {
  readonly name: ForestName;
  readonly input: ForestInput;
  readonly control: Int32Array;
  readonly helpers: readonly { readonly thread: HelperThread; readonly worker: Worker; readonly sums: TreeSums }[];
}

/**
 * Grows forests with other threads, which begin at once; the one that finishes takes part. Everybody takes the next
 * tree that nobody has, into sums of its own. A thread that is lost costs its trees again.
 */
export class ForestThreads implements ForestGrowth {
  readonly #helpers: readonly HelperThread[];
  readonly #deadMs: number;

  constructor({ start, threads, deadMs }: ForestThreadsOptions) {
    this.#helpers = Array.from({ length: Math.max(0, threads - 1) }, () => new HelperThread(start));
    this.#deadMs = deadMs ?? defaultDeadMs;
  }

  allocate(bytes: number): Uint8Array {
    return new Uint8Array(new SharedArrayBuffer(bytes));
  }

  begin(name: ForestName, input: ForestInput, context: Pick<JobContext, 'signal' | 'log'>): PendingForest {
    const { features, classes, labels, trainingRows } = input;
    const sumBytes = features.rows * (4 * classes + 2);
    const count = Math.min(this.#helpers.length, Math.floor(mostSumBytes / sumBytes));
    const isShared = features.bins.buffer instanceof SharedArrayBuffer;
    const isLong = forestSteps(trainingRows.length, features.columns) >= fewestSteps;
    if (count === 0 || !isShared || !isLong) return growHere.begin(name, input, context);
    const control = new Int32Array(new SharedArrayBuffer(forestControlBytes(count)));
    const sent: ForestInput = { features, classes, labels: share(labels), trainingRows: share(trainingRows) };
    const helpers = this.#helpers.slice(0, count).map((thread, helper) => {
      const sums = createTreeSums(features.rows, classes, (bytes) => new SharedArrayBuffer(bytes));
      const worker = thread.use();
      const message: ForestMessage = { name, input: sent, control: control.buffer, helper, sums };
      worker.postMessage(message);
      return { thread, worker, sums };
    });
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      Atomics.store(control, forestWords.cancelled, 1);
      helpers.forEach(({ thread }) => thread.release());
    };
    return {
      finish: (onTree) => {
        try {
          return this.#finish({ name, input, control, helpers }, context, onTree);
        } finally {
          end();
        }
      },
      grown: () => countGrown(control) / forestTrees,
      stop: end,
    };
  }

  #finish(growing: Growing, { signal, log }: Pick<JobContext, 'signal' | 'log'>, onTree?: OnBlock): Expert {
    const { name, input, control, helpers } = growing;
    const own = createTreeSums(input.features.rows, input.classes);
    const grower = new ForestGrower(name, input, own, signal);
    const report = (): void => {
      signal.throwIfCancelled();
      onTree?.(countGrown(control), forestTrees);
    };
    const grow = (tree: number): void => {
      grower.grow(tree);
      Atomics.store(control, forestWords.growers + tree, ownMark);
      report();
    };
    for (let tree = take(control); tree < forestTrees; tree = take(control)) grow(tree);
    const marks = new Set([ownMark]);
    const parts = [own];
    helpers.forEach(({ sums }, helper) => {
      if (!this.#waitFor(helper, growing, report)) return;
      marks.add(helperMark(helper));
      parts.push(sums);
    });
    const isLost = (tree: number): boolean => !marks.has(Atomics.load(control, forestWords.growers + tree));
    const lost = Array.from({ length: forestTrees }, (_, tree) => tree).filter(isLost);
    if (lost.length > 0) {
      log(`A thread that grew trees was lost: ${lost.length} of ${forestTrees} trees of ${name} are grown again.`);
      lost.forEach(grow);
    }
    // The last tree may be a helper's.
    report();
    return { name, probabilities: joinTrees(parts, input.classes) };
  }

  /** Until a helper has grown what it took. @returns whether its sums count */
  #waitFor(helper: number, { control, helpers }: Growing, report: () => void): boolean {
    const read = (word: Parameters<typeof helperWord>[0]): number => Atomics.load(control, helperWord(word, helper));
    // All trees have been taken: who has not come yet has none, and will get none.
    if (read('began') === 0) return false;
    const isAlive = watchPulse(() => read('pulse'), { deadMs: this.#deadMs, unbornMs: this.#deadMs });
    while (read('ended') === 0) {
      Atomics.wait(control, helperWord('ended', helper), 0, lookEveryMs);
      report();
      if (isAlive()) continue;
      const { thread, worker } = helpers[helper];
      thread.abandon(worker);
      return false;
    }
    return read('ended') === endings.whole;
  }
}

/** The next tree that nobody has; beyond the last one when there is none. */
function take(control: Int32Array): number {
  return Atomics.add(control, forestWords.next, 1);
}

function countGrown(control: Int32Array): number {
  let count = 0;
  for (let tree = 0; tree < forestTrees; tree++) {
    if (Atomics.load(control, forestWords.growers + tree) !== 0) count++;
  }
  return count;
}

function share(values: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
