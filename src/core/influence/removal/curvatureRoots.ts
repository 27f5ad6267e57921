import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import { complement, fillSoftmax, logisticCurvature } from '../../models/rowMath';
import type { FittedModel } from '../fittedModel';

/**
 * W (p×|S|K) with WWᵀ = Σ_S wᵢ Aᵢ ⊗ xᵢxᵢᵀ. Row i owns K columns Fᵢ ⊗ xᵢ with Aᵢ = FᵢFᵢᵀ: F = diag(√p) − p√pᵀ for
 * softmax, √α for the logistic head, 1 for ridge. O(p·|S|K).
 */
export function curvatureRoots({ problem, logits }: Pick<FittedModel, 'problem' | 'logits'>, rows: Int32Array): Matrix {
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  const gathered = gatherRows(problem.features, rows);
  const m = rows.length * outputs;
  const data = new Float64Array(p * m);
  const probabilities = new Float64Array(outputs);
  for (let s = 0; s < rows.length; s++) {
    const from = rows[s] * outputs;
    const weight = Math.sqrt(problem.weights[rows[s]]);
    if (problem.kind === 'softmax') fillSoftmax(logits, from, outputs, probabilities, 0);
    for (let b = 0; b < outputs; b++) {
      for (let a = 0; a < outputs; a++) {
        const root = weight * rootEntry(problem.kind, logits[from], probabilities, a, b);
        const to = a * d * m + s * outputs + b;
        for (let j = 0; j < d; j++) data[to + j * m] = root * gathered.data[s * d + j];
      }
    }
  }
  return { rows: p, columns: m, data };
}

/** F_ab. */
function rootEntry(
  kind: FittedModel['problem']['kind'],
  logit: number,
  probabilities: Float64Array,
  a: number,
  b: number,
): number {
  if (kind === 'ridge') return 1;
  if (kind === 'logistic') return Math.sqrt(logisticCurvature(logit));
  const share = a === b ? complement(probabilities, 0, probabilities.length, a) : -probabilities[a];
  return Math.sqrt(probabilities[b]) * share;
}
