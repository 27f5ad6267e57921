import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HeadProblem } from '../models/headProblem';

/** Bytes of quadratic forms held at a time. */
const formBytes = 64 * 2 ** 20;

/** The K(K+1)/2 distinct d×d blocks (a, b), b ≤ a, of a p×p matrix, in the order (0,0), (1,0), (1,1), … */
export function lowerBlocks(matrix: Matrix, outputs: number, d: number): Matrix[] {
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

/** Rows [firstRow, firstRow + count) and their Gᵢ[a][b] = xᵢᵀ(H⁻¹)_{ab}xᵢ, read at row − firstRow. */
export type VisitForms = (firstRow: number, count: number, forms: readonly Float64Array[]) => void;

/**
 * Goes through all rows in blocks small enough that n×K×K numbers are never held at once. O(n·d²·K²/2).
 */
export function visitLeverageForms(
  problem: HeadProblem,
  inverse: Matrix,
  linalg: LinearAlgebra,
  visit: VisitForms,
  onBlock?: OnBlock,
): void {
  const { outputs, features } = problem;
  const n = features.rows;
  const d = features.columns;
  const blocks = lowerBlocks(inverse, outputs, d);
  const rowsAtOnce = Math.max(1024, Math.floor(formBytes / (8 * blocks.length)));
  if (n <= rowsAtOnce) {
    visit(0, n, linalg.quadraticForms(problem.rows, blocks, onBlock));
    return;
  }
  for (let first = 0; first < n; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, n - first);
    const part = linalg.loadRows({
      rows: count,
      columns: d,
      data: features.data.subarray(first * d, (first + count) * d),
    });
    try {
      visit(first, count, linalg.quadraticForms(part, blocks, onBlock && ((done) => onBlock(first + done, n))));
    } finally {
      part.dispose();
    }
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
