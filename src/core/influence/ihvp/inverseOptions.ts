import type { OnBlock } from '../../linalg/linearAlgebra';

/** Settings of the ways to compute H⁻¹v; each says which of them it reads. */
export interface InverseOptions {
  /** Added to H for the solve only (never part of the objective). Default 0. */
  readonly damping?: number;
  /** Vectors of `arnoldi`, columns of `nystroem`, eigenvalues of `lowRank`. Default 100, at most p. */
  readonly rank?: number;
  /** Terms of the series of `lissa`; default 200. */
  readonly steps?: number;
  /** Rows of `lissa`'s mini-batches; default all rows: the series is then deterministic. */
  readonly batchRows?: number;
  /** Relative residual that `cg` reaches. */
  readonly tolerance?: number;
  /** Of everything random. Default 1. */
  readonly seed?: number;
  readonly onBlock?: OnBlock | undefined;
}

export const defaultRank = 100;
export const defaultSteps = 200;

/** ", damping 0.01" or nothing. */
export function dampingText(damping: number): string {
  return damping === 0 ? '' : `, damping ${Number(damping.toPrecision(3))}`;
}
