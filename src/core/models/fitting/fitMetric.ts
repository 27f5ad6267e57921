import type { Matrix } from '../../base/matrix';

/** An approximation B⁻¹ of H⁻¹ for steps: symmetric and positive definite, near H's in shape; its size is found out. */
export interface FitMetric {
  /** B⁻¹v for each row v of an m×p matrix. */
  solve(vectors: Matrix): Matrix;
}
