import { createRandom } from '../base/random';
import { countOfWeight } from '../base/weights';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { sampleProblem } from '../models/fitting/sampleProblem';
import type { HeadProblem } from '../models/headProblem';
import { type HeadSize, isExactAffordable, searchesByEstimates, searchSampleSize } from '../models/headSize';
import { correctL2Path } from './correctedL2Path';
import { createEstimatedVisits } from './estimatedL2Points';
import { createExactVisit } from './exactL2Points';
import type { L2Path, OnPoint, Visited, VisitL2 } from './l2Path';
import { descendParabolas, followL2Path, parabolaAt } from './l2Path';
import type { L2Choice, L2CurvePoint } from './l2Types';
import { planSearch, type SearchShare } from './searchShares';

/** The coarse grid by default: decades from 1 down to 1e-6. */
const defaultL2Range = [1e-6, 1] as const;

/** What is this share of the loss or less is not worth another λ on all rows. */
const smallGain = 4e-4;
/**
 * Estimated losses choose as well as exact ones up to this many effective parameters a row: λ was off by less than 0.04
 * decades, and the loss by 0.012 %, on eight data sets with 0.1 to 0.38; on three with 0.35 and more by up to 3.5 %.
 */
const mostDofPerRow = 0.3;
/** The best λ of a path is compared with those this factor from it, and so on downhill: so many at most. */
const comparedStep = 2;
const mostCompared = 5;

interface ChooseL2Options {
  readonly range?: readonly [number, number];
  /** Of the sample, where λ is searched on one. Default 1. */
  readonly seed?: number;
  readonly onBlock?: OnBlock;
  /** `done` of `total` λ values at most, and the share of the work that the next one is; called before each. */
  readonly onPoint?: OnSearchPoint;
}

type OnSearchPoint = (l2: number, done: number, total: number, share: SearchShare) => void;

export interface L2Search {
  readonly choice: L2Choice;
  /** θ near the optimum at the chosen λ: where the final fit starts. */
  readonly theta: Float64Array;
  /** Hessians factorised in all, those of a sample among them. */
  readonly hessians: number;
  /** λ values at which no head could be fitted. */
  readonly failed: readonly number[];
}

/**
 * Minimises the mean RIF leave-one-out loss over λ (docs/mathematics.md, "Choosing λ"), each fit starting from its
 * neighbours' θ. Losses of heads of several outputs are estimated unless exact ones cost next to nothing
 * (estimatedL2Points.ts). Where the estimate's best head has many effective parameters for its rows, estimates may
 * mislead: they are then corrected by a few exact ones, if those can be had (correctedL2Path.ts), and where these show
 * that they are worth nothing, the path is followed by exact ones alone.
 *
 * Where there are many rows, the path is followed on a seeded sample of the training rows, stratified by class, with
 * the *total* ridge nλ of the whole: nλ is the precision of a Gaussian prior on θ, and what is known of θ beforehand
 * does not change with the number of rows (so λ·n of the whole is what λ·m is to the sample). From the sample's best λ
 * the curve of all rows is then descended; `choice` says so.
 * @throws NumericalError when no λ of the grid can be fitted.
 */
export function chooseL2(problem: HeadProblem, linalg: LinearAlgebra, options: ChooseL2Options = {}): L2Search {
  const range = options.range ?? defaultL2Range;
  const { onBlock, onPoint } = options;
  const method = searchesByEstimates(problem) ? 'estimated' : 'exact';
  const visitOf =
    method === 'exact'
      ? (at: HeadProblem): VisitL2 => createExactVisit(at, linalg, onBlock)
      : createEstimatedVisits(linalg, onBlock);
  const trainRows = countOfWeight(problem.weights);
  const size = searchSampleSize(problem, trainRows);
  const { ofPath, ofComparison } = planSearch(problem, size === undefined ? undefined : withRows(problem, size));
  const onPathPoint: OnPoint = (l2, done, total) => onPoint?.(l2, done, total, ofPath(done));
  if (size === undefined) {
    const visitL2 = visitOf(problem, false);
    const path = followL2Path(range, visitL2, onPathPoint);
    const isDoubtful = method === 'estimated' && mostEffectiveDof(path) > mostDofPerRow * trainRows;
    if (!isDoubtful || !isExactAffordable(problem)) return resultOf(path, { best: path.best }, range, method);
    const corrected = correctL2Path(problem, path, linalg, { visitL2, onBlock, onPoint: onPathPoint });
    if (corrected !== undefined) return resultOf(corrected, { best: corrected.best }, range, method);
    const exact = followL2Path(range, createExactVisit(problem, linalg, onBlock), onPathPoint);
    return resultOf(exact, { best: exact.best }, range, 'exact');
  }
  const sample = sampleProblem(problem, size, createRandom(options.seed ?? 1), linalg, onBlock);
  let path: L2Path;
  try {
    // All rows know better where the minimum is than parabolas of the sample.
    path = followL2Path(range, visitOf(sample, false), onPathPoint, 0);
  } finally {
    sample.rows.dispose();
  }
  const descended = descendFrom(path, range, visitOf(problem, true), (l2, done, total) =>
    onPoint?.(l2, path.visited.length + done, path.visited.length + total, ofComparison(done)),
  );
  return resultOf(path, descended, range, method, sample.features.rows);
}

/**
 * The most effective parameters from the best λ upwards. Estimates that are worth nothing at a small λ say few there,
 * and leave-one-out losses far too low: those at a larger one tell.
 */
function mostEffectiveDof({ visited, best }: L2Path): number {
  return visited.reduce((most, { point }) => (point.l2 < best.point.l2 ? most : Math.max(most, point.effectiveDof)), 0);
}

function withRows({ outputs, parameters, features }: HeadProblem, rows: number): HeadSize {
  return { outputs, parameters, features: { rows, columns: features.columns } };
}

/** What was found by better losses than those of the path, if there are any. */
interface Descended {
  readonly best: Visited;
  readonly compared?: readonly Visited[];
}

/**
 * By the losses of `visitL2`: at the minimum of the parabola through the path's best points, beside it, on downhill
 * until they rise on both sides, and at the minimum of the parabola through the best three. Three or four points
 * mostly, two where the curve is flat.
 */
function descendFrom(
  { visited, best: known }: L2Path,
  [low, high]: readonly [number, number],
  visitL2: VisitL2,
  onPoint: OnPoint,
): Descended {
  const compared: Visited[] = [];
  const visit = (l2: number): Visited => {
    onPoint(l2, compared.length, mostCompared + 1);
    // Starts from θ of the path, or where the nearest of these ended.
    const found = visitL2(l2, compared.length === 0 ? visited : compared);
    compared.push(found);
    return found;
  };
  const parabola = parabolaAt(visited, known);
  // What a curve as bent as the sample's, which more rows make flatter, may sag between two λ of equal losses.
  const sag = (parabola?.bend ?? 0) * (Math.log(comparedStep) / 2) ** 2;
  let best = visit(parabola?.lowest ?? known.point.l2);
  for (const factor of [comparedStep, 1 / comparedStep]) {
    const first = best;
    while (compared.length < mostCompared) {
      const l2 = Number(Math.min(high, Math.max(low, best.point.l2 * factor)).toPrecision(6));
      if (compared.some(({ point }) => point.l2 === l2)) break;
      const found = visit(l2);
      const ratio = found.point.meanLooLoss / best.point.meanLooLoss;
      if (ratio < 1) best = found;
      if (Math.abs(ratio - 1) < smallGain && sag < smallGain) return { best, compared };
      if (ratio > 1) break;
    }
    if (best !== first) break;
  }
  return { best: descendParabolas(compared, best, visit, { most: 1, leastGain: smallGain }), compared };
}

function resultOf(
  path: L2Path,
  { best, compared }: Descended,
  range: readonly [number, number],
  method: NonNullable<L2Choice['method']>,
  sampledRows?: number,
): L2Search {
  const pointsOf = (visited: readonly Visited[]): L2CurvePoint[] =>
    visited.map((one) => one.point).sort((a, b) => a.l2 - b.l2);
  return {
    choice: {
      points: pointsOf(path.visited),
      chosen: best.point.l2,
      onEdge: range.includes(best.point.l2),
      ...(method === 'exact' ? {} : { method }),
      ...(sampledRows === undefined ? {} : { sampledRows }),
      ...(compared === undefined ? {} : { compared: pointsOf(compared) }),
    },
    theta: best.theta,
    hessians: [...path.visited, ...(compared ?? [])].reduce((sum, one) => sum + one.hessians, 0),
    failed: path.failed,
  };
}
