import { relativeError, worstScalarError } from '../runner/agreement';
import type { Assessment, Outputs, Workload } from './workload';
import { defaultRepeats } from './workload';

/** Rows up to which NumPy has room for its copies of X on an ordinary machine (6 GiB at 768 features). */
const mostPeerRows = 250_000;

/**
 * Float32 features on disk, binary head, fixed λ, 2 % of the rows for validation. Timed on both sides: fit, leverage,
 * IF and RIF (self-influence and effect on the validation loss) of every training row; Assay reads from disk and also
 * ranks, the peer starts with float64 in memory. After the timed runs Assay does the whole audit once, neighbours
 * included.
 */
export function scaleWorkload(rows: number, features: number): Workload {
  const small = rows <= mostPeerRows;
  return {
    name: `scale-${rows}x${features}`,
    summary: 'audit from disk: fit, leverage, IF and RIF of all rows (binary); then once the whole audit, by stage',
    rows,
    features,
    classes: 2,
    data: { kind: 'blocks', rows, features, classes: 2, seed: 4, latent: 64 },
    task: 'audit',
    settings: { l2: 1e-3, classes: 2, validationEvery: 50, whole: true },
    peers: small ? ['numpy-float64'] : [],
    largePeers: [],
    reference: small ? 'numpy-float64' : null,
    repeats: small ? defaultRepeats : 3,
    warmUps: small ? 1 : 0,
    limits: small
      ? { theta: 1e-6, leverage: 1e-5, selfIf: 1e-5, selfRif: 1e-5, valLossIf: 1e-5, valLossRif: 1e-5 }
      : {},
    assess,
  };
}

async function assess({ assay, peers }: Outputs): Promise<Assessment> {
  const reference = peers['numpy-float64'];
  if (reference === undefined) return { errors: {} };
  const errors: Record<string, number> = {
    theta: relativeError(await assay.array('theta'), await reference.array('theta')),
  };
  for (const name of ['leverage', 'selfIf', 'selfRif', 'valLossIf', 'valLossRif']) {
    errors[name] = worstScalarError(await assay.array(name), await reference.array(name));
  }
  return { errors };
}

/** A head too large to factorise its Hessian: Assay alone, with the error that the engine states. */
export function softmaxWorkload(rows: number, features: number, classes: number): Workload {
  return {
    name: `softmax-${rows}x${features}x${classes}`,
    summary: `audit of a softmax head of ${classes * features} parameters from disk; seconds and the error the engine states`,
    rows,
    features,
    classes,
    data: { kind: 'blocks', rows, features, classes, seed: 5, latent: 128 },
    task: 'audit',
    settings: { l2: 1e-3, classes, validationEvery: 50, whole: false },
    peers: [],
    largePeers: [],
    reference: null,
    repeats: 1,
    warmUps: 0,
    limits: {},
    assess: () => Promise.resolve({ errors: {} }),
  };
}
