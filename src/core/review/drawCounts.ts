import type { Random } from '../base/random';

/** A number with the ends of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The mean of draws that are equally likely, or as likely as `weights` say, and their middle 95 %. O(m log m). */
export function summarizeDraws(draws: Float64Array, weights?: Float64Array): Estimate {
  const order = Uint32Array.from(draws.keys()).sort((a, b) => draws[a] - draws[b]);
  const weightOf = (draw: number): number => weights?.[draw] ?? 1;
  const total = order.reduce((sum, draw) => sum + weightOf(draw), 0);
  let value = 0;
  let passed = 0;
  let low: number | null = null;
  let high: number | null = null;
  for (const draw of order) {
    value += weightOf(draw) * draws[draw];
    passed += weightOf(draw) / total;
    if (low === null && passed >= 0.025) low = draws[draw];
    if (high === null && passed >= 0.975) high = draws[draw];
  }
  const last = draws[order[order.length - 1]];
  return { value: value / total, low: low ?? last, high: high ?? last };
}

/** How many of `trials` succeed, each with probability `share`. O(expected successes, or failures if fewer). */
export function drawBinomial(random: Random, trials: number, share: number): number {
  if (share > 0.5) return trials - drawBinomial(random, trials, 1 - share);
  if (share <= 0 || trials <= 0) return 0;
  const variance = trials * share * (1 - share);
  if (variance > 400) {
    const drawn = Math.round(trials * share + Math.sqrt(variance) * random.normal());
    return Math.min(trials, Math.max(0, drawn));
  }
  // From one success to the next.
  let hits = 0;
  let at = 0;
  const scale = Math.log1p(-share);
  for (;;) {
    at += 1 + Math.floor(Math.log1p(-random.uniform()) / scale);
    if (at > trials) return hits;
    hits += 1;
  }
}

/**
 * Gamma of this shape > 0 and scale 1.
 * Source: Marsaglia & Tsang, "A simple method for generating gamma variables", 2000.
 */
export function drawGamma(random: Random, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta(a, b), a and b > 0. */
export function drawBeta(random: Random, a: number, b: number): number {
  const one = drawGamma(random, a);
  return one / (one + drawGamma(random, b));
}

/** Poisson of this mean ≥ 0. */
export function drawPoisson(random: Random, mean: number): number {
  if (mean > 400) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  let count = 0;
  for (let left = mean + Math.log1p(-random.uniform()); left >= 0; left += Math.log1p(-random.uniform())) count += 1;
  return count;
}
