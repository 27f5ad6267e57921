import type { Workload } from './workload';
import { defaultRepeats } from './workload';

const l2 = 1e-3;

/**
 * Verification of a 1 % removal set with 20 random ones beside it, from a fitted head; after the timed runs the same
 * number of pairs of a cold fit and a verification, in turn, for their ratio.
 */
export function verifyWorkload(rows: number, features: number): Workload {
  return {
    name: `verify-${rows}x${features}`,
    summary:
      'retraining without 1 % of the rows and without 20 random sets of that size (binary), and how many cold fits that takes',
    rows,
    features,
    classes: 2,
    data: { kind: 'binary', rows, features, classes: 2, seed: 1, validation: 100, l2, theta: true },
    task: 'verify',
    settings: { l2, share: 0.01, repeats: 20, pairs: defaultRepeats },
    peers: [],
    largePeers: [],
    reference: null,
    repeats: 1,
    warmUps: 1,
    limits: {},
    assess: () => Promise.resolve({ errors: {} }),
  };
}
