import type { Random } from '../base/random';
import { drawBeta, drawBinomial, drawGamma, drawPoisson, type Estimate, summarizeDraws } from './drawCounts';

/** Errors planted in a copy of the data, and those of them that were listed. One seed of a seeded audit. */
export interface PlantedFound {
  readonly planted: number;
  /** At or above the threshold. */
  readonly found: number;
}

/** Rows below the threshold drawn at random, and what was decided about them. */
export interface SpotChecked {
  readonly right: number;
  readonly wrong: number;
}

/**
 * What an estimate of the wrong labels below the threshold rests on: the suspicions alone, corrected by decisions; the
 * recall of planted errors; rows drawn at random; the last two together.
 */
type MissedBasis = 'suspicion' | 'seeded' | 'spot-check' | 'seeded and spot-check';

interface MissedInput {
  /** Rows below the threshold without a decision. */
  readonly undecided: number;
  /** Rows below the threshold that were found wrong, however they were come by. */
  readonly found: number;
  /** Draws of the wrong labels above the threshold, found or not. */
  readonly above: Float64Array;
  /** As many draws of the wrong labels among the undecided rows, by their suspicions. */
  readonly bySuspicion: Float64Array;
  /** Empty: no seeded audit. */
  readonly seeded: readonly PlantedFound[];
  readonly spotCheck: SpotChecked;
}

interface MissedRows extends Estimate {
  readonly basis: MissedBasis;
  /** What was drawn at random says something else than the other basis: only the former was believed. */
  readonly conflict: boolean;
}

/** Fewer draws that agree with a spot check, counted by their weights, are no sample of anything. */
const fewestDraws = 50;

/**
 * The wrong labels that nobody has found below the threshold. Where errors were planted, recall r is Beta(found + ½,
 * missed + ½), with fewer rows where seeds differ by more than chance lets them; W wrong labels above the threshold
 * then stand for Poisson(Gamma(W + ½) · (1 − r)/r) below it. Rows drawn at random weigh the draws by how likely they
 * make what was found among them. O(draws · log draws).
 */
export function estimateMissed(input: MissedInput, random: Random): MissedRows {
  const { undecided, seeded, spotCheck, bySuspicion } = input;
  const isSeeded = seeded.some(({ planted }) => planted > 0);
  const before = isSeeded ? drawMissed(input, random) : bySuspicion;
  const checked = spotCheck.right + spotCheck.wrong;
  if (checked === 0 || undecided === 0) {
    return { ...summarizeDraws(before), basis: isSeeded ? 'seeded' : 'suspicion', conflict: false };
  }
  const bySpots = before.map(() =>
    drawBinomial(random, undecided, drawBeta(random, spotCheck.wrong + 0.5, spotCheck.right + 0.5)),
  );
  const alone = summarizeDraws(bySpots);
  if (!isSeeded) return { ...alone, basis: 'spot-check', conflict: false };
  const likelihoods = before.map((missed) => logLikelihood(spotCheck, Math.min(1, missed / undecided)));
  const likeliest = likelihoods.reduce((most, one) => Math.max(most, one), -Infinity);
  const weights = likelihoods.map((one) => (likeliest === -Infinity ? 0 : Math.exp(one - likeliest)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight * weight, 0);
  if (sum === 0 || (sum * sum) / squares < fewestDraws) return { ...alone, basis: 'spot-check', conflict: true };
  return { ...summarizeDraws(before, weights), basis: 'seeded and spot-check', conflict: false };
}

function drawMissed({ undecided, found, above, seeded }: MissedInput, random: Random): Float64Array {
  const planted = seeded.reduce((sum, one) => sum + one.planted, 0);
  const listed = seeded.reduce((sum, one) => sum + one.found, 0);
  const spread = spreadOf(seeded, listed / planted);
  return above.map((wrong) => {
    const recall = drawBeta(random, listed / spread + 0.5, (planted - listed) / spread + 0.5);
    const missed = drawPoisson(random, Math.min(1e9, drawGamma(random, wrong + 0.5) * ((1 - recall) / recall)));
    return Math.min(undecided, Math.max(0, missed - found));
  });
}

/** How much more recalls vary than binomial numbers: Pearson's χ² by its degrees of freedom, at least 1. */
function spreadOf(seeded: readonly PlantedFound[], recall: number): number {
  if (seeded.length < 2 || recall <= 0 || recall >= 1) return 1;
  const chiSquared = seeded.reduce(
    (sum, { planted, found }) =>
      sum + (planted === 0 ? 0 : (found - planted * recall) ** 2 / (planted * recall * (1 - recall))),
    0,
  );
  return Math.max(1, chiSquared / (seeded.length - 1));
}

function logLikelihood({ right, wrong }: SpotChecked, share: number): number {
  return (wrong === 0 ? 0 : wrong * Math.log(share)) + (right === 0 ? 0 : right * Math.log1p(-share));
}
