import type { AuditStage } from '../../core/job/jobContext';
import type { BackendName } from '../../core/linalg/linearAlgebra';

/**
 * What a backend does in a second, on two cores of 2026 with nothing else to do. Plans compare them: ratios matter
 * most.
 */
interface BackendRates {
  /**
   * Multiply-adds of Gram matrices and quadratic forms, all d² of a row counted: single precision natively and in wasm.
   */
  readonly gram: number;
  /** Multiply-adds of products that stay exact (float64). */
  readonly exact: number;
  /** Multiply-adds of Cholesky factors, inverses and solves, in float64. */
  readonly factor: number;
  /** Numbers of X that a pass reads, converts and hands over: bound by memory, or by the disk's cache. */
  readonly pass: number;
  /** Bytes the backend's own code and buffers take, with Node's, before there are any data. */
  readonly baseBytes: number;
  /** Blocks of X that the backend keeps from pass to pass, at most. */
  readonly residentBytes: number;
}

/**
 * - native: libtensorflow at 100–112 GFLOP/s in float32, half of each symmetric product left out, and 29 in float64;
 *   500,000 × 768 numbers are passed through in 0.4 s for one vector from the cache of the disk, and in twice that for
 *   several. The library itself takes 340 MiB.
 * - wasm: 17 GFLOP/s in float32; what is exact is done by the plain backend.
 * - float64: plain TypeScript, 3 GFLOP/s whatever is multiplied.
 */
export const backendRates: Readonly<Record<BackendName, BackendRates>> = {
  native: { gram: 7e10, exact: 1.2e10, factor: 6e9, pass: 5e8, baseBytes: 450e6, residentBytes: 768 * 2 ** 20 },
  wasm: { gram: 7e9, exact: 1.5e9, factor: 1.5e9, pass: 5e8, baseBytes: 250e6, residentBytes: 0 },
  float64: { gram: 1.5e9, exact: 1.5e9, factor: 1.5e9, pass: 1e9, baseBytes: 150e6, residentBytes: 0 },
};

/**
 * Multiply-adds of a product from which a backend computes in single precision; smaller ones go at the rate of exact
 * products.
 */
export const singlePrecisionWork = 5e8;

/** What does not depend on the backend: loops in plain TypeScript, reading cells, DuckDB. */
export const commonRates = {
  /** Cells read from the project, parsed and encoded, in two passes. */
  cells: 1.6e6,
  /** Bytes of features written and forced to disk. */
  diskBytes: 3e8,
  /** Rows × outputs whose losses, residuals and curvatures a pass computes. */
  rowMath: 6e6,
  /** Steps of the K×K systems of rows (K³ each). */
  rowAlgebra: 1e9,
  /**
   * Rows × classes that the ranking settles: expert weights, transitions, noise and calibration, some 60 steps over
   * all.
   */
  ranked: 8e5,
  /** Values that trees look at. */
  treeSteps: 1e8,
  /** Rows of scores put into the project. */
  savedRows: 1.2e5,
} as const;

/** How often the steps of an audit go over the data, counted in audits of two to ten classes. */
export const auditCounts = {
  /** λ from the grid: 8 to 11 points with 12 to 16 Hessians in all, some steps, and leverages at each. */
  lambda: { hessians: 14, forms: 9, passes: 40 },
  /** The same by estimated losses: 7 points on all rows or a sample, which is compared on all rows at 4. */
  lambdaByEstimates: { points: 7, compared: 4, passes: 15 },
  /**
   * From 0 to a relative gradient of 1e-8: few rows by Hessians of them all, many by those of a sample and more passes.
   */
  fit: { hessians: 1.5, passes: 12 },
  /**
   * The same of several classes where one Hessian costs more than all passes: some 45 of them, most at less than half
   * the price.
   */
  fitByGradients: { hessians: 0, passes: 20 },
  /** From where the search for λ ended. */
  fitAfterSearch: { hessians: 0.3, passes: 3 },
  /** H at the optimum, leverages and logits. */
  influence: { hessians: 1, forms: 1, passes: 2 },
  /** Effects on the validation loss, once labels are judged. */
  effects: { hessians: 0, passes: 3 },
  /**
   * Passes in place of a Newton step where H is too large to form: a fit by gradients alone takes some 20 in all, most
   * at less than half the price.
   */
  passesPerNewtonStep: 3,
} as const;

/** What a stage takes of the smallest data, seconds: code that runs for the first time, threads, files. */
export const startSeconds: Readonly<Record<AuditStage, number>> = {
  features: 0.1,
  lambda: 0.2,
  fit: 0.02,
  influence: 0.05,
  neighbours: 0.2,
  ranking: 0.5,
  saving: 0.15,
};
