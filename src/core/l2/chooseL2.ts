import { createRandom } from '../base/random';
import { countOfWeight } from '../base/weights';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { sampleProblem } from '../models/fitting/sampleProblem';
import type { HeadProblem } from '../models/headProblem';
import { type HeadSize, hessianWork, isExactAffordable, leverageWork } from '../models/headSize';
import { createEstimatedVisit } from './estimatedL2Points';
import { createExactVisit } from './exactL2Points';
import type { L2Path, Visited, VisitL2 } from './l2Path';
import { followL2Path } from './l2Path';
import type { L2Choice } from './l2Types';
import { planSearch, type SearchShare } from './searchShares';

/** The coarse grid by default: decades from 1 down to 1e-6. */
const defaultL2Range = [1e-6, 1] as const;

/** Multiply-adds of one Hessian and one pass of leverages up to which λ is searched on all rows. */
const searchWork = 5e10;
/**
 * A sample has so many rows for each feature, at least {@link smallestSample} and at most {@link sampleNumbers}
 * numbers.
 */
const rowsPerFeature = 16;
const smallestSample = 4000;
const sampleNumbers = 2 ** 24;
/**
 * A neighbour on all rows this little above the best says that the curve is flat there: the other one need not be
 * tried.
 */
const flatRise = 2e-4;
/** A sample of more than this share of the rows saves too little. */
const largestSampleShare = 0.7;

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
 * Minimises the mean RIF leave-one-out loss over a log grid of λ (docs/mathematics.md, "Choosing λ"), each fit starting
 * from its neighbours' θ.
 *
 * Where one Hessian and one pass of leverages cost much, the path is followed on a seeded sample of the training rows,
 * stratified by class, with the *total* ridge nλ of the whole: nλ is the precision of a Gaussian prior on θ, and what
 * is known of θ beforehand does not change with the number of rows (so λ·n of the whole is what λ·m is to the sample).
 * The best λ and its better neighbours are then compared on all rows; `choice` says so. Heads too large for exact
 * Hessians are fitted by gradients, and their leave-one-out losses estimated (estimatedL2Points.ts).
 * @throws NumericalError when no λ of the grid can be fitted.
 */
export function chooseL2(problem: HeadProblem, linalg: LinearAlgebra, options: ChooseL2Options = {}): L2Search {
  const range = options.range ?? defaultL2Range;
  const { onBlock, onPoint } = options;
  const method = isExactAffordable(problem) ? 'exact' : 'estimated';
  const visitOf = (at: HeadProblem): VisitL2 =>
    method === 'exact' ? createExactVisit(at, linalg, onBlock) : createEstimatedVisit(at, linalg, onBlock);
  const size = sampleSize(problem);
  const { ofPath, ofConfirmation } = planSearch(problem, size === undefined ? undefined : withRows(problem, size));
  const onPathPoint = (l2: number, done: number, total: number): void => onPoint?.(l2, done, total, ofPath(done));
  if (size === undefined) {
    const path = followL2Path(range, visitOf(problem), onPathPoint);
    return resultOf(path, method, path.best, {});
  }
  const sample = sampleProblem(problem, size, createRandom(options.seed ?? 1), linalg, onBlock);
  let path: L2Path;
  try {
    path = followL2Path(range, visitOf(sample), onPathPoint);
  } finally {
    sample.rows.dispose();
  }
  const { best, confirmed } = confirmOnAllRows(path, visitOf(problem), (l2, done, total) =>
    onPoint?.(l2, path.visited.length + done, path.visited.length + total, ofConfirmation(done)),
  );
  return resultOf(path, method, best, {
    sampledRows: sample.features.rows,
    confirmed: confirmed.map(({ point }) => point).sort((a, b) => a.l2 - b.l2),
  });
}

function withRows({ outputs, parameters, features }: HeadProblem, rows: number): HeadSize {
  return { outputs, parameters, features: { rows, columns: features.columns } };
}

/** Rows of the sample on which λ is searched; undefined: all. */
function sampleSize(problem: HeadProblem): number | undefined {
  const rows = countOfWeight(problem.weights);
  const d = problem.features.columns;
  if (isExactAffordable(problem) && hessianWork(problem) + leverageWork(problem) <= searchWork) return undefined;
  const size = Math.min(Math.max(smallestSample, rowsPerFeature * d), Math.floor(sampleNumbers / d));
  return size > largestSampleShare * rows ? undefined : size;
}

/**
 * The sample's best λ, the better of its neighbours, and the other one unless that was better or no worse: two or three
 * points.
 */
function confirmOnAllRows(
  path: L2Path,
  visit: VisitL2,
  onPoint: (l2: number, done: number, total: number) => void,
): { readonly best: Visited; readonly confirmed: readonly Visited[] } {
  const sampled = path.visited.slice().sort((a, b) => a.point.l2 - b.point.l2);
  const at = sampled.indexOf(path.best);
  const neighbours = [sampled[at - 1], sampled[at + 1]]
    .filter((one) => one !== undefined)
    .sort((a, b) => a.point.meanLooLoss - b.point.meanLooLoss);
  const confirmed: Visited[] = [];
  const confirm = (one: Visited): Visited => {
    onPoint(one.point.l2, confirmed.length, 1 + neighbours.length);
    // Starts near its own θ of the sample, or where the last one on all rows ended.
    const found = visit(one.point.l2, [...confirmed, one]);
    confirmed.push(found);
    return found;
  };
  let best = confirm(path.best);
  for (const neighbour of neighbours) {
    const found = confirm(neighbour);
    const ratio = found.point.meanLooLoss / best.point.meanLooLoss;
    if (ratio < 1) best = found;
    if (ratio < 1 + flatRise) break;
  }
  return { best, confirmed };
}

function resultOf(
  path: L2Path,
  method: NonNullable<L2Choice['method']>,
  best: Visited,
  sampling: Pick<L2Choice, 'sampledRows' | 'confirmed'>,
): L2Search {
  const chosen = best.point.l2;
  const points = path.visited.map((one) => one.point).sort((a, b) => a.l2 - b.l2);
  return {
    choice: { points, chosen, onEdge: path.onEdge, ...(method === 'exact' ? {} : { method }), ...sampling },
    theta: best.theta,
    hessians: path.visited.reduce((sum, one) => sum + one.hessians, 0),
    failed: path.failed,
  };
}
