import { fillSoftmax } from '../rowMath';

/**
 * F = diag(√p) − p√pᵀ of a softmax row, with FFᵀ = A = diag(p) − ppᵀ. Applied in place, without forming it, O(K). The
 * likeliest class is treated by itself: 1 − p and differences to it keep their digits where the head is sure.
 */
export class CurvatureRoot {
  readonly #K: number;
  readonly #p: Float64Array;
  readonly #roots: Float64Array;
  readonly #means: Float64Array;
  #likeliest = 0;
  #others = 0;

  /** For K classes. */
  constructor(K: number) {
    this.#K = K;
    this.#p = new Float64Array(K);
    this.#roots = new Float64Array(K);
    this.#means = new Float64Array(K);
  }

  /** Takes the K logits at `logits[from]`. */
  load(logits: Float64Array, from: number): void {
    const K = this.#K;
    const p = this.#p;
    fillSoftmax(logits, from, K, p, 0);
    let likeliest = 0;
    for (let c = 1; c < K; c++) if (p[c] > p[likeliest]) likeliest = c;
    let others = 0;
    for (let c = 0; c < K; c++) {
      this.#roots[c] = Math.sqrt(p[c]);
      if (c !== likeliest) others += p[c];
    }
    this.#likeliest = likeliest;
    this.#others = others;
  }

  /** z ← Fz. */
  apply(z: Float64Array): void {
    const K = this.#K;
    const p = this.#p;
    const likeliest = this.#likeliest;
    let sum = 0;
    for (let c = 0; c < K; c++) {
      z[c] *= this.#roots[c];
      if (c !== likeliest) sum += z[c];
    }
    const own = z[likeliest];
    for (let c = 0; c < K; c++) z[c] = c === likeliest ? own * this.#others - p[c] * sum : z[c] - p[c] * (sum + own);
  }

  /** z ← Fᵀz for the K numbers at `z[from]`. */
  applyTransposed(z: Float64Array, from = 0): void {
    const K = this.#K;
    const p = this.#p;
    const roots = this.#roots;
    // √p_c(z_c − Σ p_b z_b), about the likeliest class.
    const origin = z[from + this.#likeliest];
    let mean = 0;
    for (let c = 0; c < K; c++) mean += p[c] * (z[from + c] - origin);
    for (let c = 0; c < K; c++) z[from + c] = roots[c] * (z[from + c] - origin - mean);
  }

  /** The lower triangle of FᵀWF for a symmetric K×K matrix W. O(2K²). */
  sandwich(w: Float64Array, out: Float64Array): void {
    const K = this.#K;
    const p = this.#p;
    const roots = this.#roots;
    const means = this.#means;
    // √p_a√p_b(w̃_ab − m_a − m_b + Σ p_c m_c), with m_a = Σ p_c w̃_ac and W̃ = W taken about the likeliest class on
    // both sides.
    const own = this.#likeliest * K;
    const origin = w[own + this.#likeliest];
    let mean = 0;
    for (let a = 0; a < K; a++) {
      const row = a * K;
      const left = origin - w[own + a];
      let sum = 0;
      for (let c = 0; c < K; c++) sum += p[c] * (w[row + c] - w[own + c] + left);
      means[a] = sum;
      mean += p[a] * sum;
    }
    for (let a = 0; a < K; a++) {
      const row = a * K;
      const left = origin - w[own + a] - means[a] + mean;
      for (let b = 0; b <= a; b++) {
        out[row + b] = roots[a] * roots[b] * (w[row + b] - w[own + b] + left - means[b]);
      }
    }
  }
}
