import { BugError, NumericalError } from '../../base/errors';
import { forEachRowBlock } from '../../base/featureRows';
import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { EffectMethod, RemovalCoefficients } from '../effects/removalCoefficients';
import { computeRemovalCoefficients } from '../effects/removalCoefficients';
import type { FittedModel } from '../fittedModel';
import { evaluateTogether } from '../measurements/meanMeasurement';
import type { PreparedMeasurement } from '../measurements/measurement';
import { estimateRemovalChange } from '../removal/removalChange';
import type { RemovalMethod, RidgeConvention } from '../removal/removalTypes';
import type { RowInfluence } from '../rows/rowInfluence';

/** Numbers of group gradients held at a time: 32 MiB. */
const heldGradients = 2 ** 22;

/** A partition of the rows: by class, source, annotator, cluster, time … */
export interface RowGroups {
  /** n: the number of each row's group, −1 for rows in none. */
  readonly groupOf: Int32Array;
  /** G. */
  readonly count: number;
}

interface GroupEffectsOptions {
  readonly methods: readonly RemovalMethod[];
  /** What `computeRowInfluence` found for this model; without it `rif` costs a leverage pass. */
  readonly influence?: Pick<RowInfluence, 'leverage' | 'rifCoefficients'> | undefined;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  readonly onBlock?: OnBlock | undefined;
  /** Told before each Newton step. */
  readonly onGroup?: ((done: number, total: number) => void) | undefined;
}

/** Effects of removing whole groups by one method. **Positive = removing the group raises the measurement.** */
interface GroupMethodEffects {
  readonly method: RemovalMethod;
  /** G×M: f(θ̂ + Δ) − f(θ̂); NaN where there is no answer. */
  readonly effects: Matrix;
  /** G: why a group has no answer (the Newton step without it does not exist); null where it has one. */
  readonly missing: readonly (string | null)[];
}

export interface GroupEffects {
  readonly names: readonly string[];
  /** G: the training rows of each group, ascending. Effects of a group without any are 0. */
  readonly members: readonly Int32Array[];
  readonly methods: readonly GroupMethodEffects[];
}

/**
 * The effect of removing each group of a partition. IF and RIF add the gradients up by groups in one pass over the rows
 * and then solve once a group, not once a row; the Newton step takes a group's curvature off H, one factorisation a
 * group. IF's are exactly the sums of its rows' effects; coherent groups (a class, a source) are where such sums fail,
 * and the Newton step is to be believed. O(n·d·K + G·p²) for IF and RIF, G Newton steps; then one pass over the
 * measured rows for every few groups.
 *
 * Source: Ley et al., "Generalized Group Data Attribution", 2024, arXiv 2410.09940.
 */
export function computeGroupEffects(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  groups: RowGroups,
  options: GroupEffectsOptions,
): GroupEffects {
  const members = membersOf(model, groups);
  const methods = options.methods.map((method) =>
    method === 'newton'
      ? newtonEffects(model, measurements, members, options)
      : additiveEffects(model, measurements, groups, members, method, options),
  );
  return { names: measurements.map(({ name }) => name), members, methods };
}

function membersOf({ problem }: FittedModel, { groupOf, count }: RowGroups): Int32Array[] {
  if (groupOf.length !== problem.features.rows) throw new BugError('A group is needed for every row.');
  const members = Array.from({ length: count }, (): number[] => []);
  groupOf.forEach((group, row) => {
    if (!(group >= -1 && group < count)) throw new BugError(`Row ${row} is in group ${group} of ${count}.`);
    if (group >= 0 && problem.weights[row] !== 0) members[group].push(row);
  });
  return members.map((rows) => Int32Array.from(rows));
}

function emptyEffects(
  method: RemovalMethod,
  groups: number,
  m: number,
): GroupMethodEffects & { missing: (string | null)[] } {
  return {
    method,
    effects: { rows: groups, columns: m, data: new Float64Array(groups * m) },
    missing: Array.from({ length: groups }, () => null),
  };
}

/** Writes the effects of `changes` (Δ of groups first, first + 1, …). */
function measure(
  measurements: readonly PreparedMeasurement[],
  changes: Matrix,
  first: number,
  { effects }: GroupMethodEffects,
  onBlock?: OnBlock,
): void {
  const m = measurements.length;
  evaluateTogether(measurements, changes, onBlock).forEach((values, t) => {
    values.forEach((value, g) => (effects.data[(first + g) * m + t] = value));
  });
}

function additiveEffects(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  groups: RowGroups,
  members: readonly Int32Array[],
  method: EffectMethod,
  options: GroupEffectsOptions,
): GroupMethodEffects {
  const p = model.problem.parameters;
  const { onBlock } = options;
  const term = computeRemovalCoefficients(model, { ...options, method });
  const found = emptyEffects(method, groups.count, measurements.length);
  const perPart = Math.max(1, Math.floor(heldGradients / p));
  for (let first = 0; first < groups.count; first += perPart) {
    const count = Math.min(perPart, groups.count - first);
    const sums = sumByGroups(model, groups, term, first, count, onBlock);
    const { vectors } = model.inverse.solve(sums.gradients, { residuals: false, onBlock });
    // A group without training rows has a right-hand side of 0, which not every method can solve for.
    for (let g = 0; g < count; g++) {
      for (let at = 0; at < p; at++) {
        const pulled = term.pulled === undefined ? 0 : sums.stretch[g] * term.pulled[at];
        vectors.data[g * p + at] = members[first + g].length === 0 ? 0 : vectors.data[g * p + at] + pulled;
      }
    }
    measure(measurements, vectors, first, found, onBlock);
  }
  return found;
}

/**
 * Σ cᵢ ⊗ xᵢ (count×p) and Σ stretchᵢ over the training rows of groups first, first + 1, … One pass over the rows,
 * O(n·d·K).
 */
function sumByGroups(
  { problem }: FittedModel,
  { groupOf }: RowGroups,
  { coefficients, stretch }: RemovalCoefficients,
  first: number,
  count: number,
  onBlock?: OnBlock,
): { readonly gradients: Matrix; readonly stretch: Float64Array } {
  const { outputs, parameters: p, weights, features } = problem;
  const d = features.columns;
  const sums = new Float64Array(count * p);
  const stretches = new Float64Array(count);
  forEachRowBlock(features, (block, from, rows) => {
    for (let at = 0; at < rows; at++) {
      const row = from + at;
      if (at % 1024 === 0) onBlock?.(row, features.rows);
      const group = groupOf[row] - first;
      if (weights[row] === 0 || group < 0 || group >= count) continue;
      stretches[group] += stretch === undefined ? 1 : stretch[row];
      for (let c = 0; c < outputs; c++) {
        const value = coefficients[row * outputs + c];
        const to = group * p + c * d;
        for (let j = 0, x = at * d; j < d; j++, x++) sums[to + j] += value * block[x];
      }
    }
  });
  return { gradients: { rows: count, columns: p, data: sums }, stretch: stretches };
}

function newtonEffects(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  members: readonly Int32Array[],
  options: GroupEffectsOptions,
): GroupMethodEffects {
  const count = members.length;
  const { parameters: p } = model.problem;
  const found = emptyEffects('newton', count, measurements.length);
  const m = measurements.length;
  members.forEach((rows, group) => {
    if (rows.length === 0) return;
    options.onGroup?.(group, count);
    try {
      const { change } = estimateRemovalChange(model, rows, {
        method: 'newton',
        ridgeConvention: options.ridgeConvention,
        onBlock: options.onBlock,
      });
      measure(measurements, { rows: 1, columns: p, data: change }, group, found, options.onBlock);
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      found.missing[group] = error.message;
      found.effects.data.fill(Number.NaN, group * m, (group + 1) * m);
    }
  });
  return found;
}
