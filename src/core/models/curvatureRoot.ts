import { fillSoftmax } from './rowMath';

/** F = diag(√p) − p√pᵀ of a softmax row, with FFᵀ = A = diag(p) − ppᵀ. Applied in place, without forming it, O(K). */
export interface CurvatureRoot {
  /** Takes the K logits at `logits[from]`. */
  load(logits: Float64Array, from: number): void;
  /** z ← Fz. */
  apply(z: Float64Array): void;
  /** z ← Fᵀz. */
  applyTransposed(z: Float64Array): void;
}

/** The likeliest class is treated by itself: 1 − p and differences to it keep their digits where the head is sure. */
export function createCurvatureRoot(K: number): CurvatureRoot {
  const p = new Float64Array(K);
  const roots = new Float64Array(K);
  let likeliest = 0;
  let others = 0;
  return {
    load(logits, from) {
      fillSoftmax(logits, from, K, p, 0);
      likeliest = 0;
      for (let c = 1; c < K; c++) if (p[c] > p[likeliest]) likeliest = c;
      others = 0;
      for (let c = 0; c < K; c++) {
        roots[c] = Math.sqrt(p[c]);
        if (c !== likeliest) others += p[c];
      }
    },
    apply(z) {
      let sum = 0;
      for (let c = 0; c < K; c++) {
        z[c] *= roots[c];
        if (c !== likeliest) sum += z[c];
      }
      const own = z[likeliest];
      for (let c = 0; c < K; c++) z[c] = c === likeliest ? own * others - p[c] * sum : z[c] - p[c] * (sum + own);
    },
    applyTransposed(z) {
      // √p_c(z_c − Σ p_b z_b), about the likeliest class.
      const origin = z[likeliest];
      let mean = 0;
      for (let c = 0; c < K; c++) if (c !== likeliest) mean += p[c] * (z[c] - origin);
      for (let c = 0; c < K; c++) z[c] = roots[c] * (z[c] - origin - mean);
    },
  };
}
