import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';

/**
 * Ways to compute H⁻¹v (docs/mathematics.md, "Inverse-Hessian products"). `cholesky` is exact; `cg` is exact up to a
 * stated residual; the others approximate H or its inverse.
 */
export const ihvpMethods = [
  'cholesky',
  'cg',
  'lissa',
  'arnoldi',
  'kfac',
  'ekfac',
  'nystroem',
  'lowRank',
  'datainf',
  'diagonal',
  'identity',
] as const;
export type IhvpMethod = (typeof ihvpMethods)[number];

/** H⁻¹B, or an estimate of it, for m right-hand sides. */
export interface IhvpSolution {
  /** m×p: row t belongs to row t of the right-hand sides. */
  readonly vectors: Matrix;
  /** m: ‖Hx − b‖₂/‖b‖₂ of each, in float64 through X; NaN where b is 0. Undefined where it was not asked for. */
  readonly residuals: Float64Array | undefined;
}

export interface SolveOptions {
  /**
   * Measure the residuals of methods that do not know them: one product with H for all right-hand sides. Default true,
   * `cholesky` false.
   */
  readonly residuals?: boolean;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * One way to apply H⁻¹ at θ̂, prepared once. Right-hand sides must not have a component along the softmax head's gauge
 * (a shift common to all classes); gradients have none.
 */
export interface InverseHessian {
  readonly method: IhvpMethod;
  /**
   * Rows that went into it and the like, for people: "Cholesky of order 512", "conjugate gradients, EKFAC
   * preconditioner".
   */
  readonly description: string;
  readonly parameters: number;
  /** Estimates of H⁻¹B for B m×p (one right-hand side a row). */
  solve(b: Matrix, options?: SolveOptions): IhvpSolution;
}

/** H⁻¹v for one vector. */
export function solveOne(inverse: InverseHessian, v: Float64Array, onBlock?: OnBlock): Float64Array {
  const b: Matrix = { rows: 1, columns: v.length, data: v };
  return inverse.solve(b, { residuals: false, onBlock }).vectors.data;
}
