import { worstScalarError } from '../runner/agreement';
import { averagePrecision } from '../suspicion/plantedErrors';
import type { Assessment, Outputs, Workload } from './workload';
import { defaultRepeats } from './workload';

const l2 = 1e-3;
const share = 0.1;
/**
 * The leverages of a head this large are estimated, to within a percent or so; leave-one-out probabilities follow them.
 */
const largestLooError = 1e-2;

/**
 * Label errors planted in 10 % of the rows: Assay's whole audit against 5-fold cross-validated probabilities and
 * cleanlab's scores, with the same λ.
 */
export function rankingWorkload(
  rows: number,
  features: number,
  classes: number,
  noise: 'uniform' | 'asymmetric',
): Workload {
  return {
    name: `ranking-${rows}x${features}x${classes}${noise === 'uniform' ? '' : `-${noise}`}`,
    summary: `whole audit with suspicion ranking, ${100 * share} % ${noise} label errors; peer: 5-fold CV and cleanlab's scores`,
    rows,
    features,
    classes,
    data: { kind: 'classes', rows, features, classes, seed: 3, latent: 64, noise, share },
    task: 'ranking',
    settings: { l2, classes, folds: 5 },
    peers: ['cleanlab'],
    largePeers: [],
    reference: 'cleanlab',
    repeats: defaultRepeats,
    warmUps: 1,
    limits: { looProbability: largestLooError },
    assess,
  };
}

/**
 * Both rankings by one function. cleanlab counts with the best of its scores. Assay's leave-one-out probabilities are
 * checked at some rows against the peer's process solving for them by conjugate gradients in NumPy float64.
 */
async function assess(outputs: Outputs): Promise<Assessment> {
  const wrong = Uint8Array.from((await outputs.data('wrong')).data);
  const precisionOf = (scores: ArrayLike<number>): number => averagePrecision(Float64Array.from(scores), wrong);
  const assay = precisionOf((await outputs.assay.array('suspicionLogOdds')).data);
  const { cleanlab: peer, earlier: before } = outputs.peers;
  const earlier = before && { earlier: precisionOf((await before.array('suspicionLogOdds')).data) };
  if (peer === undefined) {
    return { errors: { looProbability: Number.NaN }, more: { average_precision: { assay, ...earlier } } };
  }
  const variants: Record<string, number> = {};
  for (const name of variantsOf(peer.facts)) variants[name] = precisionOf((await peer.array(`suspicion_${name}`)).data);
  const [best, cleanlab] = Object.entries(variants).reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  const rows = await outputs.data('checkedRows');
  const found = (await outputs.assay.array('looProbability')).data;
  const checked = { shape: rows.shape, data: Float64Array.from(rows.data, (row) => found[row]) };
  return {
    errors: { looProbability: worstScalarError(checked, await peer.array('checkedLooProbability')) },
    more: { average_precision: { assay, ...earlier, cleanlab }, cleanlab_score: best, cleanlab_scores: variants },
  };
}

function variantsOf(facts: Outputs['assay']['facts']): string[] {
  return Array.isArray(facts['scores']) ? facts['scores'].map(String) : [];
}
