/**
 * One step of an EM algorithm from `from` to `to`, arrays of the same length; returns the objective at `from`. The
 * objective must not fall from step to step.
 */
export type EmStep = (from: Float64Array, to: Float64Array) => number;

export interface ClimbOptions {
  /** Steps of EM at most. */
  readonly passes: number;
  /** Ends where a step of EM moves no number by more than this. */
  readonly tolerance: number;
}

/**
 * Where an EM algorithm over positive numbers goes, in fewer steps, in place: SQUAREM (Varadhan & Roland 2008, "Simple
 * and globally convergent methods for accelerating the convergence of any EM algorithm", scheme S3). From x, x₁ = EM(x)
 * and x₂ = EM(x₁) it guesses x − 2αr + α²v with r = x₁ − x, v = x₂ − x₁ − r and α = −‖r‖/‖v‖, and goes on from
 * EM(guess) unless the objective is lower there than at x₁: then from x₂. The objective never falls. Linear constraints
 * that EM keeps (sums of 1) are kept.
 * @returns the objective at the last x that it was computed for: a step or two before the result.
 */
export function climb(x: Float64Array, em: EmStep, { passes, tolerance }: ClimbOptions): number {
  const once = new Float64Array(x.length);
  const twice = new Float64Array(x.length);
  const guess = new Float64Array(x.length);
  let objective = Number.NEGATIVE_INFINITY;
  for (let pass = 0; pass < passes;) {
    objective = em(x, once);
    if (++pass >= passes || largestDifference(x, once) <= tolerance) {
      x.set(once);
      break;
    }
    objective = em(once, twice);
    if (++pass >= passes || !extrapolate(x, once, twice, guess)) {
      x.set(twice);
      continue;
    }
    // One step from the guess tells its objective, and mends what the guess got wrong.
    const reached = em(guess, x);
    pass++;
    if (reached >= objective) objective = reached;
    else x.set(twice);
  }
  return objective;
}

/** Fills `guess`, nearer to EM where it would come close to 0; false where EM itself goes as far. */
function extrapolate(x: Float64Array, once: Float64Array, twice: Float64Array, guess: Float64Array): boolean {
  let rr = 0;
  let vv = 0;
  for (let k = 0; k < x.length; k++) {
    const r = once[k] - x[k];
    rr += r * r;
    vv += (twice[k] - once[k] - r) ** 2;
  }
  for (let alpha = -Math.sqrt(rr / vv); alpha < -1.01; alpha = (alpha - 1) / 2) {
    let inside = true;
    for (let k = 0; k < x.length && inside; k++) {
      const r = once[k] - x[k];
      guess[k] = x[k] - 2 * alpha * r + alpha * alpha * (twice[k] - once[k] - r);
      // Of a number that reaches 0 EM would make 0 for ever.
      inside = guess[k] >= 0.1 * twice[k];
    }
    if (inside) return true;
  }
  return false;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let k = 0; k < a.length; k++) largest = Math.max(largest, Math.abs(a[k] - b[k]));
  return largest;
}
