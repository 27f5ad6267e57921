import { InputError, NumericalError } from '../base/errors';
import { smallestL2 } from '../models/headProblem';
import type { L2CurvePoint } from './l2Types';

const pointsPerDecade = 1;
/** The path is followed to smaller λ until the curve has risen this often in a row … */
const risesToStop = 1;
/** … and stands this much above its minimum. */
const riseToStop = 1.05;
/** Around the best point the midpoints to both neighbours are tried, this many times: half decades, then quarters. */
const refinements = 2;

/** One λ of a path. */
export interface Visited {
  readonly point: L2CurvePoint;
  /** θ near the optimum there. */
  readonly theta: Float64Array;
  /** Hessians computed. */
  readonly hessians: number;
}

export interface L2Path {
  /** In the order of the visits. */
  readonly visited: readonly Visited[];
  readonly best: Visited;
  readonly onEdge: boolean;
  /** λ values at which no head could be fitted. */
  readonly failed: readonly number[];
}

/** Fits at one λ, starting from what was visited. @throws NumericalError when that is not possible. */
export type VisitL2 = (l2: number, visited: readonly Visited[]) => Visited;

/** `done` of `total` λ values at most; called before each. */
type OnPoint = (l2: number, done: number, total: number) => void;

/**
 * Minimises the leave-one-out loss over a log grid: from large λ to small, ending early once the curve has clearly
 * turned up; then the grid is refined around the minimum.
 * @throws NumericalError when no λ of the grid can be fitted.
 */
export function followL2Path(range: readonly [number, number], visitL2: VisitL2, onPoint?: OnPoint): L2Path {
  const grid = gridOf(range);
  const total = grid.length + 2 * refinements;
  const visited: Visited[] = [];
  const failed: number[] = [];
  let cause: NumericalError | undefined;
  const visit = (l2: number): Visited | undefined => {
    onPoint?.(l2, visited.length + failed.length, total);
    try {
      const found = visitL2(l2, visited);
      visited.push(found);
      return found;
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      failed.push(l2);
      cause = error;
      return undefined;
    }
  };
  let rises = 0;
  let best: Visited | undefined;
  let previous = Number.POSITIVE_INFINITY;
  for (const l2 of grid) {
    const found = visit(l2);
    if (found === undefined) {
      if (best !== undefined) break;
      continue;
    }
    const loss = found.point.meanLooLoss;
    rises = loss > previous ? rises + 1 : 0;
    previous = loss;
    if (best === undefined || loss < best.point.meanLooLoss) best = found;
    if (rises >= risesToStop && loss > riseToStop * best.point.meanLooLoss) break;
  }
  if (best === undefined) {
    throw new NumericalError(
      `No λ between ${grid[grid.length - 1].toPrecision(2)} and ${grid[0].toPrecision(2)} gave a head: ` +
        (cause?.message ?? 'every fit failed.'),
      { details: cause?.details ?? {}, cause },
    );
  }
  for (let round = 0; round < refinements; round++) {
    const middle: Visited = best;
    const tried = visited.map((one) => one.point.l2).sort((a, b) => a - b);
    const at = tried.indexOf(middle.point.l2);
    for (const neighbour of [tried[at + 1], tried[at - 1]]) {
      if (neighbour === undefined) continue;
      const found = visit(Number(Math.sqrt(neighbour * middle.point.l2).toPrecision(6)));
      if (found !== undefined && found.point.meanLooLoss < best.point.meanLooLoss) best = found;
    }
  }
  const chosen = best.point.l2;
  return { visited, best, onEdge: chosen === grid[0] || chosen === grid[grid.length - 1], failed };
}

/** Descending decades from the upper bound to the lower one, both included. */
function gridOf([low, high]: readonly [number, number]): number[] {
  if (!(low >= smallestL2) || !(high >= low) || !Number.isFinite(high)) {
    throw new InputError(`The λ grid must run from at least ${smallestL2} upwards, not from ${low} to ${high}.`);
  }
  const steps = Math.max(1, Math.round(Math.log10(high / low) * pointsPerDecade));
  if (high === low) return [high];
  return Array.from({ length: steps + 1 }, (_, step) => {
    if (step === 0) return high;
    if (step === steps) return low;
    return Number((high * (low / high) ** (step / steps)).toPrecision(6));
  });
}
