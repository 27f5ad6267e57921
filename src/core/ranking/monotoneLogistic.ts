/** A map z ↦ σ(slope·z + intercept) that keeps the order of z. */
export interface MonotoneLogistic {
  /** > 0. */
  readonly slope: number;
  readonly intercept: number;
}

/** Weight of the pull ½·(slope − 1)²: holds the slope finite where z separates the targets, and is nothing beside real data. */
const slopePull = 0.01;
const smallestSlope = 0.05;
const largestStepCount = 100;

/** σ(z) without cancellation or overflow. */
export function logistic(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** log(1 + eᶻ). */
function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/**
 * Logistic regression of probabilities `target` on finite scores `z` over the rows whose `weights` are not 0 (Platt 1999, with soft
 * targets), by damped Newton steps: convex, from slope 1. The sum of fitted probabilities equals the sum of targets. Scores that run
 * against the targets get the smallest slope, 0.05. O(n) a step.
 */
export function fitMonotoneLogistic(
  z: Float64Array,
  target: Float64Array,
  weights: Float64Array,
  onStep?: () => void,
): MonotoneLogistic {
  let slope = 1;
  let intercept = 0;
  const objective = (a: number, b: number): number => {
    onStep?.();
    let sum = (slopePull / 2) * (a - 1) ** 2;
    for (let i = 0; i < z.length; i++) {
      if (weights[i] === 0) continue;
      const u = a * z[i] + b;
      sum += softplus(u) - target[i] * u;
    }
    return sum;
  };
  let value = objective(slope, intercept);
  for (let step = 0; step < largestStepCount; step++) {
    let gradientA = slopePull * (slope - 1);
    let gradientB = 0;
    let curveAA = slopePull;
    let curveAB = 0;
    // Keeps the 2×2 system solvable where every probability is 0 or 1.
    let curveBB = 1e-9;
    for (let i = 0; i < z.length; i++) {
      if (weights[i] === 0) continue;
      const u = slope * z[i] + intercept;
      const p = logistic(u);
      const w = p * logistic(-u);
      gradientA += (p - target[i]) * z[i];
      gradientB += p - target[i];
      curveAA += w * z[i] * z[i];
      curveAB += w * z[i];
      curveBB += w;
    }
    const determinant = curveAA * curveBB - curveAB * curveAB;
    const stepA = (curveBB * gradientA - curveAB * gradientB) / determinant;
    const stepB = (curveAA * gradientB - curveAB * gradientA) / determinant;
    const decrease = stepA * gradientA + stepB * gradientB;
    let length = 1;
    let next = objective(slope - stepA, intercept - stepB);
    while (next > value - 1e-4 * length * decrease && length > 1e-9) {
      length /= 2;
      next = objective(slope - length * stepA, intercept - length * stepB);
    }
    if (!(next <= value)) break;
    slope -= length * stepA;
    intercept -= length * stepB;
    value = next;
    if (Math.abs(length * stepA) + Math.abs(length * stepB) < 1e-9) break;
  }
  if (slope >= smallestSlope) return { slope, intercept };
  return { slope: smallestSlope, intercept: interceptFor(smallestSlope, z, target, weights) };
}

/** The intercept at which the fitted probabilities sum to the targets' sum, by bisection. */
function interceptFor(slope: number, z: Float64Array, target: Float64Array, weights: Float64Array): number {
  let low = -1000;
  let high = 1000;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    let surplus = 0;
    for (let i = 0; i < z.length; i++) if (weights[i] !== 0) surplus += logistic(slope * z[i] + middle) - target[i];
    if (surplus < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
