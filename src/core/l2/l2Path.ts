import { InputError, NumericalError } from '../base/errors';
import { smallestL2 } from '../models/headProblem';
import type { L2CurvePoint } from './l2Types';

const pointsPerDecade = 1;
/** The path is followed to smaller λ until the curve stands this much above its minimum, having risen, … */
const clearRise = 1.05;
/** … or, having risen twice in a row, this much. */
const slowRise = 1.005;
/** Beside the best point the midpoints to both neighbours are tried, then minima of parabolas: this many. */
const midpoints = 2;
const mostParabolas = 2;
/** A minimum this near (log₁₀ λ) to the best point is it. */
const sameMinimum = 0.05;

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
  /** λ values at which no head could be fitted. */
  readonly failed: readonly number[];
}

/** Fits at one λ, starting from what was visited. @throws NumericalError when that is not possible. */
export type VisitL2 = (l2: number, visited: readonly Visited[]) => Visited;

/** `done` of `total` λ values at most; called before each. */
export type OnPoint = (l2: number, done: number, total: number) => void;

/**
 * Minimises the leave-one-out loss over λ: decades from large to small, ending early once the curve has clearly turned
 * up; then half decades beside the best, then minima of parabolas, at most so many.
 * @throws NumericalError when no λ of the grid can be fitted.
 */
export function followL2Path(
  range: readonly [number, number],
  visitL2: VisitL2,
  onPoint?: OnPoint,
  parabolas = mostParabolas,
): L2Path {
  const grid = gridOf(range);
  const total = grid.length + midpoints + parabolas;
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
    if (rises >= 1 && loss > (rises > 1 ? slowRise : clearRise) * best.point.meanLooLoss) break;
  }
  if (best === undefined) {
    throw new NumericalError(
      `No λ between ${grid[grid.length - 1].toPrecision(2)} and ${grid[0].toPrecision(2)} gave a head: ` +
        (cause?.message ?? 'every fit failed.'),
      { details: cause?.details ?? {}, cause },
    );
  }
  const middle = best.point.l2;
  for (const neighbour of besides(visited, best).map((one) => one?.point.l2)) {
    if (neighbour === undefined) continue;
    const found = visit(Number(Math.sqrt(neighbour * middle).toPrecision(6)));
    if (found !== undefined && found.point.meanLooLoss < best.point.meanLooLoss) best = found;
  }
  return { visited, best: descendParabolas(visited, best, visit, { most: parabolas }), failed };
}

interface ParabolaOptions {
  /** So many at most; default 2. */
  readonly most?: number;
  /** A minimum that is expected to lie less than this share of the loss below the best is not visited. Default 0. */
  readonly leastGain?: number;
}

/**
 * Visits the minimum of the parabola, in log λ, through the best point and its neighbours, and again: to the better of
 * what was best and what was found. `visit` adds to `visited`.
 */
export function descendParabolas(
  visited: readonly Visited[],
  best: Visited,
  visit: (l2: number) => Visited | undefined,
  { most = mostParabolas, leastGain = 0 }: ParabolaOptions = {},
): Visited {
  let found = best;
  for (let step = 0; step < most; step++) {
    const parabola = parabolaAt(visited, found);
    if (parabola === undefined || parabola.gain < leastGain) break;
    if (Math.abs(Math.log10(parabola.lowest / found.point.l2)) < sameMinimum) break;
    const next = visit(parabola.lowest);
    if (next === undefined) break;
    if (next.point.meanLooLoss < found.point.meanLooLoss) found = next;
  }
  return found;
}

/** The first point of those with the least loss. */
export function lowestOf(visited: readonly Visited[]): Visited {
  return visited.reduce((best, one) => (one.point.meanLooLoss < best.point.meanLooLoss ? one : best));
}

/** The visited points with the next smaller and the next larger λ. */
export function besides(visited: readonly Visited[], { point: { l2 } }: Visited): (Visited | undefined)[] {
  const sorted = visited.slice().sort((a, b) => a.point.l2 - b.point.l2);
  const at = sorted.findIndex((one) => one.point.l2 === l2);
  return [sorted[at - 1], sorted[at + 1]];
}

/** The parabola, in ln λ, through a point that is the lowest of three and its neighbours. */
interface Parabola {
  /** λ at the minimum, to two digits, held between the midpoints to the neighbours. */
  readonly lowest: number;
  /** How far the minimum lies below the point, as a share of the loss there. */
  readonly gain: number;
  /** Half the second derivative, as a share of the loss. */
  readonly bend: number;
}

/** Through `middle` and what was visited beside it; undefined at an end. */
export function parabolaAt(visited: readonly Visited[], middle: Visited): Parabola | undefined {
  const [below, above] = besides(visited, middle).map((one) => one?.point);
  if (below === undefined || above === undefined) return undefined;
  const { l2, meanLooLoss: loss } = middle.point;
  const left = Math.log(below.l2 / l2);
  const right = Math.log(above.l2 / l2);
  const fall = (below.meanLooLoss - loss) / left;
  const rise = (above.meanLooLoss - loss) / right;
  const bend = (rise - fall) / (right - left);
  const slope = fall - bend * left;
  const lowest = bend > 0 ? Math.min(right / 2, Math.max(left / 2, -slope / (2 * bend))) : 0;
  return {
    lowest: Number((l2 * Math.exp(lowest)).toPrecision(2)),
    gain: -(slope + bend * lowest) * (lowest / loss),
    bend: bend / loss,
  };
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
