import { formatRoughPercent } from '../../base/format';
import type { Matrix } from '../../base/matrix';
import { transposed } from '../../linalg/denseKernels';
import type { LinearAlgebra, OnBlock, RowBlocks } from '../../linalg/linearAlgebra';
import { factorInPlace, forwardSolve } from '../../linalg/smallCholesky';
import { CurvatureRoot } from '../../models/curvature/curvatureRoot';
import { parametersAsColumns } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import type { KroneckerFactors } from '../ihvp/kroneckerFactors';
import { blockHeight, multiplySquares, rangeOf } from '../ihvp/kroneckerFactors';
import type { LeverageError, LeverageForms } from './leverageForms';
import { weighForms } from './leverageForms';

/**
 * qᵢⱼ = xᵢᵀT·diag(1/curvatureⱼ)·Tᵀxᵢ of count rows, count×J: what xᵢ's forms Σⱼ qᵢⱼ vⱼvⱼᵀ are made of. O(count·(d² +
 * d·J)), fast.
 */
export function kroneckerQuadratics(linalg: LinearAlgebra, factors: KroneckerFactors, rows: RowBlocks): Matrix {
  const { basis, curvatures } = factors;
  const J = curvatures.rows;
  const d = curvatures.columns;
  const inverse = new Float64Array(d * J);
  for (let j = 0; j < J; j++) for (let k = 0; k < d; k++) inverse[k * J + j] = 1 / curvatures.data[j * d + k];
  return multiplySquares(rows, basis.features, { rows: d, columns: J, data: inverse }, linalg);
}

/** What is measured of estimated forms on a sample of rows (calibrateForms.ts). */
export interface FormCalibration {
  /**
   * Wᵢ = scale·Σⱼ qᵢⱼvⱼvⱼᵀ stands for the forms of (H − wᵢHᵢ)⁻¹; undefined where the factors are H itself: then scale
   * is 1 and they are Gᵢ.
   */
  readonly scale: number | undefined;
  readonly error: LeverageError | undefined;
}

/**
 * Estimates of Gᵢ from Kronecker factors of H. O(d² + d·J + J·K²/2 + K³) a row instead of d²K²/2.
 *
 * The factors know a row only as one of many: what they give for row i is close to a multiple of the forms Wᵢ of (H −
 * wᵢHᵢ)⁻¹, the Hessian without it, and Gᵢ = Wᵢ(I + wᵢAᵢWᵢ)⁻¹ follows by Woodbury. Measured on heads of 600 to 1,300
 * parameters: half to a quarter of the error of taking them for Gᵢ itself, and no leverage along any direction reaches
 * 1, whatever the estimate. `theta` serves for the logits of rows, which Aᵢ is made of.
 */
export function createKroneckerForms(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  factors: KroneckerFactors,
  { scale, error }: FormCalibration,
): LeverageForms {
  const { outputs: K } = problem;
  const d = problem.features.columns;
  const J = factors.basis.outputs.rows;
  const pairs = (K * (K + 1)) / 2;
  const columns = parametersAsColumns(theta, d);
  // Row (a, b), b ≤ a: scale·v_ja·v_jb for all j.
  const v = factors.basis.outputs.data;
  const spread = new Float64Array(pairs * J);
  for (let a = 0, at = 0; a < K; a++) {
    for (let b = 0; b <= a; b++) {
      for (let j = 0; j < J; j++) spread[at++] = (scale ?? 1) * v[j * K + a] * v[j * K + b];
    }
  }
  const height = Math.min(blockHeight(d), blockHeight(pairs));
  const compute = (
    rows: RowBlocks,
    weights: Float64Array,
    close: boolean,
    onBlock?: OnBlock,
  ): readonly Float64Array[] => {
    const n = rows.rows;
    const forms = Array.from({ length: pairs }, () => new Float64Array(n));
    const blocks = linalg.loadRows({ rows: pairs, columns: J, data: spread });
    try {
      for (let from = 0; from < n; from += height) {
        const count = Math.min(height, n - from);
        const part = rangeOf(rows, from, count);
        const quadratics = transposed(kroneckerQuadratics(linalg, factors, part));
        const values = linalg.multiplyFast(blocks, quadratics).data;
        const own = forms.map((_, k) => values.subarray(k * count, (k + 1) * count));
        weighForms(own, weights.subarray(from, from + count));
        if (close) closeForms(values, linalg.multiply(part, columns).data, K);
        forms.forEach((form, k) => form.set(own[k], from));
        onBlock?.(from + count, n);
      }
    } finally {
      blocks.dispose();
    }
    return forms;
  };
  return {
    method: 'ekfac',
    description: describeForms(factors, error),
    ...(error === undefined ? {} : { error }),
    compute: (rows, weights, onBlock) => compute(rows, weights, scale !== undefined, onBlock),
    ...(scale === undefined
      ? {}
      : {
          computeLeftOut: (rows: RowBlocks, weights: Float64Array, onBlock?: OnBlock) =>
            compute(rows, weights, false, onBlock),
        }),
  };
}

/**
 * W ← W(I + AW)⁻¹ = W − WF(I + FᵀWF)⁻¹FᵀW, W times the row's weight, for the columns of a K(K+1)/2×count matrix, A =
 * FFᵀ from count×K logits.
 */
function closeForms(values: Float64Array, logits: Float64Array, K: number): void {
  const count = logits.length / K;
  const root = new CurvatureRoot(K);
  const w = new Float64Array(K * K);
  const inner = new Float64Array(K * K);
  const half = new Float64Array(K * K);
  for (let i = 0; i < count; i++) {
    for (let a = 0, at = i; a < K; a++) {
      for (let b = 0; b <= a; b++, at += count) w[a * K + b] = w[b * K + a] = values[at];
    }
    root.load(logits, i * K);
    // Row b of `half`: column b of WF, that is Fᵀ applied to the rows of W, turned.
    for (let a = 0; a < K; a++) {
      root.applyTransposed(w, a * K);
      for (let b = 0; b < K; b++) half[b * K + a] = w[a * K + b];
    }
    inner.set(half);
    for (let b = 0; b < K; b++) {
      root.applyTransposed(inner, b * K);
      inner[b * K + b] += 1;
    }
    factorInPlace(inner, K);
    forwardSolve(inner, half, K, K);
    for (let a = 0, at = i; a < K; a++) {
      for (let b = 0; b <= a; b++, at += count) {
        let sum = 0;
        for (let c = 0; c < K; c++) sum += half[c * K + a] * half[c * K + b];
        values[at] -= sum;
      }
    }
  }
}

function describeForms({ curvatures }: KroneckerFactors, error: LeverageError | undefined): string {
  const made = `estimated by Kronecker factors of order ${curvatures.rows} and ${curvatures.columns} with corrected eigenvalues`;
  if (error === undefined) return `${made}; error not measured`;
  return (
    `${made}; on ${error.rows} rows compared with conjugate gradients the leverage is off by ` +
    `${formatRoughPercent(error.median)} in the median and ${formatRoughPercent(error.worst)} at worst`
  );
}
