import { InputError, NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { estimateCondition } from '../../linalg/conditionEstimate';
import { transposed } from '../../linalg/denseKernels';
import type { CholeskyFactor, OnBlock } from '../../linalg/linearAlgebra';
import { fillResidual } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import { logisticCurvature } from '../../models/rowMath';
import { visitDirectionProducts } from '../effects/directionProducts';
import { ifCoefficients } from '../effects/removalCoefficients';
import type { FittedModel } from '../fittedModel';
import type { PreparedMeasurement } from '../measurements/measurement';
import type { AttributionOptions } from './attribution';
import { attributeAlong } from './attribution';
import type { Projection } from './projection';
import { createProjection, projectedDimensions } from './projection';

/** Solutions of worse conditioned systems have no digits worth showing. */
const largestCondition = 1e12;

export interface TrakOptions extends AttributionOptions {
  /** One estimate for each; they are averaged. The paper averages over models too; here there is one. */
  readonly projections: readonly Projection[];
  /**
   * `uniform` (default, as in the paper): ΦᵀΦ; `curvature`: ΦᵀRΦ with R = p_y(1 − p_y), which for logistic heads is the
   * curvature of the loss and the paper leaves out.
   */
  readonly weighting?: 'uniform' | 'curvature' | undefined;
  /**
   * Add the objective's ridge term, projected; default false, as in the paper. Needed where k is near or above the rank
   * of the rows.
   */
  readonly ridge?: boolean | undefined;
}

interface TrakEffects {
  readonly names: readonly string[];
  /**
   * n×M, undefined where it went to `visit`. **Positive = removal raises the measurement** (the paper's score with the
   * sign turned).
   */
  readonly effects: Matrix | undefined;
  /** k of each projection. */
  readonly dimensions: readonly number[];
}

/**
 * TRAK at the head: the model output is the log-odds of the true class, fᵢ = log p_y/(1 − p_y) (ridge: the prediction),
 * linear in θ near θ̂; φᵢ = Pᵀ∇fᵢ. The effect of removing row i on a measurement is −∇fᵀP(ΦᵀΦ)⁻¹φᵢ·(1 − pᵢ). As (1 −
 * pᵢ)∇fᵢ = −∇ℓᵢ, that is IF with P(ΦᵀΦ)⁻¹Pᵀ in place of H⁻¹; with the identity, `curvature` and the ridge it *is* IF
 * for logistic and ridge heads. O(n·d·K·k + n·k² + k³ + p·k·M) for each projection, O(n·d·K·M) for the effects; p·k
 * numbers.
 *
 * Source: Park et al., "TRAK: Attributing Model Behavior at Scale", ICML 2023, arXiv 2303.14186, section 3.
 * @throws InputError for a projection that does not fit; NumericalError when ΦᵀΦ is singular.
 */
export function computeTrakEffects(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  options: TrakOptions,
): TrakEffects {
  const { problem } = model;
  const { projections } = options;
  if (projections.length === 0) throw new InputError('TRAK needs at least one projection.');
  const p = problem.parameters;
  const sum = new Float64Array(measurements.length * p);
  for (const projection of projections) {
    const directions = projectedDirections(model, measurements, projection, options);
    for (let at = 0; at < sum.length; at++) sum[at] += directions[at] / projections.length;
  }
  const directions = { rows: measurements.length, columns: p, data: sum };
  return {
    names: measurements.map(({ name }) => name),
    effects: attributeAlong(model, measurements, directions, ifCoefficients(model), options),
    dimensions: projections.map((projection) => projectedDimensions(problem, projection)),
  };
}

/** P(ΦᵀRΦ + PᵀΛP)⁻¹Pᵀ∇f, M×p. */
function projectedDirections(
  { problem, linalg, logits }: FittedModel,
  measurements: readonly PreparedMeasurement[],
  projection: Projection,
  { weighting = 'uniform', ridge = false, onBlock }: TrakOptions,
): Float64Array {
  const matrix = createProjection(problem, projection);
  const p = problem.parameters;
  const m = measurements.length;
  const d = problem.features.columns;
  const columns = linalg.loadRows(matrix);
  try {
    const gram = featureGram({ problem, linalg, logits }, matrix, weighting, onBlock);
    if (ridge) {
      const penalties = Float64Array.from({ length: p }, (_, at) => problem.ridge[at % d]);
      const [projected] = linalg.inFloat64.weightedGrams(columns, [penalties], onBlock);
      for (let at = 0; at < gram.data.length; at++) gram.data[at] += projected.data[at];
    }
    const gradients = new Float64Array(p * m);
    measurements.forEach(({ gradient }, t) => {
      if (gradient !== undefined) for (let at = 0; at < p; at++) gradients[at * m + t] = gradient[at];
    });
    const right = linalg.transposeMultiply(columns, { rows: p, columns: m, data: gradients }, onBlock);
    const solved = linalg.choleskySolve(factorOf({ problem, linalg }, gram, ridge, onBlock), right, onBlock);
    return transposed(linalg.multiply(columns, solved, onBlock)).data;
  } finally {
    columns.dispose();
  }
}

/** ΦᵀRΦ, k×k, over the training rows. */
function featureGram(
  { problem, linalg, logits }: Pick<FittedModel, 'problem' | 'linalg' | 'logits'>,
  projection: Matrix,
  weighting: 'uniform' | 'curvature',
  onBlock?: OnBlock,
): Matrix {
  const { outputs, weights } = problem;
  const k = projection.columns;
  const sum = new Float64Array(k * k);
  const output = new Float64Array(outputs);
  visitDirectionProducts(
    { problem, linalg },
    transposed(projection),
    ({ firstRow, rows, products }) => {
      const features = new Float64Array(rows * k);
      const importance = new Float64Array(rows);
      for (let at = 0; at < rows; at++) {
        const row = firstRow + at;
        if (weights[row] === 0) continue;
        importance[at] = weights[row] * fillOutputGradient(problem, logits, row, output, weighting);
        for (let t = 0, from = at * k * outputs; t < k; t++) {
          let value = 0;
          for (let c = 0; c < outputs; c++, from++) value += products[from] * output[c];
          features[at * k + t] = value;
        }
      }
      const block = linalg.loadRows({ rows, columns: k, data: features });
      const [gram] = linalg.inFloat64.weightedGrams(block, [importance]);
      block.dispose();
      for (let at = 0; at < sum.length; at++) sum[at] += gram.data[at];
    },
    { perGroup: k, onBlock },
  );
  return { rows: k, columns: k, data: sum };
}

/** ∂fᵢ/∂z (K) of the log-odds fᵢ of the true class into `out`: −rᵢ/(1 − p_y). Returns the row's weight in ΦᵀRΦ. */
function fillOutputGradient(
  problem: HeadProblem,
  logits: Float64Array,
  row: number,
  out: Float64Array,
  weighting: 'uniform' | 'curvature',
): number {
  const label = problem.labels[row];
  if (problem.kind === 'ridge') {
    out[0] = 1;
    return 1;
  }
  if (problem.kind === 'logistic') {
    out[0] = label === 1 ? 1 : -1;
    return weighting === 'uniform' ? 1 : logisticCurvature(logits[row]);
  }
  fillResidual(problem, logits, row, label, out, 0);
  const rest = -out[label];
  // A row whose other classes all have probability 0 in floating point has no gradient left.
  for (let c = 0; c < out.length; c++) out[c] = rest > 0 ? -out[c] / rest : 0;
  return weighting === 'uniform' ? 1 : rest * (1 - rest);
}

/**
 * A factor of the projected Gram matrix that says something: rounding alone can make a singular matrix look positive
 * definite.
 */
function factorOf(
  { problem, linalg }: Pick<FittedModel, 'problem' | 'linalg'>,
  gram: Matrix,
  ridge: boolean,
  onBlock?: OnBlock,
): CholeskyFactor {
  const refuse = (conditionEstimate: number, cause?: unknown): NumericalError =>
    new NumericalError(
      `The projected gradients of the training rows do not span ${gram.columns} dimensions, so TRAK has no answer. ` +
        (ridge ? 'Choose fewer dimensions.' : 'Choose fewer dimensions, or add the ridge term.'),
      { details: { dimensions: gram.columns, l2: problem.l2, conditionEstimate }, cause },
    );
  let factor: CholeskyFactor;
  try {
    factor = linalg.cholesky(gram, onBlock);
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    throw refuse(Number.POSITIVE_INFINITY, error);
  }
  const condition = estimateCondition(gram, factor, linalg);
  if (!(condition < largestCondition)) throw refuse(condition);
  return factor;
}
