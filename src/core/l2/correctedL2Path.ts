import { NumericalError } from '../base/errors';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { factorizeHessian } from '../models/curvature/hessianFactor';
import { computeLogits } from '../models/evaluateHead';
import type { HeadProblem } from '../models/headProblem';
import { withL2 } from '../models/headProblem';
import type { L2Path, OnPoint, Visited, VisitL2 } from './l2Path';
import { besides, descendParabolas, lowestOf } from './l2Path';
import { computeLeaveOneOutLoss } from './leaveOneOutLoss';

/** λ values with exact losses: two tell how the factor changes. */
const leastExact = 2;
const mostExact = 3;
/** Beyond this ratio of exact to estimated (or its inverse) nothing between and beyond two λ can be told of it. */
const mostRatio = 2;
/** A best λ this near (log₁₀) to one with an exact loss needs no other. */
const nearExact = 0.1;

/** What leaving a row out adds to its loss: exact over estimated, at one λ. */
interface Anchor {
  readonly logL2: number;
  readonly ratio: number;
}

interface CorrectionOptions {
  readonly visitL2: VisitL2;
  readonly onBlock?: OnBlock | undefined;
  readonly onPoint?: OnPoint | undefined;
}

/**
 * A path of estimated losses, corrected by exact ones at two or three λ: what leaving a row out adds to its loss is
 * wrong by a factor that changes slowly with λ, and is taken to be linear in log λ between and beyond them. The first
 * is the best λ of the estimates, the next the best of what is corrected so far, or its better neighbour, until the
 * best is near one of them. One Hessian and one pass of leverages at each. A λ whose Hessian cannot be factorised, or
 * at which no head can be fitted, is none to be chosen: it is left out and named.
 * @returns undefined where an exact loss shows that the estimates are too far off to be corrected
 * @throws NumericalError when that holds for all of them.
 */
export function correctL2Path(
  problem: HeadProblem,
  path: L2Path,
  linalg: LinearAlgebra,
  { visitL2, onBlock, onPoint }: CorrectionOptions,
): L2Path | undefined {
  const visited = path.visited.slice();
  const anchors: Anchor[] = [];
  const failed = path.failed.slice();
  /** undefined: not at this λ, which is noted. */
  const attempt = <Found>(l2: number, find: () => Found): Found | undefined => {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      failed.push(l2);
      if (visited.every(({ point }) => point.l2 === l2)) throw error;
      return undefined;
    }
  };
  let { best } = path;
  for (;;) {
    const next = nextAnchor(visited, best, anchors);
    if (next === undefined) break;
    const { l2: exactAt } = next.point;
    onPoint?.(exactAt, visited.length + anchors.length, visited.length + mostExact);
    const anchor = attempt(exactAt, () => anchorAt(problem, next, linalg, onBlock));
    if (anchor === undefined) {
      // No new λ is tried in its place before an exact loss was had: between those that fail, all may.
      visited.splice(visited.indexOf(next), 1);
      best = lowestOf(visited.map((one) => correct(one, anchors)));
      continue;
    }
    if (anchor.ratio > mostRatio || anchor.ratio < 1 / mostRatio) return undefined;
    anchors.push(anchor);
    const corrected = visited.map((one) => correct(one, anchors));
    best = descendParabolas(corrected, lowestOf(corrected), (l2) => {
      const found = attempt(l2, () => visitL2(l2, visited));
      if (found === undefined) return undefined;
      visited.push(found);
      const own = correct(found, anchors);
      corrected.push(own);
      return own;
    });
  }
  return { visited: visited.map((one) => correct(one, anchors)), best, failed };
}

/** The visited point, as it was estimated, whose exact loss is needed next. */
function nextAnchor(visited: readonly Visited[], best: Visited, anchors: readonly Anchor[]): Visited | undefined {
  const isNear = ({ point }: Visited): boolean =>
    anchors.some(({ logL2 }) => Math.abs(logL2 - Math.log10(point.l2)) < nearExact);
  if (anchors.length >= mostExact || (anchors.length >= leastExact && isNear(best))) return undefined;
  if (!isNear(best)) return visited.find(({ point }) => point.l2 === best.point.l2);
  const others = besides(visited, best).flatMap((one) => (one === undefined || isNear(one) ? [] : [one]));
  return others.length === 0 ? undefined : lowestOf(others);
}

function anchorAt(problem: HeadProblem, { point, theta }: Visited, linalg: LinearAlgebra, onBlock?: OnBlock): Anchor {
  const at = withL2(problem, point.l2);
  const logits = computeLogits(at, theta, linalg, onBlock);
  const exact = computeLeaveOneOutLoss(at, logits, factorizeHessian(at, logits, linalg, onBlock), linalg, onBlock);
  const ratio = (exact.meanLooLoss - exact.meanLoss) / (point.meanLooLoss - point.meanLoss);
  return { logL2: Math.log10(point.l2), ratio: Number.isFinite(ratio) && ratio > 0 ? ratio : 1 };
}

/** The point with what the anchors make of its loss; the two nearest of them count. As it is where there are none. */
function correct(one: Visited, anchors: readonly Anchor[]): Visited {
  if (anchors.length === 0) return one;
  const { point } = one;
  const at = Math.log10(point.l2);
  const [first, second] = anchors.slice().sort((a, b) => Math.abs(a.logL2 - at) - Math.abs(b.logL2 - at));
  const slope = second === undefined ? 0 : (second.ratio - first.ratio) / (second.logL2 - first.logL2);
  const ratio = Math.max(first.ratio / 2, first.ratio + slope * (at - first.logL2));
  const meanLooLoss = point.meanLoss + ratio * (point.meanLooLoss - point.meanLoss);
  return { ...one, point: { ...point, meanLooLoss } };
}
