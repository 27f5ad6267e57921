import type { Matrix } from '../../base/matrix';
import type { CholeskyFactor, LinearAlgebra, OnBlock, RowBlocks } from '../../linalg/linearAlgebra';
import type { HeadProblem } from '../../models/headProblem';

/** Bytes of quadratic forms held at a time. */
const formBytes = 64 * 2 ** 20;

/**
 * How far the leverage of estimated forms is off, on a sample of rows: relative errors of forms against conjugate
 * gradients.
 */
export interface LeverageError {
  /** Rows compared. */
  readonly rows: number;
  readonly median: number;
  readonly worst: number;
  /** The median of the forms as they come from the factors, without the correction for the row itself. */
  readonly uncalibratedMedian: number;
  /** Largest error of the conjugate gradients compared with. */
  readonly referenceError: number;
}

/**
 * wᵢGᵢ, Gᵢ = (I⊗xᵢ)ᵀH⁻¹(I⊗xᵢ) ∈ ℝ^{K×K}, of rows of weight wᵢ: what rescaling needs (docs/mathematics.md, "Removing
 * rows"). Exact by blocks of the inverse, or an estimate for heads too large to invert.
 */
export interface LeverageForms {
  /** `exact`: from H⁻¹ itself; `ekfac`: from its Kronecker-factored estimate. */
  readonly method: 'exact' | 'ekfac';
  /** For people: how the forms are made, and for estimates how large their error is on a sample. */
  readonly description: string;
  /** How far estimates are off, where it was measured. */
  readonly error?: LeverageError;
  /**
   * K(K+1)/2 arrays of one number a row: wᵢGᵢ[a][b], b ≤ a, in the order (0,0), (1,0), (1,1), … Holds all of them: for
   * few rows. `weights` are those of `rows`, in their order.
   */
  compute(rows: RowBlocks, weights: Float64Array, onBlock?: OnBlock): readonly Float64Array[];
  /**
   * The same of (H − wᵢHᵢ)⁻¹ instead of H⁻¹, where those are what is estimated: leave-one-out logits then need no
   * system to be solved.
   */
  computeLeftOut?(rows: RowBlocks, weights: Float64Array, onBlock?: OnBlock): readonly Float64Array[];
}

/** Multiplies forms by the weights of their rows, in place. O(n·K²/2). */
export function weighForms(forms: readonly Float64Array[], weights: Float64Array): readonly Float64Array[] {
  if (!weights.every((weight) => weight === 1)) for (const form of forms) weighForm(form, weights);
  return forms;
}

function weighForm(form: Float64Array, weights: Float64Array): void {
  for (let i = 0; i < form.length; i++) form[i] *= weights[i];
}

/** The K(K+1)/2 distinct d×d blocks (a, b), b ≤ a, of a p×p matrix, in the order (0,0), (1,0), (1,1), … */
function lowerBlocks(matrix: Matrix, outputs: number, d: number): Matrix[] {
  const blocks: Matrix[] = [];
  for (let a = 0; a < outputs; a++) {
    for (let b = 0; b <= a; b++) {
      const data = new Float64Array(d * d);
      for (let j = 0; j < d; j++) {
        const from = (a * d + j) * matrix.columns + b * d;
        data.set(matrix.data.subarray(from, from + d), j * d);
      }
      blocks.push({ rows: d, columns: d, data });
    }
  }
  return blocks;
}

/** Forms by the blocks of H⁻¹ (p×p). O(d²K²/2) a row. */
export function createExactForms(inverse: Matrix, outputs: number, linalg: LinearAlgebra): LeverageForms {
  const blocks = lowerBlocks(inverse, outputs, inverse.rows / outputs);
  return {
    method: 'exact',
    description: `exact, from the inverse of order ${inverse.rows}`,
    compute: (rows, weights, onBlock) => weighForms(linalg.quadraticForms(rows, blocks, onBlock), weights),
  };
}

/** Forms from the factor of H. O(d²K²/2) a row; with one output neither H⁻¹ nor its memory is needed. */
export function createFactorForms(
  factor: CholeskyFactor,
  outputs: number,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): LeverageForms {
  if (outputs > 1) return createExactForms(invertHessian(factor, linalg, onBlock), outputs, linalg);
  return {
    method: 'exact',
    description: `exact, from the Cholesky factor of order ${factor.size}`,
    compute: (rows, weights, report) => weighForms([linalg.inverseForms(rows, factor, report)], weights),
  };
}

/** Rows [firstRow, firstRow + count) and their wᵢGᵢ[a][b], read at row − firstRow. */
type VisitForms = (firstRow: number, count: number, forms: readonly Float64Array[]) => void;

/**
 * Goes through all rows in blocks small enough that n×K×K numbers are never held at once. `leftOut`: visits the forms
 * of (H − wᵢHᵢ)⁻¹, where there are any, for `RowSolver.solveLeftOut`.
 */
export function visitLeverageForms(
  { rows, weights, outputs }: Pick<HeadProblem, 'rows' | 'weights' | 'outputs'>,
  forms: LeverageForms,
  visit: VisitForms,
  onBlock?: OnBlock,
  leftOut = false,
): void {
  const compute = (leftOut ? forms.computeLeftOut : undefined) ?? forms.compute;
  const n = rows.rows;
  const rowsAtOnce = Math.max(1024, Math.floor(formBytes / (4 * outputs * (outputs + 1))));
  for (let first = 0; first < n; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, n - first);
    const part = first === 0 && count === n ? rows : rows.range(first, count);
    const own = weights.subarray(first, first + count);
    visit(first, count, compute(part, own, onBlock && ((done) => onBlock(first + done, n))));
  }
}

/** H⁻¹ from the factor, by the backend's own way where it has one. O(2p³/3) to O(2p³). */
export function invertHessian(
  factor: Parameters<LinearAlgebra['choleskySolve']>[0],
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  if (linalg.choleskyInverse !== undefined) return linalg.choleskyInverse(factor, onBlock);
  const p = factor.size;
  const identity = new Float64Array(p * p);
  for (let i = 0; i < p; i++) identity[i * p + i] = 1;
  return linalg.choleskySolve(factor, { rows: p, columns: p, data: identity }, onBlock);
}
