import type { NumericArray, StoredArray } from '../../src/worker/store/storeTypes';

/**
 * ‖∇L(θ)‖₂ / max(1, ‖∇L(0)‖₂) of L(θ) = Σ log(1 + exp(zᵢ)) − yᵢzᵢ + (nλ/2)‖θ‖², z = Xθ: one yardstick for every side's
 * θ, in plain float64 and independent of all of them. X n×d, labels 0 or 1. O(n·d).
 */
export function relativeGradientNorm(
  features: StoredArray,
  labels: StoredArray,
  theta: NumericArray,
  l2: number,
): number {
  const [n, d] = features.shape;
  const x = features.data;
  const atZero = new Float64Array(d);
  const gradient = Float64Array.from(theta, (value) => n * l2 * value);
  for (let i = 0; i < n; i++) {
    const from = i * d;
    let z = 0;
    for (let j = 0; j < d; j++) z += x[from + j] * theta[j];
    // σ(z) − y without the difference of two numbers near 1.
    const residual = labels.data[i] === 1 ? -1 / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z));
    const start = labels.data[i] === 1 ? -0.5 : 0.5;
    for (let j = 0; j < d; j++) {
      gradient[j] += residual * x[from + j];
      atZero[j] += start * x[from + j];
    }
  }
  return Math.hypot(...gradient) / Math.max(1, Math.hypot(...atZero));
}
