import type { JobContext } from '../../job/jobContext';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { Expert } from '../suspicion/experts';
import { createTreeSums } from './classTrees';
import { type ForestInput, type ForestName, forestTrees } from './forestExpert';
import { ForestGrower, joinTrees } from './forestGrower';

/** A forest that may be growing while other things are computed. */
export interface PendingForest {
  /**
   * Takes part until it is grown; asks the signal and reports trees.
   * @throws CancelledError
   */
  finish(onTree?: OnBlock): Expert;
  /** The share of its trees that stand by now. */
  grown(): number;
  /** Nothing more is wanted of it, whether it has been finished or not. */
  stop(): void;
}

/** A way to grow forests. The forest is the same bit by bit whatever the way. */
export interface ForestGrowth {
  /** Room for the bins of features, where all who grow can read them. */
  readonly allocate: (bytes: number) => Uint8Array;
  /** Begins a forest beside other work, where it can and that pays; else it is grown when it is finished. */
  begin(name: ForestName, input: ForestInput, context: Pick<JobContext, 'signal' | 'log'>): PendingForest;
}

/** One tree after the other, in the thread that finishes. */
export const growHere: ForestGrowth = {
  allocate: (bytes) => new Uint8Array(bytes),
  begin: (name, input, { signal }) => ({
    finish(onTree) {
      const { classes, features } = input;
      const sums = createTreeSums(features.rows, classes);
      const grower = new ForestGrower(name, input, sums, signal);
      for (let tree = 0; tree < forestTrees; tree++) {
        grower.grow(tree);
        onTree?.(tree + 1, forestTrees);
      }
      return { name, probabilities: joinTrees([sums], classes) };
    },
    grown: () => 0,
    stop: () => undefined,
  }),
};
