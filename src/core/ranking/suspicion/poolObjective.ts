import { factorInPlace, forwardSolve } from '../../linalg/smallCholesky';
import type { Expert } from './experts';
import type { RowsByLabel } from './rowsByLabel';

/** Share of an even guess in every expert's probabilities: none of them can rule a class out by itself. */
const evenShare = 1e-3;
/** A strength changes by no more than this in a step. */
const longestStep = 0.5;
/** Ends where no strength moves by more than this. */
const closeEnough = 1e-10;

/** log(.999·p + .001/C): what the pool makes of an expert's probability (docs/mathematics.md, "Suspicion", 2). */
export function poolLog(probability: number, classes: number): number {
  return Math.log((1 - evenShare) * probability + evenShare / classes);
}

/** What the strengths of the pool are fitted to. */
interface PoolRows {
  readonly order: RowsByLabel;
  /** E. */
  readonly experts: number;
  /** rows·C·E: Lₑᵢⱼ, the experts of a class side by side, rows in the order of `order`. */
  readonly logs: Float32Array;
}

export function gatherPoolRows(experts: readonly Expert[], order: RowsByLabel): PoolRows {
  const logs = new Float32Array(order.rows.length * order.classes * experts.length);
  experts.forEach(({ probabilities }, e) => fillLogs(probabilities, order, e, experts.length, logs));
  return { order, experts: experts.length, logs };
}

function fillLogs(
  probabilities: Float32Array,
  { rows, classes }: RowsByLabel,
  first: number,
  stride: number,
  logs: Float32Array,
): void {
  let to = first;
  for (const row of rows) {
    for (let c = 0, from = row * classes; c < classes; c++, to += stride) {
      logs[to] = poolLog(probabilities[from++], classes);
    }
  }
}

/** 1 at the given label of each row of `order`, else 0: rows·C. */
export function labelTargets({ rows, classes, starts }: RowsByLabel): Float32Array {
  const targets = new Float32Array(rows.length * classes);
  for (let c = 0; c < classes; c++) {
    for (let row = starts[c]; row < starts[c + 1]; row++) targets[row * classes + c] = 1;
  }
  return targets;
}

/** The objective of {@link climbPool} at some strengths. */
interface PoolDerivatives {
  readonly value: number;
  /** E. */
  readonly gradient: Float64Array;
  /** E×E: minus the Hessian, positive definite. */
  readonly curvature: Float64Array;
}

/**
 * Of Σᵢⱼ tᵢⱼ log πᵢⱼ − Σₑ (wₑ − 1/E)², πᵢⱼ ∝ exp Σₑ wₑLₑᵢⱼ, for targets t that sum to 1 in each row:
 *
 *     gradient Σᵢⱼ (tᵢⱼ − πᵢⱼ) Lₑᵢⱼ − 2 (wₑ − 1/E)        curvature Σᵢ Cov_πᵢ(Lₑ, L_f) + 2 [e = f]
 *
 * O(rows·C·E²).
 */
export function poolDerivatives(rows: PoolRows, targets: Float32Array, strengths: Float64Array): PoolDerivatives {
  const { experts, logs } = rows;
  const gradient = new Float64Array(experts);
  const curvature = new Float64Array(experts * experts);
  const classes = rows.order.classes;
  let value = addRows(logs, targets, strengths, new Float64Array(classes), gradient, curvature);
  for (let e = 0; e < experts; e++) {
    const off = strengths[e] - 1 / experts;
    value -= off * off;
    gradient[e] -= 2 * off;
    curvature[e * experts + e] += 2;
    for (let f = 0; f < e; f++) curvature[f * experts + e] = curvature[e * experts + f];
  }
  return { value, gradient, curvature };
}

/** Adds the sums over the rows, of the curvature its lower triangle; returns that of the value. */
function addRows(
  logs: Float32Array,
  targets: Float32Array,
  strengths: Float64Array,
  p: Float64Array,
  gradient: Float64Array,
  curvature: Float64Array,
): number {
  const E = strengths.length;
  const C = p.length;
  const mean = new Float64Array(E);
  let value = 0;
  for (let row = 0; row < targets.length; row += C) {
    let aimed = 0;
    for (let j = 0, at = row * E; j < C; j++, at += E) {
      let z = 0;
      for (let e = 0; e < E; e++) z += strengths[e] * logs[at + e];
      p[j] = z;
      aimed += targets[row + j] * z;
    }
    value += aimed - expNormalise(p);
    mean.fill(0);
    for (let j = 0, at = row * E; j < C; j++, at += E) {
      const own = p[j];
      const surplus = targets[row + j] - own;
      for (let e = 0; e < E; e++) {
        const log = logs[at + e];
        gradient[e] += surplus * log;
        mean[e] += own * log;
        for (let f = 0; f <= e; f++) curvature[e * E + f] += own * log * logs[at + f];
      }
    }
    for (let e = 0; e < E; e++) for (let f = 0; f <= e; f++) curvature[e * E + f] -= mean[e] * mean[f];
  }
  return value;
}

/** p ← exp(p) / Σ exp(p), in place; returns log Σ exp(p). O(C). */
function expNormalise(p: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < p.length; j++) if (p[j] > largest) largest = p[j];
  let sum = 0;
  for (let j = 0; j < p.length; j++) sum += p[j] = Math.exp(p[j] - largest);
  for (let j = 0; j < p.length; j++) p[j] /= sum;
  return largest + Math.log(sum);
}

/** π of every row at these strengths into `to` (rows·C). O(rows·C·E). */
export function fillPool({ logs, order: { classes } }: PoolRows, strengths: Float64Array, to: Float32Array): void {
  fillRows(logs, strengths, new Float64Array(classes), to);
}

function fillRows(logs: Float32Array, strengths: Float64Array, p: Float64Array, to: Float32Array): void {
  const E = strengths.length;
  const C = p.length;
  for (let row = 0, at = 0; row < to.length; row += C) {
    for (let j = 0; j < C; j++) {
      let z = 0;
      for (let e = 0; e < E; e++) z += strengths[e] * logs[at++];
      p[j] = z;
    }
    expNormalise(p);
    for (let j = 0; j < C; j++) to[row + j] = p[j];
  }
}

/**
 * Takes the strengths, in place, up the concave objective of {@link poolDerivatives} under w ≥ 0 by projected Newton
 * steps: a strength at 0 that the gradient would lower stays out of the step. `onStep` is told of each pass.
 *
 * @param steps at most
 */
export function climbPool(
  rows: PoolRows,
  targets: Float32Array,
  strengths: Float64Array,
  steps: number,
  onStep?: () => void,
): void {
  let at = poolDerivatives(rows, targets, strengths);
  onStep?.();
  for (let step = 0; step < steps; step++) {
    const direction = newtonDirection(at, strengths);
    let length = 1;
    let next = moved(strengths, direction, length);
    let reached = poolDerivatives(rows, targets, next);
    onStep?.();
    // Clipped steps of a concave function overshoot hardly ever; where they do, half the way does not.
    while (!(reached.value >= at.value - 1e-12 * Math.abs(at.value)) && length > 1e-6) {
      length /= 2;
      next = moved(strengths, direction, length);
      reached = poolDerivatives(rows, targets, next);
      onStep?.();
    }
    if (!(reached.value >= at.value - 1e-12 * Math.abs(at.value))) return;
    const change = next.reduce((largest, value, e) => Math.max(largest, Math.abs(value - strengths[e])), 0);
    strengths.set(next);
    at = reached;
    if (change <= closeEnough) return;
  }
}

function moved(from: Float64Array, direction: Float64Array, length: number): Float64Array {
  return from.map((value, e) => Math.max(0, value + length * direction[e]));
}

/** Curvature⁻¹·gradient over the strengths that are free to move, each entry clipped to ±½. */
function newtonDirection({ gradient, curvature }: PoolDerivatives, strengths: Float64Array): Float64Array {
  const E = strengths.length;
  const free = Array.from(strengths.keys()).filter((e) => strengths[e] > 0 || gradient[e] > 0);
  const size = free.length;
  const lower = Float64Array.from({ length: size * size }, (_, at) => {
    const [e, f] = [free[Math.floor(at / size)], free[at % size]];
    return curvature[e * E + f];
  });
  const solution = Float64Array.from(free, (e) => gradient[e]);
  factorInPlace(lower, size);
  forwardSolve(lower, solution, size, 1);
  for (let k = size - 1; k >= 0; k--) {
    for (let l = k + 1; l < size; l++) solution[k] -= lower[l * size + k] * solution[l];
    solution[k] /= lower[k * size + k];
  }
  const direction = new Float64Array(E);
  free.forEach((e, k) => (direction[e] = Math.max(-longestStep, Math.min(longestStep, solution[k]))));
  return direction;
}
