import { InputError } from '../base/errors';
import { gatherRows } from '../base/gatherRows';
import type { Matrix } from '../base/matrix';
import { rowOf } from '../base/matrix';
import { dot } from '../base/vectors';
import { countOfWeight } from '../base/weights';
import { retrain } from '../influence/removal/retrain';
import { columnsAsParameters, fillResidual, parametersAsColumns } from '../models/evaluateHead';
import type { RemovalBatch } from './removalBatch';

/** Default of {@link RetrainSetsOptions.tolerance}: effects are then right to about four digits and more. */
const changeTolerance = 1e-5;
/** Steps that all sets take together; the few that have not arrived by then are fitted one by one. */
const largestStepCount = 12;
/** A step has to be shorter than this share of the one before, or the set is fitted by itself. */
const leastContraction = 0.7;

interface RetrainSetsOptions {
  /** m×p: estimated changes to start from, usually the Newton steps; rows that are NaN start from 0. */
  readonly start: Matrix;
  /**
   * Length of the last step taken relative to the whole change, in the norm of H; the error that remains is smaller
   * still.
   */
  readonly tolerance?: number;
  /** Told after each pass over the rows: how far the slowest set is, 0 … 1. */
  readonly onShare?: (share: number, detail: string) => void;
  readonly onBlock?: (done: number, total: number) => void;
}

interface RetrainedSets {
  /** θ_retrained − θ̂, m×p. */
  readonly changes: Matrix;
  /** Per set: estimated relative error of the change, in the norm of H. */
  readonly relativeErrors: Float64Array;
  /** Passes over the rows made for all sets together. */
  readonly passes: number;
  /** Sets that were fitted by themselves, with Hessians of their own. */
  readonly fittedAlone: number;
}

/**
 * Ground truth for many removal sets at once: minimises each edited objective by Newton steps with (H − H_S)⁻¹ at θ̂
 * ("chord" steps) from the estimates. All heads share each pass over the rows, O(n·d·K·m) but bound by memory for few
 * heads, and no Hessian is formed: usually three or four passes for all of them. A set that does not converge so is
 * fitted by itself with damped Newton steps.
 * @throws InputError when a set leaves nothing to train on; NumericalError when a fit does not converge.
 */
export function retrainSets(batch: RemovalBatch, options: RetrainSetsOptions): RetrainedSets {
  const { model, sets } = batch;
  const { problem, theta } = model;
  const p = problem.parameters;
  const m = sets.length;
  const tolerance = options.tolerance ?? changeTolerance;
  const trainRows = countOfWeight(problem.weights);
  for (const rows of sets) {
    if (rows.length >= trainRows) throw new InputError('Nothing would be left to train on.');
  }
  const changes: Matrix = { rows: m, columns: p, data: options.start.data.map((v) => (Number.isNaN(v) ? 0 : v)) };
  const relativeErrors = new Float64Array(m);
  const alone: number[] = [];
  let active: number[] = [];
  sets.forEach((rows, t) => {
    if (rows.length === 0) rowOf(changes, t).fill(0);
    else if (batch.losesClass(t)) alone.push(t);
    else active.push(t);
  });
  const gradients = batch.gradients();
  // ‖Δ‖² in the norm of H − H_S, of which Δ is about the solution of a system with this gradient.
  const lengths = Float64Array.from(sets, (_, t) => dot(rowOf(changes, t), rowOf(gradients, t)));
  const previous = new Float64Array(m).fill(Number.POSITIVE_INFINITY);
  let passes = 0;
  while (active.length > 0 && passes < largestStepCount) {
    const gradient = editedGradients(batch, active, changes, options.onBlock);
    passes++;
    const { vectors: steps, failed } = batch.solveRoughly(gradient, active);
    let slowest = 0;
    active = active.filter((t, at) => {
      const step = rowOf(steps, at);
      const relative = Math.sqrt(Math.max(0, dot(step, rowOf(gradient, at))) / Math.abs(lengths[t]));
      if (failed[at] || !(relative < leastContraction * previous[t])) {
        alone.push(t);
        return false;
      }
      const change = rowOf(changes, t);
      for (let j = 0; j < p; j++) change[j] -= step[j];
      relativeErrors[t] = relative * Math.min(1, relative / previous[t] + batch.roughTolerance);
      previous[t] = relative;
      slowest = Math.max(slowest, relative);
      return relative > tolerance;
    });
    const share = slowest === 0 ? 1 : Math.min(1, Math.log(slowest) / Math.log(tolerance));
    options.onShare?.(Math.max(0, share), `pass ${passes}, largest step ${slowest.toExponential(0)}`);
  }
  alone.push(...active);
  for (const t of alone) {
    const start = rowOf(options.start, t);
    const usable = !start.some(Number.isNaN) && !batch.losesClass(t);
    const { change, fit } = retrain(model, {
      removed: sets[t],
      ridgeConvention: batch.ridgeConvention,
      ...(usable ? { start: theta.map((value, at) => value + start[at]) } : {}),
      ...(options.onBlock === undefined ? {} : { onBlock: options.onBlock }),
    });
    rowOf(changes, t).set(change);
    relativeErrors[t] = fit.relativeGradientNorm;
  }
  return { changes, relativeErrors, passes, fittedAlone: alone.length };
}

/**
 * Gradients of the edited objectives at θ̂ + Δ_t for the given sets, one pass over the rows: |which|×p.
 * O(n·d·K·|which|).
 */
function editedGradients(
  batch: RemovalBatch,
  which: readonly number[],
  changes: Matrix,
  onBlock: RetrainSetsOptions['onBlock'],
): Matrix {
  const { problem, linalg, theta } = batch.model;
  const { outputs, weights, labels, ridge } = problem;
  const d = problem.features.columns;
  const p = problem.parameters;
  const heads = gatherRows(changes, Int32Array.from(which)).data;
  for (let at = 0; at < heads.length; at++) heads[at] += theta[at % p];
  const m = which.length;
  const width = m * outputs;
  const removals = sortedRemovals(which.map((t) => batch.sets[t]));
  let next = 0;
  const product = linalg.multiplyThrough(
    problem.rows,
    parametersAsColumns(heads, d),
    width,
    (z, residuals, from, count) => {
      for (let at = 0; at < count; at++) {
        const w = weights[from + at];
        if (w === 0) continue;
        for (let t = 0; t < m; t++) {
          fillResidual(problem, z, at * m + t, labels[from + at], residuals, at * width + t * outputs);
        }
        if (w !== 1) for (let c = at * width; c < (at + 1) * width; c++) residuals[c] *= w;
      }
      if (from === 0) next = 0;
      for (; next < removals.rows.length && removals.rows[next] < from + count; next++) {
        const start = (removals.rows[next] - from) * width + removals.heads[next] * outputs;
        residuals.fill(0, start, start + outputs);
      }
    },
    onBlock,
  );
  const gradients = columnsAsParameters(product);
  which.forEach((t, at) => {
    const shift = batch.ridgeShift(t);
    for (let j = 0; j < p; j++) {
      const penalty = ridge[j % d];
      gradients[at * p + j] += (penalty === 0 ? 0 : penalty - shift) * heads[at * p + j];
    }
  });
  return { rows: m, columns: p, data: gradients };
}

/** All (row, head) pairs of removed rows, by row: blocks of rows come in order. */
function sortedRemovals(sets: readonly Int32Array[]): { readonly rows: Int32Array; readonly heads: Int32Array } {
  const total = sets.reduce((sum, { length }) => sum + length, 0);
  // Row and head in one number sort as numbers do, without an object a pair.
  const keys = new Float64Array(total);
  let at = 0;
  sets.forEach((set, head) => {
    for (const row of set) keys[at++] = row * sets.length + head;
  });
  keys.sort();
  return {
    rows: Int32Array.from(keys, (key) => Math.floor(key / sets.length)),
    heads: Int32Array.from(keys, (key) => key % sets.length),
  };
}
