import { deviationsPerMedianDistance, quantile } from '../../base/statistics';

/**
 * Residuals of numeric labels: right ones scatter by a Student distribution whose scale is local, wrong ones by a wider
 * one with heavier tails that is the same everywhere. So the farther away a label lies, the more likely it is wrong.
 */
export interface ErrorMixture {
  /** ε: share of wrong labels. */
  readonly errorShare: number;
  /** s: the scale of right labels in a row is s·localᵢ. */
  readonly scale: number;
  /** τ: the scale of wrong labels. */
  readonly width: number;
}

/** A mixture and how its fit went. */
interface FittedMixture extends ErrorMixture {
  /** Log-likelihood plus the log-prior of ε before each step: never falls. */
  readonly objectives: readonly number[];
}

/** What residuals are judged by. */
export interface Residuals {
  /** n; NaN = the row has no label. */
  readonly values: Float64Array;
  /** n numbers > 0: how far labels scatter where the row is, relative to the others. */
  readonly local: Float64Array;
}

/**
 * Degrees of freedom. Measured on eleven tables with six kinds of planted errors each and none: four make 0.7 % of the
 * right labels suspicious (three 0.5 %, ten 1.6 %), at the same average precision; choosing them by likelihood is no
 * better than ten.
 */
const freedom = { right: 4, wrong: 2 } as const;
/** The 95 % quantile of the distribution of right labels. */
const rightQuantile = 2.1318;
/** Beta prior of ε: ½ wrong label in ten. */
const prior = { wrong: 0.5, right: 9.5 };
const mostWrong = 0.4;
/** Wrong labels lie wider than right ones do in the median row, at least so many times. */
const leastRatio = 3;
/** Of the residuals' size: predictions that hit most labels leave no other. */
const smallestShare = 1e-6;
/** Where all residuals are 0; its square is not. */
const tiny = 1e-100;
const steps = 200;
/** Ends where a step gains less than this, in nats over all rows. */
const tolerance = 1e-6;
/** Rows that the mixture is fitted on, at most, evenly spread. */
const fittedRows = 50_000;

/**
 * Maximises the likelihood of the residuals by EM. Deterministic; O(steps·min(n, 50,000)).
 *
 * @param rows whose residuals are looked at, ascending
 */
export function fitErrorMixture({ values, local }: Residuals, rows: Int32Array, onStep?: () => void): FittedMixture {
  const chosen =
    rows.length <= fittedRows
      ? rows
      : Int32Array.from({ length: fittedRows }, (_, i) => rows[Math.floor((i * rows.length) / fittedRows)]);
  const sample = {
    values: Float64Array.from(chosen, (row) => values[row]),
    local: Float64Array.from(chosen, (row) => local[row]),
  };
  const middle = quantile(sample.local, 0.5);
  const deviation = deviationOf(sample.values);
  let at = beginAt(sample, middle, deviation);
  const smallest = Math.max(smallestShare * deviation, tiny);
  const objectives: number[] = [];
  for (let step = 0; step < steps; step++) {
    const sums = sumPosteriors(sample, at);
    objectives.push(sums.objective);
    if (step > 0 && sums.objective - objectives[step - 1] < tolerance) break;
    at = maximise(at, sums, chosen.length, { middle, smallest });
    onStep?.();
  }
  return { ...at, objectives };
}

/** √ of the mean square. */
function deviationOf(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares / values.length);
}

function beginAt({ values, local }: Residuals, middle: number, deviation: number): ErrorMixture {
  const distances = values.map((value, i) => Math.abs(value / local[i]));
  const scale = Math.max(deviationsPerMedianDistance * quantile(distances, 0.5), smallestShare * deviation, tiny);
  return { errorShare: 0.05, scale, width: Math.max(deviation, leastRatio * scale * middle) };
}

interface PosteriorSums {
  readonly objective: number;
  /** Σ p, Σ p u r², Σ (1 − p) v (r/local)² and Σ (1 − p): p the posterior of being wrong, u and v as in any such EM. */
  readonly wrong: number;
  readonly wrongSquares: number;
  readonly rightSquares: number;
  readonly right: number;
}

function sumPosteriors({ values, local }: Residuals, at: ErrorMixture): PosteriorSums {
  const { errorShare, scale, width } = at;
  let objective = prior.wrong * Math.log(errorShare) + prior.right * Math.log1p(-errorShare);
  let wrong = 0;
  let wrongSquares = 0;
  let rightSquares = 0;
  for (let i = 0; i < values.length; i++) {
    const right = logRight(at, values[i], local[i]);
    const odds = logWrong(errorShare, width, values[i]) - right;
    const posterior = 1 / (1 + Math.exp(-odds));
    objective += right + softplus(odds);
    wrong += posterior;
    const squared = values[i] * values[i];
    const relative = squared / (local[i] * local[i]);
    wrongSquares += (posterior * (freedom.wrong + 1) * squared) / (freedom.wrong + squared / (width * width));
    rightSquares += ((1 - posterior) * (freedom.right + 1) * relative) / (freedom.right + relative / (scale * scale));
  }
  return { objective, wrong, wrongSquares, rightSquares, right: values.length - wrong };
}

/** One after the other, each the best that the others allow: the objective cannot fall. */
function maximise(
  { width }: ErrorMixture,
  { wrong, wrongSquares, rightSquares, right }: PosteriorSums,
  rows: number,
  { middle, smallest }: { readonly middle: number; readonly smallest: number },
): ErrorMixture {
  const errorShare = Math.min(mostWrong, (wrong + prior.wrong) / (rows + prior.wrong + prior.right));
  const scale = Math.max(Math.min(Math.sqrt(rightSquares / right), width / (leastRatio * middle)), smallest);
  return { errorShare, scale, width: Math.max(Math.sqrt(wrongSquares / wrong), leastRatio * scale * middle) };
}

/** log(1 + eᵗ). */
function softplus(t: number): number {
  return t > 0 ? t + Math.log1p(Math.exp(-t)) : Math.log1p(Math.exp(t));
}

/** log Γ((ν+1)/2) − log Γ(ν/2) − ½ log(νπ), by Γ((ν+2)/2)/Γ((ν+1)/2) = (ν/2)/(Γ((ν+1)/2)/Γ(ν/2)) from ν = 1 on. */
function logStudentConstant(nu: number): number {
  let ratio = 1 / Math.sqrt(Math.PI);
  for (let at = 1; at < nu; at++) ratio = at / 2 / ratio;
  return Math.log(ratio) - 0.5 * Math.log(nu * Math.PI);
}

const constants = { right: logStudentConstant(freedom.right), wrong: logStudentConstant(freedom.wrong) };

/** log of (1 − ε)·density of a right label with this residual. */
function logRight({ errorShare, scale }: ErrorMixture, residual: number, local: number): number {
  const size = scale * local;
  const squared = (residual / size) ** 2;
  const log = constants.right - ((freedom.right + 1) / 2) * Math.log1p(squared / freedom.right);
  return Math.log1p(-errorShare) + log - Math.log(size);
}

/** log of ε·density of a wrong label with this residual. */
function logWrong(errorShare: number, width: number, residual: number): number {
  const squared = (residual / width) ** 2;
  const log = constants.wrong - ((freedom.wrong + 1) / 2) * Math.log1p(squared / freedom.wrong);
  return Math.log(errorShare) + log - Math.log(width);
}

/**
 * Log-odds that a label with this residual is wrong: the larger, the farther away it lies. Where right labels scatter
 * so much that wrong ones would be the nearer, these lie as much wider as in the median row at least. Above 0 only well
 * outside the better part of the interval of right labels: 0.9 {@link reachOfRight} and more.
 */
export function errorLogOdds(mixture: ErrorMixture, residual: number, local: number): number {
  const { errorShare, scale, width } = mixture;
  const wider = Math.max(width, leastRatio * scale * local);
  return logWrong(errorShare, wider, residual) - logRight(mixture, residual, local);
}

/** log density of a label with this residual, right or wrong. */
export function logDensity(mixture: ErrorMixture, residual: number, local: number): number {
  const right = logRight(mixture, residual, local);
  return right + softplus(logWrong(mixture.errorShare, mixture.width, residual) - right);
}

/** Half the width of the interval that holds nine right labels in ten. */
export function reachOfRight({ scale }: ErrorMixture, local: number): number {
  return rightQuantile * scale * local;
}
