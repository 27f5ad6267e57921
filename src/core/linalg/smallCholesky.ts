/**
 * Lower factor of a size×size positive definite matrix (lower triangle read) in place; the upper triangle is left as it
 * was. O(size³/6).
 */
export function factorInPlace(a: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k];
      a[row + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / a[other + j];
    }
  }
}

/** B ← L⁻¹B for a row-major size×width matrix B. O(size²·width/2). */
export function forwardSolve(lower: Float64Array, b: Float64Array, size: number, width: number): void {
  for (let i = 0; i < size; i++) {
    const own = i * width;
    for (let k = 0; k < i; k++) {
      const factor = lower[i * size + k];
      if (factor === 0) continue;
      const from = k * width;
      for (let j = 0; j < width; j++) b[own + j] -= factor * b[from + j];
    }
    const pivot = lower[i * size + i];
    for (let j = 0; j < width; j++) b[own + j] /= pivot;
  }
}

/** ‖L⁻¹‖²_F = tr((LLᵀ)⁻¹) for a lower factor; `work` holds size numbers. O(size³/6). */
export function traceOfInverse(lower: Float64Array, size: number, work: Float64Array): number {
  let sum = 0;
  for (let column = 0; column < size; column++) {
    for (let i = column; i < size; i++) {
      let value = i === column ? 1 : 0;
      const row = i * size;
      for (let k = column; k < i; k++) value -= lower[row + k] * work[k];
      value /= lower[row + i];
      work[i] = value;
      sum += value * value;
    }
  }
  return sum;
}
