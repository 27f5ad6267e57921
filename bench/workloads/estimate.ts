import type { Workload } from './workload';
import { defaultRepeats } from './workload';

/**
 * What estimating costs in accuracy, on a head of the kind of softmax-50000x1024x100 that is small enough to be solved
 * exactly.
 */
export function estimateWorkload(rows: number, features: number, classes: number): Workload {
  return {
    name: `estimate-${rows}x${features}x${classes}`,
    summary: `leverages and effects of a softmax head of ${classes * features} parameters as for a head too large to form H; then their errors`,
    rows,
    features,
    classes,
    data: { kind: 'blocks', rows, features, classes, seed: 5, latent: 128 },
    task: 'estimate',
    settings: { l2: 1e-3, classes, validationEvery: 50 },
    peers: [],
    largePeers: [],
    reference: null,
    repeats: defaultRepeats,
    warmUps: 1,
    limits: {},
    assess: () => Promise.resolve({ errors: {} }),
  };
}
