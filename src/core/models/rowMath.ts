/**
 * The scalar forms of the heads. Residuals and curvatures are never formed by subtracting nearly equal numbers: with p
 * near y the naive p − y and p(1 − p) lose every digit (docs/mathematics.md, "Precision").
 */

/** σ(z) = 1 / (1 + e^{−z}), with full relative accuracy on both sides. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** log(1 + eᵗ). */
function softplus(t: number): number {
  return t > 0 ? t + Math.log1p(Math.exp(-t)) : Math.log1p(Math.exp(t));
}

/** −log P(y) of the logistic head: z is the logit of class 1, y ∈ {0, 1}. */
export function logisticLoss(z: number, y: number): number {
  return softplus(y === 1 ? -z : z);
}

/** p − y of the logistic head. */
export function logisticResidual(z: number, y: number): number {
  return y === 1 ? -sigmoid(-z) : sigmoid(z);
}

/** p(1 − p) of the logistic head. */
export function logisticCurvature(z: number): number {
  return sigmoid(z) * sigmoid(-z);
}

/** ½(z − y)² of the ridge head. */
export function squaredLoss(z: number, y: number): number {
  return 0.5 * (z - y) * (z - y);
}

/** Softmax of the C logits at `logits[from]` into `out[to]`. */
export function fillSoftmax(logits: Float64Array, from: number, classes: number, out: Float64Array, to: number): void {
  let largest = logits[from];
  for (let c = 1; c < classes; c++) if (logits[from + c] > largest) largest = logits[from + c];
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const e = Math.exp(logits[from + c] - largest);
    out[to + c] = e;
    sum += e;
  }
  for (let c = 0; c < classes; c++) out[to + c] /= sum;
}

/** 1 − p[c] for the distribution at `p[from]`, accurate when p[c] is near 1. */
export function complement(p: Float64Array, from: number, classes: number, c: number): number {
  const value = p[from + c];
  if (value <= 0.5) return 1 - value;
  let sum = 0;
  for (let b = 0; b < classes; b++) if (b !== c) sum += p[from + b];
  return sum;
}

/** −log softmax(z)_y for the C logits at `logits[from]`, accurate when it is near 0. */
export function softmaxLoss(logits: Float64Array, from: number, classes: number, y: number): number {
  let largest = from;
  for (let c = 1; c < classes; c++) if (logits[from + c] > logits[largest]) largest = from + c;
  let others = 0;
  for (let at = from; at < from + classes; at++) if (at !== largest) others += Math.exp(logits[at] - logits[largest]);
  return logits[largest] - logits[from + y] + Math.log1p(others);
}

/**
 * −log softmax(z)_y, and p − e_y into `out[to]`: bit for bit what {@link softmaxLoss} and {@link fillSoftmax} with
 * {@link complement} give, with half the exponentials.
 */
export function fillSoftmaxResidual(
  logits: Float64Array,
  from: number,
  classes: number,
  y: number,
  out: Float64Array,
  to: number,
): number {
  let likeliest = 0;
  let largest = logits[from];
  for (let c = 1; c < classes; c++) {
    if (logits[from + c] > largest) {
      largest = logits[from + c];
      likeliest = c;
    }
  }
  let sum = 0;
  let others = 0;
  for (let c = 0; c < classes; c++) {
    if (c === likeliest) {
      out[to + c] = 1;
      sum += 1;
      continue;
    }
    const e = Math.exp(logits[from + c] - largest);
    out[to + c] = e;
    sum += e;
    others += e;
  }
  for (let c = 0; c < classes; c++) out[to + c] /= sum;
  out[to + y] = -complement(out, to, classes, y);
  return largest - logits[from + y] + Math.log1p(others);
}
