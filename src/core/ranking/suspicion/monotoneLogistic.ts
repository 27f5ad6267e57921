import { rowsOfWeight } from '../../base/weights';

/** A map z ↦ σ(slope·z + intercept) that keeps the order of z. */
interface MonotoneLogistic {
  /** > 0. */
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Weight of the pull ½·(slope − 1)²: holds the slope finite where z separates the targets, and is nothing beside real
 * data.
 */
const slopePull = 0.01;
const smallestSlope = 0.05;
const largestStepCount = 100;
/** Of the objective, relative. */
const rounding = 1e-13;

/** σ(z) without cancellation or overflow. */
export function logistic(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** Of the objective at one slope and intercept. */
interface Derivatives {
  readonly value: number;
  readonly slope: number;
  readonly intercept: number;
  readonly slopeTwice: number;
  readonly mixed: number;
  readonly interceptTwice: number;
}

/**
 * Logistic regression of probabilities `target` on finite scores `z` over the rows whose `weights` are not 0 (Platt
 * 1999, with soft targets), by damped Newton steps: convex, from slope 1. The sum of fitted probabilities equals the
 * sum of targets. Scores that run against the targets get the smallest slope, 0.05. O(n) a step.
 */
export function fitMonotoneLogistic(
  z: Float64Array,
  target: Float64Array,
  weights: Float64Array,
  onStep?: () => void,
): MonotoneLogistic {
  let slope = 1;
  let intercept = 0;
  const used = rowsOfWeight(weights);
  const scores = gather(z, used);
  const targets = gather(target, used);
  const sums = new Float64Array(6);
  const evaluate = (a: number, b: number): Derivatives => {
    onStep?.();
    return derivatives(scores, targets, a, b, sums);
  };
  let at = evaluate(slope, intercept);
  for (let step = 0; step < largestStepCount; step++) {
    const determinant = at.slopeTwice * at.interceptTwice - at.mixed * at.mixed;
    const stepA = (at.interceptTwice * at.slope - at.mixed * at.intercept) / determinant;
    const stepB = (at.slopeTwice * at.intercept - at.mixed * at.slope) / determinant;
    const decrease = stepA * at.slope + stepB * at.intercept;
    if (!(decrease > rounding * (1 + Math.abs(at.value)))) {
      // Less than rounding lets see: the step is as good as exact, and no search along it would find that.
      if (Number.isFinite(stepA) && Number.isFinite(stepB)) {
        slope -= stepA;
        intercept -= stepB;
      }
      break;
    }
    let length = 1;
    let next = evaluate(slope - stepA, intercept - stepB);
    while (next.value > at.value - 1e-4 * length * decrease && length > 1e-9) {
      length /= 2;
      next = evaluate(slope - length * stepA, intercept - length * stepB);
    }
    if (!(next.value <= at.value)) break;
    slope -= length * stepA;
    intercept -= length * stepB;
    at = next;
    if (Math.abs(length * stepA) + Math.abs(length * stepB) < 1e-9) break;
  }
  if (slope >= smallestSlope) return { slope, intercept };
  return { slope: smallestSlope, intercept: interceptFor(smallestSlope, scores, targets) };
}

function gather(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) out[at] = values[rows[at]];
  return out;
}

function derivatives(z: Float64Array, target: Float64Array, a: number, b: number, sums: Float64Array): Derivatives {
  addDerivatives(z, target, a, b, sums);
  const [value, slope, intercept, slopeTwice, mixed, interceptTwice] = sums;
  return {
    value: value + (slopePull / 2) * (a - 1) ** 2,
    slope: slope + slopePull * (a - 1),
    intercept,
    slopeTwice: slopeTwice + slopePull,
    mixed,
    // Keeps the 2×2 system solvable where every probability is 0 or 1.
    interceptTwice: interceptTwice + 1e-9,
  };
}

/** The sums over the rows, in the order of {@link Derivatives}. */
function addDerivatives(z: Float64Array, target: Float64Array, a: number, b: number, sums: Float64Array): void {
  let value = 0;
  let slope = 0;
  let intercept = 0;
  let slopeTwice = 0;
  let mixed = 0;
  let interceptTwice = 0;
  // One logarithm for as many factors between 1 and 2 as cannot overflow.
  let product = 1;
  for (let i = 0; i < z.length; i++) {
    const u = a * z[i] + b;
    // σ(±u) and log(1 + eᵘ) from one exponential that does not overflow.
    const e = Math.exp(u > 0 ? -u : u);
    const larger = 1 / (1 + e);
    const smaller = e * larger;
    const difference = (u >= 0 ? larger : smaller) - target[i];
    value += (u > 0 ? u : 0) - target[i] * u;
    product *= 1 + e;
    if (product > 1e300) {
      value += Math.log(product);
      product = 1;
    }
    slope += difference * z[i];
    intercept += difference;
    const w = larger * smaller;
    slopeTwice += w * z[i] * z[i];
    mixed += w * z[i];
    interceptTwice += w;
  }
  sums[0] = value + Math.log(product);
  sums[1] = slope;
  sums[2] = intercept;
  sums[3] = slopeTwice;
  sums[4] = mixed;
  sums[5] = interceptTwice;
}

/** The intercept at which the fitted probabilities sum to the targets' sum, by bisection. */
function interceptFor(slope: number, z: Float64Array, target: Float64Array): number {
  let low = -1000;
  let high = 1000;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    let surplus = 0;
    for (let i = 0; i < z.length; i++) surplus += logistic(slope * z[i] + middle) - target[i];
    if (surplus < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
