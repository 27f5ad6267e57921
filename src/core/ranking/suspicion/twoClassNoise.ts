import { listedFrom } from '../../base/listedFrom';
import type { Matrix } from '../../base/matrix';
import { rowsOfWeight } from '../../base/weights';
import type { Suspicions } from './labelNoise';
import { logistic } from './monotoneLogistic';

/** Pseudo-rows of the prior on T, as a share of the rows: that of `climbTransitions`. */
const priorShare = 0.03;
/** A class most of whose rows are called something else is another class. */
const leastKept = 0.5;
/** Scales beyond these are those of a model without errors, or without any doubt. */
const scales = { least: 0.3, most: 12 };
/** A step of the fit moves scale and offset by no more than this. */
const longestStep = 1;
const passes = 300;
/** Nats: ends where a pass gains less. */
const closeEnough = 1e-7;
/** Five numbers are told well enough by so many rows. */
const mostRows = 20_000;
/** From few errors in sharp classes to many in blunt ones: the better end is taken. */
const starts: readonly (readonly [scale: number, errors: number])[] = [
  [1, 0.02],
  [3, 0.1],
];

/** How the labels of two classes came about; see {@link fitTwoClassNoise}. */
export interface TwoClassNoise {
  /** τ. */
  readonly scale: number;
  /** β. */
  readonly offset: number;
  /** 2×2, true → given, rows sum to 1. */
  readonly transitions: Matrix;
  /** The penalised log-likelihood (nats) of the rows looked at. */
  readonly likelihood: number;
}

/**
 * Why two classes need a model of their own: where errors go one way, say a third of class 0 is called 1, the experts
 * learn it, and P says ⅔ : ⅓ all over class 0. Powers of P are about ½, and leave rows with P(0) < ½ on the wrong side;
 * with T near the identity they call that overlap, and one rate of errors for both classes calls the right rows of
 * class 1 wrong. Where the classes part, at P(0) = ⅓ in the example, is a number of its own, β:
 *
 *     π(1) = σ(τ·logit P(1) + β)        p(given y) = Σⱼ πⱼ T_jy        T_jj ≥ ½
 *
 * τ, β and T maximise Σᵢ log p(given yᵢ) − ½β² + Σⱼ (a log T_jj + a/20 Σ_c log T_jc), a = .03·n/2, by EM: T from its
 * counts, τ and β by Newton steps of the logistic regression on the posterior. With β = 0 and T = 1 this is P itself:
 * what makes it leave that is where labels disagree, as in calibrateSuspicion.ts. The suspicion is the posterior
 * probability of the other class, order and size. For more classes an offset each gains nothing (docs/ranking.md).
 * O(n) a pass, at most 20,000 evenly spaced rows.
 *
 * @param mixture n×2, out of sample
 * @param weights 1 for the rows to learn from
 */
export function fitTwoClassNoise(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  onStep?: () => void,
): TwoClassNoise {
  const all = rowsOfWeight(weights);
  const count = Math.min(all.length, mostRows);
  const logits = new Float64Array(count);
  const given = new Uint8Array(count);
  for (let k = 0; k < count; k++) {
    const row = all[Math.floor((k * all.length) / count)];
    logits[k] = logitOf(mixture, row);
    given[k] = labels[row];
  }
  const found = starts.map(([scale, errors]) => climbNoise(logits, given, scale, errors, onStep));
  return found.reduce((best, next) => (next.likelihood > best.likelihood ? next : best));
}

/** logit P(1), finite. */
function logitOf(mixture: Float32Array, row: number): number {
  return Math.log(Math.max(mixture[2 * row + 1], 1e-37)) - Math.log(Math.max(mixture[2 * row], 1e-37));
}

function climbNoise(
  logits: Float64Array,
  given: Uint8Array,
  scaleAtStart: number,
  errors: number,
  onStep?: () => void,
): TwoClassNoise {
  const prior = (priorShare * logits.length) / 2;
  let [scale, offset] = [scaleAtStart, 0];
  let t: Float64Array = Float64Array.of(1 - errors, errors, errors, 1 - errors);
  let best: TwoClassNoise | undefined;
  const targets = new Float64Array(logits.length);
  const sums = new Float64Array(10);
  for (let pass = 0; pass < passes; pass++) {
    addPosterior(logits, given, scale, offset, t, targets, sums);
    onStep?.();
    const likelihood = sums[9] + priorOf(t, prior) - offset ** 2 / 2;
    const gain = best === undefined ? Number.POSITIVE_INFINITY : likelihood - best.likelihood;
    if (gain > 0) {
      best = { scale, offset, transitions: { rows: 2, columns: 2, data: t }, likelihood };
    }
    if (!(gain > closeEnough)) break;
    t = transitionsOf(sums, prior);
    [scale, offset] = stepped(scale, offset, sums);
    addRegression(logits, targets, scale, offset, sums);
    [scale, offset] = stepped(scale, offset, sums);
  }
  return best as TwoClassNoise;
}

function priorOf(t: Float64Array, prior: number): number {
  return (
    prior * (Math.log(t[0]) + Math.log(t[3])) +
    (prior / 20) * (Math.log(t[0]) + Math.log(t[1]) + Math.log(t[2]) + Math.log(t[3]))
  );
}

/**
 * Of all rows the posterior of class 1 into `targets`; into `sums` at 5 … 8 the counts true × given, at 9 the
 * log-likelihood, at 0 … 4 what {@link addRegression} has there.
 */
function addPosterior(
  logits: Float64Array,
  given: Uint8Array,
  scale: number,
  offset: number,
  t: Float64Array,
  targets: Float64Array,
  sums: Float64Array,
): void {
  sums.fill(0);
  for (let i = 0; i < logits.length; i++) {
    const p = logistic(scale * logits[i] + offset);
    const y = given[i];
    const one = p * t[2 + y];
    const zero = (1 - p) * t[y];
    const target = one / (zero + one);
    targets[i] = target;
    sums[5 + y] += 1 - target;
    sums[7 + y] += target;
    sums[9] += Math.log(zero + one);
  }
  addRegression(logits, targets, scale, offset, sums);
}

/** Gradient (by τ, by β) and curvature (ττ, τβ, ββ) of Σ t log σ(z) + (1 − t) log σ(−z), z = τ·logit + β. */
function addRegression(
  logits: Float64Array,
  targets: Float64Array,
  scale: number,
  offset: number,
  sums: Float64Array,
): void {
  let byScale = 0;
  let byOffset = 0;
  let scaleTwice = 0;
  let mixed = 0;
  let offsetTwice = 0;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i];
    const p = logistic(scale * logit + offset);
    const surplus = targets[i] - p;
    const w = p * (1 - p);
    byScale += surplus * logit;
    byOffset += surplus;
    scaleTwice += w * logit * logit;
    mixed += w * logit;
    offsetTwice += w;
  }
  sums[0] = byScale;
  sums[1] = byOffset;
  sums[2] = scaleTwice;
  sums[3] = mixed;
  sums[4] = offsetTwice;
}

/** Counts and prior → the likeliest T with at least half on the diagonal. */
function transitionsOf(sums: Float64Array, prior: number): Float64Array {
  const small = prior / 20;
  const kept = [
    (sums[5] + prior + small) / (sums[5] + sums[6] + prior + 2 * small),
    (sums[8] + prior + small) / (sums[7] + sums[8] + prior + 2 * small),
  ].map((share) => Math.max(leastKept, share));
  return Float64Array.of(kept[0], 1 - kept[0], 1 - kept[1], kept[1]);
}

/** One Newton step with the pull −½β². */
function stepped(scale: number, offset: number, sums: Float64Array): [scale: number, offset: number] {
  const byOffset = sums[1] - offset;
  const scaleTwice = sums[2] + 1e-6;
  const offsetTwice = sums[4] + 1;
  const determinant = scaleTwice * offsetTwice - sums[3] * sums[3];
  const clip = (step: number): number => Math.max(-longestStep, Math.min(longestStep, step));
  return [
    Math.min(
      scales.most,
      Math.max(scales.least, scale + clip((offsetTwice * sums[0] - sums[3] * byOffset) / determinant)),
    ),
    offset + clip((scaleTwice * byOffset - sums[3] * sums[0]) / determinant),
  ];
}

/**
 * Suspicions of all rows under the model: log-odds ±(τ·logit P(1) + β) + log T of an error − log T of none. Unlabelled
 * rows are suggested what P says. O(n).
 */
export function suspectTwoClasses(mixture: Float32Array, labels: Int32Array, model: TwoClassNoise): Suspicions {
  const n = labels.length;
  const { scale, offset } = model;
  const t = model.transitions.data;
  const shifts = [Math.log(t[2]) - Math.log(t[0]), Math.log(t[1]) - Math.log(t[3])];
  const suspicion = new Float64Array(n).fill(Number.NaN);
  const logOdds = new Float64Array(n).fill(Number.NaN);
  const suggested = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const y = labels[i];
    if (y < 0) {
      suggested[i] = mixture[2 * i + 1] > mixture[2 * i] ? 1 : 0;
      continue;
    }
    const z = scale * logitOf(mixture, i) + offset;
    logOdds[i] = (y === 0 ? z : -z) + shifts[y];
    suspicion[i] = logistic(logOdds[i]);
    suggested[i] = suspicion[i] >= listedFrom ? 1 - y : y;
  }
  return { suspicion, logOdds, suggested };
}
