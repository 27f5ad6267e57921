import type { HeadProblem } from './headProblem';
import { largestExactParameterCount } from './headProblem';

/** Up to this p everything is exact, whatever it costs: a second or two. */
const alwaysExact = 1500;
/** Multiply-adds up to which H and the leverages are computed exactly: some 10 s natively. */
const exactWork = 2e11;

/** What the cost of a head depends on; a HeadProblem tells it. */
export interface HeadSize extends Pick<HeadProblem, 'outputs' | 'parameters'> {
  readonly features: { readonly rows: number; readonly columns: number };
}

/** Multiply-adds of H at one θ, n·d²·K(K − 1)/4 (one output: n·d²/2), without its factor. */
export function gramWork({ outputs: K, features }: Pick<HeadSize, 'outputs' | 'features'>): number {
  const grams = K === 1 ? 0.5 : (K * (K - 1)) / 4;
  return features.rows * features.columns ** 2 * grams;
}

/** Multiply-adds of H at one θ ({@link gramWork}), and p³/6 for its factor. */
export function hessianWork(size: HeadSize): number {
  return gramWork(size) + size.parameters ** 3 / 6;
}

/** Multiply-adds of the leverages of all rows: H⁻¹ and n·d²·K(K + 1)/2; one output n·d²/2. */
export function leverageWork({ outputs: K, parameters: p, features }: HeadSize): number {
  const forms = K === 1 ? 0.5 : (K * (K + 1)) / 2;
  return features.rows * features.columns ** 2 * forms + (K === 1 ? 0 : (2 * p ** 3) / 3);
}

/**
 * Whether H is formed for this head: for every one of up to 1,500 parameters or one output, and for those whose Hessian
 * and leverages cost up to 2e11 multiply-adds. Others are fitted and measured by products with H; their leverages are
 * estimated.
 */
export function isExactAffordable(size: HeadSize): boolean {
  const { parameters: p, outputs: K } = size;
  if (p > largestExactParameterCount) return false;
  return p <= alwaysExact || K === 1 || hessianWork(size) + leverageWork(size) <= exactWork;
}

/**
 * Multiply-adds of H and exact leverages from which they cost several times what estimates do: 12–16 times at 4·10¹⁰.
 */
const leastJudgedWork = 1e10;
/**
 * Estimates know a row as one of many. With so many for each parameter the log-odds of a row left out are off by an
 * eightieth of what leaving it out changes, in the median, and by .02 in one of a hundred; with 4 by .04, with 2 by .08
 * (`node bench/run.mjs leftOut`, embeddings, 2,570 parameters).
 */
const judgedRowsPerParameter = 6;

/**
 * Whether a head of so many `rows` of weight that only judges labels leaves them out by estimated leverages: where H is
 * not formed, and for several outputs where exact ones cost much and estimates are near them.
 */
export function judgesByEstimates(size: HeadSize, rows: number): boolean {
  if (!isExactAffordable(size)) return true;
  const isCostly = size.outputs > 1 && hessianWork(size) + leverageWork(size) >= leastJudgedWork;
  return isCostly && rows >= judgedRowsPerParameter * size.parameters;
}

/** Multiply-adds of one Hessian from which passes in place of it are worth while: some 20 ms natively. */
const leastGradientWork = 1e9;

/** Whether a fit goes by gradients before it takes Hessians: for several outputs whose H costs much. */
export function startsByGradients(size: HeadSize): boolean {
  return size.outputs > 1 && hessianWork(size) >= leastGradientWork;
}

/** Whether a fit by gradients alone beats Newton steps: for several outputs beyond 1,500 parameters. */
export function fitsByGradients({ parameters: p, outputs: K }: Pick<HeadProblem, 'parameters' | 'outputs'>): boolean {
  return K > 1 && p > alwaysExact;
}

/** Multiply-adds of a Hessian and the leverages up to which both are had for every λ tried: some ms natively. */
const searchedExactly = 1e8;

/**
 * Whether λ is searched by estimated leave-one-out losses: for several outputs unless exact ones cost next to nothing.
 * One output has exact ones at the price of the estimates.
 */
export function searchesByEstimates(size: HeadSize): boolean {
  return size.outputs > 1 && hessianWork(size) + leverageWork(size) > searchedExactly;
}

/** Multiply-adds of one Hessian and one pass of leverages up to which λ of one output is searched on all rows. */
const searchedWhole = 5e10;
/**
 * A sample has so many rows for each feature, at least {@link smallestSample} and at most {@link sampleNumbers}
 * numbers.
 */
const rowsPerFeature = 16;
const smallestSample = 4000;
const sampleNumbers = 2 ** 24;
/** A sample of more than this share of the rows saves too little. */
const largestSampleShare = 0.5;

/** How many of `rows` training rows the sample has on which λ is searched; undefined: all are searched. */
export function searchSampleSize(size: HeadSize, rows: number): number | undefined {
  const d = size.features.columns;
  if (!searchesByEstimates(size) && hessianWork(size) + leverageWork(size) <= searchedWhole) return undefined;
  const wanted = Math.min(Math.max(smallestSample, rowsPerFeature * d), Math.floor(sampleNumbers / d));
  return wanted > largestSampleShare * rows ? undefined : wanted;
}
