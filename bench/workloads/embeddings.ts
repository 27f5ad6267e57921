import { averagePrecision } from '../suspicion/plantedErrors';
import type { Assessment, Outputs, Workload } from './workload';

const share = 0.09;
/** Of the clouds of a class; with ten classes three in four rows have their given label predicted. */
const separation = 4;
const file = 'embeddings';

/**
 * Rows like embeddings of pictures, 9 % of their labels wrong. Assay: `assay audit` with its defaults, λ searched, a
 * process from the CSV file to its results. Peers: pandas reads the same file, 5-fold cross-validated probabilities for
 * each of three C (or one), and cleanlab's score.
 */
export function embeddingsWorkload(rows: number, features: number, classes: number): Workload {
  return {
    name: `embeddings-${rows}x${features}x${classes}`,
    summary: `assay audit of a CSV file, λ searched, ${100 * share} % label errors; peers: pandas, 5-fold CV with three C or one, cleanlab's score`,
    rows,
    features,
    classes,
    data: { kind: 'embeddings', rows, features, classes, seed: 11, separation, share },
    task: 'tables',
    settings: { files: file, folds: 5, strengths: '1,0.1,0.01' },
    peers: ['cleanlab-embeddings', 'cleanlab-embeddings-one'],
    largePeers: [],
    reference: null,
    repeats: 3,
    warmUps: 0,
    limits: {},
    assess,
  };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const wrong = Uint8Array.from((await outputs.data('wrong')).data);
  const found: Record<string, number> = {};
  for (const [side, { array }] of [['assay', outputs.assay] as const, ...Object.entries(outputs.peers)]) {
    found[side] = averagePrecision(Float64Array.from((await array(file)).data), wrong);
  }
  return { errors: {}, more: { average_precision: found } };
}
