import { relativeError } from '../runner/agreement';
import { relativeGradientNorm } from '../runner/gradient';
import type { Assessment, Outputs, PeerName, Workload } from './workload';
import { defaultRepeats, shortWarmUps } from './workload';

const l2 = 1e-3;
/** Of ‖∇L(θ̂)‖ / ‖∇L(0)‖. */
const tolerance = 1e-8;

/** A binary logistic head from zero to a relative gradient norm of 1e-8. */
export function fitWorkload(rows: number, features: number): Workload {
  return {
    name: `fit-${rows}x${features}`,
    summary: `fit of a binary head from zero to relative gradient norm ${tolerance}`,
    rows,
    features,
    classes: 2,
    data: { kind: 'binary', rows, features, classes: 2, seed: 2, validation: 0, l2, theta: false },
    task: 'fit',
    settings: { l2, tolerance },
    peers: ['numpy-float64', 'scikit-learn'],
    largePeers: [],
    reference: 'numpy-float64',
    repeats: defaultRepeats,
    warmUps: shortWarmUps,
    limits: { theta: 1e-6, gradient: tolerance },
    assess: (outputs) => assess(outputs),
  };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const features = await outputs.data('features');
  const labels = await outputs.data('labels');
  const reference = await outputs.peers['numpy-float64']?.array('theta');
  const theta = await outputs.assay.array('theta');
  const errorsOf = async (name: PeerName): Promise<Record<string, number>> => {
    const found = await outputs.peers[name]?.array('theta');
    if (found === undefined) return {};
    return {
      ...(reference !== undefined && name !== 'numpy-float64' && { theta: relativeError(found, reference) }),
      gradient: relativeGradientNorm(features, labels, found.data, l2),
    };
  };
  return {
    errors: {
      theta: reference === undefined ? Number.NaN : relativeError(theta, reference),
      gradient: relativeGradientNorm(features, labels, theta.data, l2),
    },
    peerErrors: {
      'numpy-float64': await errorsOf('numpy-float64'),
      'scikit-learn': await errorsOf('scikit-learn'),
    },
  };
}
