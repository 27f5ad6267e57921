import { createRandom, type Random } from '../base/random';

/** Rows of like suspicion that somebody has decided about. */
export interface JudgedRows {
  /** Of their suspicion. */
  readonly logOdds: number;
  /** Kept. */
  readonly right: number;
  /** Relabelled or removed. */
  readonly wrong: number;
}

/**
 * Draws of the share of wrong labels at any suspicion, from what is believed of it once some rows were looked at. Draws
 * are equally likely, and the same for the same decisions.
 */
export interface WrongRate {
  readonly draws: number;
  /** One share a draw, 0 … 1; none of them falls with the log-odds. */
  at(logOdds: number): Float64Array;
}

/** Draws enough for the ends of an interval of 95 %. */
const drawCount = 1_000;
/** Where classes overlap suspicions are off by a factor of two and a half (docs/ranking.md): about one deviation. */
const shiftDeviation = 1;
const slopeDeviation = 0.5;
/** Where nobody has looked yet, the curve may turn another way. */
const driftDeviation = 0.3;
/** Of labels that are as suspicious as can be, a few are right all the same. */
const mostWrong = 0.99;
/** How much of the doubt about the slope holds for rows that are rather right. */
const slopedBelow = 0.25;
const shiftSteps = 33;
const slopeSteps = 25;
const seed = 1;

/**
 * Corrects suspicions by what was found: P(wrong) = 0.99 · σ(a + b · u + v), where u + v are the log-odds t of the
 * suspicion. Above 0, where suspicions claim more than labels can bear, u = 3 asinh(t/3) and v is nothing; below 0,
 * where they mean what they say (docs/ranking.md), u = t/4 and v = 3t/4. a ~ N(0, 1) and b ~ N(1, 0.5²), b ≥ 0: before
 * the first decision suspicions are taken at their word, give or take. The posterior of a and b is summed on a grid, a
 * second time where its mass lies; each draw has a shift of its own, N(0, 0.3²), for rows not seen yet. O(grid · rows
 * of `judged`).
 * Source: Platt, "Probabilistic outputs for support vector machines", 1999, with a prior.
 */
export function estimateWrongRate(judged: readonly JudgedRows[]): WrongRate {
  const seen = judged.filter(({ right, wrong }) => right + wrong > 0);
  const coarse = weigh(
    seen,
    spaced(-4 * shiftDeviation, 4 * shiftDeviation, shiftSteps),
    spaced(0, 1 + 4 * slopeDeviation, slopeSteps),
  );
  const [shift, slope] = [momentsOf(coarse.shifts, coarse), momentsOf(coarse.slopes, coarse, true)];
  const fine = weigh(
    seen,
    spaced(shift.mean - 5 * shift.deviation, shift.mean + 5 * shift.deviation, shiftSteps),
    spaced(Math.max(0, slope.mean - 5 * slope.deviation), slope.mean + 5 * slope.deviation, slopeSteps),
  );
  return drawRates(fine, createRandom(seed));
}

/** A posterior on a grid: weights of all pairs, slopes within shifts; they sum to 1. */
interface Grid {
  readonly shifts: readonly number[];
  readonly slopes: readonly number[];
  readonly weights: Float64Array;
}

function weigh(seen: readonly JudgedRows[], shifts: readonly number[], slopes: readonly number[]): Grid {
  const weights = new Float64Array(shifts.length * slopes.length);
  const places = seen.map(({ logOdds }) => placeOf(logOdds));
  let highest = -Infinity;
  shifts.forEach((shift, i) => {
    slopes.forEach((slope, j) => {
      let sum = -0.5 * ((shift / shiftDeviation) ** 2 + ((slope - 1) / slopeDeviation) ** 2);
      for (let k = 0; k < seen.length; k++) {
        const share = rateAt(shift + slope * places[k].sloped + places[k].fixed);
        const { right, wrong } = seen[k];
        sum += wrong * Math.log(share) + right * Math.log1p(-share);
      }
      weights[i * slopes.length + j] = sum;
      highest = Math.max(highest, sum);
    });
  });
  let total = 0;
  for (let k = 0; k < weights.length; k++) total += weights[k] = Math.exp(weights[k] - highest);
  for (let k = 0; k < weights.length; k++) weights[k] /= total;
  return { shifts, slopes, weights };
}

/** Mean and deviation along one side of the grid; no smaller than its cells can tell. */
function momentsOf(
  values: readonly number[],
  { slopes, weights }: Grid,
  inner = false,
): { mean: number; deviation: number } {
  let mean = 0;
  let square = 0;
  weights.forEach((weight, k) => {
    const value = values[inner ? k % slopes.length : Math.floor(k / slopes.length)];
    mean += weight * value;
    square += weight * value * value;
  });
  const step = (values[values.length - 1] - values[0]) / (values.length - 1);
  return { mean, deviation: Math.max(Math.sqrt(Math.max(0, square - mean * mean)), step / 2) };
}

function drawRates({ shifts, slopes, weights }: Grid, random: Random): WrongRate {
  const shiftOf = new Float64Array(drawCount);
  const slopeOf = new Float64Array(drawCount);
  const shiftStep = shifts[1] - shifts[0];
  const slopeStep = slopes[1] - slopes[0];
  // One draw from each thousandth of the mass: less noise than as many independent ones.
  let cell = 0;
  let passed = weights[0];
  for (let draw = 0; draw < drawCount; draw++) {
    const at = (draw + random.uniform()) / drawCount;
    while (passed < at && cell < weights.length - 1) passed += weights[++cell];
    const shift = shifts[Math.floor(cell / slopes.length)];
    const slope = slopes[cell % slopes.length];
    shiftOf[draw] = shift + (random.uniform() - 0.5) * shiftStep + driftDeviation * random.normal();
    slopeOf[draw] = Math.max(0, slope + (random.uniform() - 0.5) * slopeStep);
  }
  return {
    draws: drawCount,
    at(logOdds) {
      const { sloped, fixed } = placeOf(logOdds);
      return shiftOf.map((shift, draw) => rateAt(shift + slopeOf[draw] * sloped + fixed));
    },
  };
}

function rateAt(logOdds: number): number {
  return mostWrong / (1 + Math.exp(-logOdds));
}

/** The part of log-odds that the slope acts on, and the rest. */
function placeOf(logOdds: number): { readonly sloped: number; readonly fixed: number } {
  if (logOdds >= 0) return { sloped: 3 * Math.asinh(logOdds / 3), fixed: 0 };
  return { sloped: slopedBelow * logOdds, fixed: (1 - slopedBelow) * logOdds };
}

function spaced(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
}
