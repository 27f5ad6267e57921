import type { FeatureRows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';

export type BackendName = 'native' | 'wasm' | 'float64';

/** Called after each block of rows: the place to report progress and to throw CancelledError. */
export type OnBlock = (rowsDone: number, rowsTotal: number) => void;

/**
 * A data matrix X (n×d) as a backend holds it: in row blocks of fixed size, so that sums do not depend on threads.
 * Free it with `dispose()`.
 */
export interface RowBlocks {
  readonly rows: number;
  readonly columns: number;
  /**
   * Rows [from, from + count) by themselves, without a copy. They live as long as the whole; disposing of them does
   * nothing.
   */
  range(from: number, count: number): RowBlocks;
  dispose(): void;
}

/**
 * Fills V (count×k) from Z = X_block·B (count×m) of rows [from, from + count). Both are row-major; Z may be
 * overwritten. V comes filled with zeros.
 */
export type MapProducts = (z: Float64Array, v: Float64Array, from: number, count: number) => void;

/** Where the rows of a softmax head stand: what changes are measured from. */
export interface SoftmaxPoint {
  readonly classes: number;
  /** n×C: p of each row, rounded. */
  readonly probabilities: Float32Array;
  /** n class numbers, read where the weight is not 0. */
  readonly labels: ArrayLike<number>;
  /** n weights ≥ 0. */
  readonly weights: Float64Array;
}

/** Lower-triangular L with A = L·Lᵀ (p×p, float64, upper triangle zero). */
export interface CholeskyFactor {
  readonly size: number;
  readonly lower: Matrix;
}

/** A = Σₖ valuesₖ·qₖqₖᵀ. */
export interface SymmetricEigen {
  /** m eigenvalues, ascending. */
  readonly values: Float64Array;
  /** m×m, row-major: row k is qₖ, of length 1. */
  readonly vectors: Matrix;
}

/**
 * The port through which core does its large products. Everything is synchronous: the engine runs core in a worker
 * thread. All arguments and results are float64; `precision` says what the *reducing* operations compute in.
 *
 * Operations marked *exact* are float64 on every backend. Those marked *fast* may be computed in single precision on a
 * backend whose `precision` is 'float32' (per-block single precision, blocks summed in double): relative error of an
 * entry at most about 1e-6 of √(the product of the two diagonal entries).
 */
export interface LinearAlgebra {
  readonly name: BackendName;
  readonly precision: 'float64' | 'float32';
  /** For people: "TensorFlow 2.21.0 native, float64, 2 threads". */
  readonly description: string;

  /**
   * The same backend with its *fast* operations in float64; itself where `precision` is 'float64'. Row blocks serve
   * both.
   */
  readonly inFloat64: LinearAlgebra;

  /** Hands X (n×d) to the backend, which reads it in blocks. X must not change until `dispose()`. */
  loadRows(x: FeatureRows): RowBlocks;

  /** *Fast.* For each weight vector w (n): Xᵀ diag(w) X, d×d, symmetric. O(n·d²) each. */
  weightedGrams(x: RowBlocks, weights: readonly Float64Array[], onBlock?: OnBlock): Matrix[];

  /** *Fast.* For each d×d matrix B: the n numbers xᵢᵀ B xᵢ. O(n·d²) each. */
  quadraticForms(x: RowBlocks, matrices: readonly Matrix[], onBlock?: OnBlock): Float64Array[];

  /**
   * *Fast.* For each row xᵢᵀA⁻¹xᵢ = ‖L⁻¹xᵢ‖² from the factor of A (d×d), n numbers: half of what {@link quadraticForms}
   * takes, without forming A⁻¹, and a sum of squares, so that nothing cancels. What is made of the factor is kept for
   * further calls. O(n·d²/2 + d³/6).
   */
  inverseForms(x: RowBlocks, factor: CholeskyFactor, onBlock?: OnBlock): Float64Array;

  /** *Exact.* X·B, n×m for B d×m. O(n·d·m). */
  multiply(x: RowBlocks, b: Matrix, onBlock?: OnBlock): Matrix;

  /** *Fast.* X·B, n×m for B d×m. O(n·d·m). */
  multiplyFast(x: RowBlocks, b: Matrix, onBlock?: OnBlock): Matrix;

  /**
   * *Fast.* S·B, n×m for B d×m, and Sᵀ·V, d×m for V n×m, with S = (X·T)∘(X·T) for T d×d; optional, for a backend that
   * does without handing S over or keeps it from one call with the same T (the object) to the next. O(n·d·(d + m)).
   */
  multiplySquares?(x: RowBlocks, t: Matrix, b: Matrix, onBlock?: OnBlock): Matrix;
  transposeMultiplySquares?(x: RowBlocks, t: Matrix, v: Matrix, onBlock?: OnBlock): Matrix;

  /** *Exact.* Xᵀ·V, d×m for V n×m. O(n·d·m). */
  transposeMultiply(x: RowBlocks, v: Matrix, onBlock?: OnBlock): Matrix;

  /** *Fast.* Xᵀ·V, d×m for V n×m. O(n·d·m). */
  transposeMultiplyFast(x: RowBlocks, v: Matrix, onBlock?: OnBlock): Matrix;

  /**
   * *Exact.* Σ over row blocks of X_blockᵀ·V_block, d×k, where `map` makes V_block from X_block·B (B d×m): gradients
   * and Hessian products in one pass over rows that may be on disk, without anything of size n. O(n·d·(m + k)).
   */
  multiplyThrough(x: RowBlocks, b: Matrix, k: number, map: MapProducts, onBlock?: OnBlock): Matrix;

  /**
   * *Fast.* The same where three digits of the products are enough: what `map` is given and what it fills may pass
   * through single precision.
   */
  multiplyThroughFast(x: RowBlocks, b: Matrix, k: number, map: MapProducts, onBlock?: OnBlock): Matrix;

  /**
   * *Fast*, and optional, like the two below; in single precision always, so to be asked for only where `precision` is
   * 'float32'. What changes when the logits of a softmax head change by Δᵢ = S·xᵢ (S: C×d): Σ wᵢ(ℓᵢ − ℓ₀ᵢ) of the
   * losses and Σ wᵢ(pᵢ − p₀ᵢ)xᵢᵀ, C×d. In single precision relative to the change: its error is some 1e-6 of it,
   * however small it is. O(n·d·C).
   */
  softmaxChange?(
    x: RowBlocks,
    point: SoftmaxPoint,
    step: Matrix,
    onBlock?: OnBlock,
  ): { readonly loss: number; readonly gradient: Matrix };

  /** Σᵢ wᵢ(diag(pᵢ) − pᵢpᵢᵀ)Vₜxᵢxᵢᵀ for m matrices Vₜ (C×d each) one below the other: mC×d. O(n·d·C·m). */
  softmaxCurvature?(x: RowBlocks, point: SoftmaxPoint, vectors: Matrix, onBlock?: OnBlock): Matrix;

  /** The inner product of each Vₜ with what `softmaxCurvature` makes of it, m numbers, in half the time. */
  softmaxForms?(x: RowBlocks, point: SoftmaxPoint, vectors: Matrix, onBlock?: OnBlock): Float64Array;

  /**
   * *Exact.* A (p×p, symmetric positive definite; the lower triangle is read) = L·Lᵀ. O(p³/3).
   * A backend that works through it in steps calls `onBlock` between them.
   * @throws NumericalError when a pivot is not positive.
   */
  cholesky(a: Matrix, onBlock?: OnBlock): CholeskyFactor;

  /** *Exact.* A⁻¹·B for B p×m. O(p²·m). */
  choleskySolve(factor: CholeskyFactor, b: Matrix, onBlock?: OnBlock): Matrix;

  /**
   * *Exact.* A⁻¹, symmetric; optional, for a backend that has a cheaper way than solving for the identity. O(2p³/3).
   */
  choleskyInverse?(factor: CholeskyFactor, onBlock?: OnBlock): Matrix;

  /**
   * *Exact.* Eigenvalues and eigenvectors of a symmetric matrix (the lower triangle is read); optional, see
   * `symmetricEigenOf`. One call of a native library: about 1 s at order 1,000, cancelled only at its end.
   */
  symmetricEigen?(a: Matrix, onBlock?: OnBlock): SymmetricEigen;

  /**
   * *Fast.* The same, in half the time: values off by some 1e-5 of the largest, vectors as far from orthogonal and of
   * length 1.
   */
  symmetricEigenFast?(a: Matrix, onBlock?: OnBlock): SymmetricEigen;
}
