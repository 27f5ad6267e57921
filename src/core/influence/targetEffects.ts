import type { Matrix } from '../base/matrix';
import type { OnBlock } from '../linalg/linearAlgebra';
import { fillResidual, lossOfLogits } from '../models/evaluateHead';
import type { RowLabels } from '../models/headKind';
import type { FittedModel } from './fittedModel';
import { solveHessian } from './fittedModel';

/** Numbers held at a time: products of all rows with the directions of a few targets. */
const heldNumbers = 8 * 2 ** 20;

/** Rows whose predictions are measured: m×d features and their labels. */
export interface Targets {
  readonly features: Matrix;
  readonly labels: RowLabels;
}

/** n×m each (training row × target); NaN for rows that are not training rows. Positive = removal raises the measurement. */
export interface TargetEffects {
  /** Change of the target's logit (logistic) or of its true-class logit (softmax). */
  readonly logit: Matrix;
  /** Linear change of the target's loss. */
  readonly lossLinear: Matrix;
  /** Loss at θ̂ + Δᵢ less the loss at θ̂. */
  readonly lossExact: Matrix;
}

/**
 * Effect of removing each training row alone on each target. `coefficients` are the n×K rᵢ (IF) or sᵢ (RIF) of the rows.
 * O(m·K·p² + n·m·d·K²): meant for a handful of targets.
 */
export function computeTargetEffects(
  model: FittedModel,
  targets: Targets,
  coefficients: Float64Array,
  onBlock?: OnBlock,
): TargetEffects {
  const { problem, linalg, theta } = model;
  const { outputs, weights } = problem;
  const n = problem.features.rows;
  const m = targets.features.rows;
  const d = problem.features.columns;
  const result = {
    logit: emptyMatrix(n, m),
    lossLinear: emptyMatrix(n, m),
    lossExact: emptyMatrix(n, m),
  };
  const targetLogits = linalg.loadRows(targets.features);
  const logits = new Float64Array(m * outputs);
  try {
    const columns = new Float64Array(d * outputs);
    for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) columns[j * outputs + c] = theta[c * d + j];
    logits.set(linalg.multiply(targetLogits, { rows: d, columns: outputs, data: columns }, onBlock).data);
  } finally {
    targetLogits.dispose();
  }
  const squared = outputs * outputs;
  const atOnce = Math.max(1, Math.floor(heldNumbers / (n * squared)));
  const residual = new Float64Array(outputs);
  const change = new Float64Array(outputs);
  const changed = new Float64Array(outputs);
  for (let first = 0; first < m; first += atOnce) {
    const count = Math.min(atOnce, m - first);
    const directions = targetDirections(model, targets.features, first, count, onBlock);
    const products = linalg.multiply(problem.rows, directions, onBlock).data;
    for (let t = 0; t < count; t++) {
      const target = first + t;
      const label = targets.labels[target];
      fillResidual(problem, logits, target, label, residual, 0);
      const before = lossOfLogits(problem, logits, target * outputs, label);
      const shown = problem.kind === 'softmax' ? label : 0;
      for (let i = 0; i < n; i++) {
        if (weights[i] === 0) continue;
        let linear = 0;
        for (let c = 0; c < outputs; c++) {
          let moved = 0;
          const from = (i * count + t) * squared + c * outputs;
          for (let b = 0; b < outputs; b++) moved += products[from + b] * coefficients[i * outputs + b];
          change[c] = moved;
          changed[c] = logits[target * outputs + c] + moved;
          linear += moved * residual[c];
        }
        const at = i * m + target;
        result.logit.data[at] = change[shown];
        result.lossLinear.data[at] = linear;
        result.lossExact.data[at] = lossOfLogits(problem, changed, 0, label) - before;
      }
    }
  }
  return result;
}

/**
 * d×(count·K²): column (t, c, b) holds the class-b part of H⁻¹((e_c − 1/K) ⊗ x_t). Centring leaves the products with gradients,
 * which sum to zero over classes, as they are and keeps the solves clear of the gauge direction.
 */
function targetDirections(
  model: FittedModel,
  features: Matrix,
  first: number,
  count: number,
  onBlock?: OnBlock,
): Matrix {
  const { outputs, parameters: p } = model.problem;
  const d = features.columns;
  const width = count * outputs * outputs;
  const data = new Float64Array(d * width);
  const right = new Float64Array(p);
  for (let t = 0; t < count; t++) {
    const x = features.data.subarray((first + t) * d, (first + t + 1) * d);
    for (let c = 0; c < outputs; c++) {
      for (let b = 0; b < outputs; b++) {
        const share = outputs === 1 ? 1 : (b === c ? 1 : 0) - 1 / outputs;
        for (let j = 0; j < d; j++) right[b * d + j] = share * x[j];
      }
      const solved = solveHessian(model, right, onBlock);
      for (let b = 0; b < outputs; b++) {
        const column = (t * outputs + c) * outputs + b;
        for (let j = 0; j < d; j++) data[j * width + column] = solved[b * d + j];
      }
    }
  }
  return { rows: d, columns: width, data };
}

function emptyMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, data: new Float64Array(rows * columns).fill(Number.NaN) };
}

/** The IF coefficients rᵢ (n×K); 0 for rows that are not training rows. */
export function ifCoefficients(model: FittedModel): Float64Array {
  const { problem, logits } = model;
  const out = new Float64Array(problem.features.rows * problem.outputs);
  for (let i = 0; i < problem.features.rows; i++) {
    if (problem.weights[i] !== 0) fillResidual(problem, logits, i, problem.labels[i], out, i * problem.outputs);
  }
  return out;
}
