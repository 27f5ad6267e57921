import { relativeDistances } from '../base/matrix';
import { createRandom } from '../base/random';
import { choleskySolveRows } from '../linalg/choleskySolveRows';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { multiplyHessianMany } from '../models/curvature/headHessian';
import type { HessianFactor } from '../models/curvature/hessianFactor';
import { factorizeHessian, factorizeSingle } from '../models/curvature/hessianFactor';
import { drawOffGauge } from '../models/gauge';
import type { HeadProblem } from '../models/headProblem';

/**
 * The one place that decides how exact H and what follows from it must be (docs/mathematics.md, "Precision").
 *
 * A backend may compute H, leverages and effects in single precision. What that costs is *measured*: H⁻¹ by the factor
 * at hand, applied to H·v computed in float64 through X, should give back v. The relative difference e is the error of
 * an unrefined solution of H (about 5e-9·cond(H) where features are centred; 3e-8·cond(H) is what to expect at worst).
 * Effects of a row on many targets are off by about 2e, leverages by less than e, and RIF by the error of its leverage
 * times 1/(1 − h).
 */

/** Up to here H is as good as float64: the backend computed it so because the problem is small. */
const exactError = 1e-11;
/** Up to here many solutions at once may stay unrefined: RIF effects are then within 1e-5. */
const largestUnrefinedError = 2e-6;
/**
 * Up to here solutions are refined with float64 residuals through X; beyond, leverages would be off by more than 1e-5
 * as well.
 */
const largestRefinedError = 3e-5;
/** What the error of leverages may add to RIF: e·(1/(1 − h) − 1). */
const largestRescalingError = 1e-5;
/** So many solutions are always refined: a pass over the rows for few columns costs next to nothing, … */
const fewSolutions = 16;
/** … and so many as a pass of this many multiply-adds takes: some 15 ms natively. */
const smallPass = 1e8;

/** Right-hand sides that the error is measured on: it varies by less than half between random ones. */
const probes = 2;

/** How exact a model's H is, and what is done about it. */
export interface ModelPrecision {
  /** Measured relative error of unrefined solutions of H; 0 where H was computed in float64. */
  readonly solveError: number;
  /** Up to so many solutions at once are refined by float64 residuals through X; 0 where H is float64. */
  readonly refinedSolutions: number;
  /** Single precision was tried and was not enough. */
  readonly fellBack: boolean;
  /** For people. */
  readonly description: string;
}

/** The precision of a model whose H was computed in float64. */
export const doublePrecision: ModelPrecision = {
  solveError: 0,
  refinedSolutions: 0,
  fellBack: false,
  description: 'float64 throughout',
};

/**
 * What to do about a measured error of solutions where a pass over the rows takes n·d·K multiply-adds a solution.
 * `undefined`: single precision is not enough.
 */
export function precisionFor(solveError: number, passWork: number): ModelPrecision | undefined {
  if (solveError <= exactError) return doublePrecision;
  const error = `error of the Hessian's solutions ${solveError.toExponential(1)}, measured`;
  if (solveError <= largestUnrefinedError) {
    const description = `large products in float32 (${error})`;
    const refinedSolutions = Math.max(fewSolutions, Math.floor(smallPass / passWork));
    return { solveError, refinedSolutions, fellBack: false, description };
  }
  if (solveError <= largestRefinedError) {
    return {
      solveError,
      refinedSolutions: Number.POSITIVE_INFINITY,
      fellBack: false,
      description: `large products in float32, solutions refined in float64 (${error} before)`,
    };
  }
  return undefined;
}

/**
 * Whether rows with this amplification (1/(1 − h); softmax: ‖sᵢ‖/‖rᵢ‖) leave RIF exact enough: its leverages are not
 * refined.
 */
export function isPrecisionEnough({ solveError }: ModelPrecision, largestAmplification: number): boolean {
  return solveError === 0 || solveError * (largestAmplification - 1) <= largestRescalingError;
}

/** H at θ̂ as exact as it must be, and the backend to go on with. */
interface PreciseHessian {
  readonly exact: HessianFactor;
  /** The backend given, or its float64 mode: `linalg.precision` says what the model is computed in. */
  readonly linalg: LinearAlgebra;
  readonly precision: ModelPrecision;
}

/**
 * H and its factor in single precision where the backend has it and that is exact enough, else in float64. One Hessian,
 * one factorisation and one pass for the measurement; twice the first two where float64 turns out to be needed.
 * @throws NumericalError when H cannot be factorised in float64.
 */
export function factorizePrecisely(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): PreciseHessian {
  if (linalg.precision === 'float64') {
    return { exact: factorizeHessian(problem, logits, linalg, onBlock), linalg, precision: doublePrecision };
  }
  const inFloat64 = linalg.inFloat64;
  let solveError = Number.POSITIVE_INFINITY;
  const single = factorizeSingle(problem, logits, linalg, onBlock);
  if (single !== undefined) {
    solveError = measureSolveError(problem, logits, single.factor, linalg, onBlock);
    const precision = precisionFor(solveError, problem.rows.rows * problem.parameters);
    if (precision === doublePrecision) return { exact: single, linalg: inFloat64, precision };
    if (precision !== undefined) return { exact: single, linalg, precision };
  }
  return {
    exact: factorizeHessian(problem, logits, inFloat64, onBlock),
    linalg: inFloat64,
    precision: {
      ...doublePrecision,
      fellBack: true,
      description: Number.isFinite(solveError)
        ? `float64 throughout: in float32 the Hessian's solutions were off by ${solveError.toExponential(1)}`
        : 'float64 throughout: the Hessian is too ill-conditioned for float32',
    },
  };
}

/**
 * max ‖H̃⁻¹(Hv) − v‖/‖v‖ over a few random v off the gauge, as everything that is solved for is, with H through X in
 * float64. Infinity where the factor gives no numbers. O(n·d·K + p²).
 */
export function measureSolveError(
  problem: HeadProblem,
  logits: Float64Array,
  factor: CholeskyFactor,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): number {
  const v = drawOffGauge(probes, problem.outputs, problem.features.columns, createRandom(11));
  const product = multiplyHessianMany(problem, logits, v, linalg, onBlock);
  const back = choleskySolveRows(factor, product, linalg, onBlock);
  let worst = 0;
  for (const error of relativeDistances(back, v)) {
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
