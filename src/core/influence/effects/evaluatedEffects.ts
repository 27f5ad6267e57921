import { InputError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import { lossChange } from '../measurements/lossChange';
import { evaluateTogether } from '../measurements/meanMeasurement';
import type { PreparedMeasurement, RowMeasurement } from '../measurements/measurement';
import { isRowMeasurement } from '../measurements/measurement';
import { marginOf } from '../measurements/rowMeasurement';
import type { Effects, EffectsOptions } from './computeEffects';
import { visitDirectionProducts } from './directionProducts';
import type { EffectMethod, RemovalCoefficients } from './removalCoefficients';
import { computeRemovalCoefficients, computeRemovalCoefficientsOf } from './removalCoefficients';

/** Rows evaluated between two questions whether to go on. */
const rowsPerReport = 512;
/** Numbers of parameter changes held at a time: 32 MiB. */
const heldChanges = 2 ** 22;

type EvaluatedOptions = Omit<EffectsOptions, 'visit' | 'residuals'>;

/** As {@link Effects}, evaluated: f(θ̂ + Δᵢ) − f(θ̂). **Positive = removal raises the measurement.** */
export type EvaluatedEffects = Pick<Effects, 'names' | 'byIf' | 'byRif'>;

/**
 * Evaluated effects of removing each training row alone on margins and losses of single rows; n×M, NaN for rows that
 * are not training rows. K right-hand sides a measured row: O(M·K·p² + n·M·d·K²). For mean losses and accuracies choose
 * the training rows: {@link computeEvaluatedEffectsOf}.
 * @throws InputError when a mean loss or an accuracy is asked for.
 */
export function computeEvaluatedEffects(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  options: EvaluatedOptions,
): EvaluatedEffects {
  const { problem } = model;
  const { outputs, weights } = problem;
  const n = problem.features.rows;
  const m = measurements.length;
  const targets = targetsOf(model, measurements);
  const terms = (['if', 'rif'] as const).map((method) => {
    if (!options.methods.includes(method)) return undefined;
    const term = computeRemovalCoefficients(model, { ...options, method });
    const out: Matrix = { rows: n, columns: m, data: new Float64Array(n * m).fill(Number.NaN) };
    return { ...term, out, shifts: shiftsOf(targets, term, outputs) };
  });
  const moves = new Float64Array(outputs);
  visitDirectionProducts(
    model,
    logitDirections(model, targets, options.onBlock),
    ({ firstRow, rows, first, count, products }) => {
      for (const term of terms) {
        if (term === undefined) continue;
        const { coefficients, stretch, shifts, out } = term;
        for (let at = 0; at < rows; at++) {
          const row = firstRow + at;
          if (at % rowsPerReport === 0) options.onBlock?.(row, n);
          if (weights[row] === 0) continue;
          for (let direction = 0; direction < count; direction += outputs) {
            const target = (first + direction) / outputs;
            let from = (at * count + direction) * outputs;
            for (let c = 0; c < outputs; c++) {
              let move = 0;
              for (let b = row * outputs; b < (row + 1) * outputs; b++, from++)
                move += products[from] * coefficients[b];
              if (shifts !== undefined) move += (stretch?.[row] ?? 1) * shifts[target * outputs + c];
              moves[c] = move;
            }
            for (const place of targets.places[target]) {
              out.data[row * m + place] = changeOfRow(model, targets.measurements[place], moves);
            }
          }
        }
      }
    },
    { precision: options.precision, together: outputs, onBlock: options.onBlock },
  );
  return { names: measurements.map(({ name }) => name), byIf: terms[0]?.out, byRif: terms[1]?.out };
}

/**
 * Evaluated effects of removing each of the chosen training rows alone on any measurements: |rows|×M. One solve a row,
 * then one pass over the measured rows for a few hundred changes at a time: O(|rows|·(p² + m·d·K)).
 * @throws InputError when a chosen row is not a training row.
 */
export function computeEvaluatedEffectsOf(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  rows: Int32Array,
  options: EvaluatedOptions,
): EvaluatedEffects {
  const { problem } = model;
  const { outputs, parameters: p, weights } = problem;
  for (const row of rows) {
    if (!(row >= 0 && row < weights.length && weights[row] !== 0)) {
      throw new InputError(`Row ${row} is not a training row: removing it changes nothing.`, { details: { row } });
    }
  }
  const m = measurements.length;
  const perPart = Math.max(1, Math.floor(heldChanges / p));
  const evaluate = (method: EffectMethod): Matrix | undefined => {
    if (!options.methods.includes(method)) return undefined;
    const out = new Float64Array(rows.length * m);
    for (let first = 0; first < rows.length; first += perPart) {
      const part = rows.subarray(first, first + perPart);
      const term = computeRemovalCoefficientsOf(model, part, { ...options, method });
      const changes = removalChanges(model, part, term, outputs, options.onBlock);
      evaluateTogether(measurements, changes, options.onBlock).forEach((values, t) => {
        values.forEach((value, s) => (out[(first + s) * m + t] = value));
      });
    }
    return { rows: rows.length, columns: m, data: out };
  };
  return { names: measurements.map(({ name }) => name), byIf: evaluate('if'), byRif: evaluate('rif') };
}

/** Δᵢ of the rows, |rows|×p. */
function removalChanges(
  { problem, inverse }: FittedModel,
  rows: Int32Array,
  { coefficients, pulled, stretch }: RemovalCoefficients,
  outputs: number,
  onBlock?: OnBlock,
): Matrix {
  const p = problem.parameters;
  const { data: x, columns: d } = gatherRows(problem.features, rows);
  const right = new Float64Array(rows.length * p);
  for (let s = 0; s < rows.length; s++) {
    for (let c = 0; c < outputs; c++) {
      const coefficient = coefficients[s * outputs + c];
      for (let j = 0; j < d; j++) right[s * p + c * d + j] = coefficient * x[s * d + j];
    }
  }
  const { vectors } = inverse.solve({ rows: rows.length, columns: p, data: right }, { residuals: false, onBlock });
  if (pulled === undefined) return vectors;
  const data = vectors.data.map((value, at) => value + (stretch?.[Math.floor(at / p)] ?? 1) * pulled[at % p]);
  return { rows: rows.length, columns: p, data };
}

/** The distinct measured rows. */
interface Targets {
  readonly rows: Int32Array;
  readonly features: Matrix;
  /** For each of `rows` the numbers of the measurements that are about it. */
  readonly places: readonly (readonly number[])[];
  readonly measurements: readonly RowMeasurement[];
}

function targetsOf({ problem }: FittedModel, prepared: readonly PreparedMeasurement[]): Targets {
  const measurements = prepared.map(({ measurement, name }) => {
    if (isRowMeasurement(measurement)) return measurement;
    throw new InputError(
      `Effects of all rows on ${name} can only be linear. Choose the training rows whose effect on it is to be evaluated.`,
    );
  });
  const places = new Map<number, number[]>();
  measurements.forEach(({ row }, place) => {
    const found = places.get(row);
    if (found === undefined) places.set(row, [place]);
    else found.push(place);
  });
  const rows = Int32Array.from(places.keys());
  return { rows, features: gatherRows(problem.features, rows), places: Array.from(places.values()), measurements };
}

/**
 * (t·K)×p: H⁻¹((e_c − 1/K) ⊗ x_t). Centring leaves the products with changes, which sum to zero over classes, as they
 * are and keeps the solves clear of the gauge direction.
 */
function logitDirections({ problem, inverse }: FittedModel, { features }: Targets, onBlock?: OnBlock): Matrix {
  const { outputs, parameters: p } = problem;
  const { rows: targets, columns: d, data: x } = features;
  const right = new Float64Array(targets * outputs * p);
  for (let t = 0; t < targets; t++) {
    for (let c = 0; c < outputs; c++) {
      for (let b = 0; b < outputs; b++) {
        const share = outputs === 1 ? 1 : (b === c ? 1 : 0) - 1 / outputs;
        const to = (t * outputs + c) * p + b * d;
        for (let j = 0; j < d; j++) right[to + j] = share * x[t * d + j];
      }
    }
  }
  return inverse.solve({ rows: targets * outputs, columns: p, data: right }, { residuals: false, onBlock }).vectors;
}

/** x_tᵀ·pulled of each target, K numbers each. */
function shiftsOf({ features }: Targets, { pulled }: RemovalCoefficients, outputs: number): Float64Array | undefined {
  if (pulled === undefined) return undefined;
  const { rows: targets, columns: d, data: x } = features;
  const shifts = new Float64Array(targets * outputs);
  for (let t = 0; t < targets; t++) {
    for (let c = 0; c < outputs; c++) {
      for (let j = 0; j < d; j++) shifts[t * outputs + c] += pulled[c * d + j] * x[t * d + j];
    }
  }
  return shifts;
}

/** f at logits + moves less f at the logits. */
function changeOfRow({ problem, logits }: FittedModel, { kind, row }: RowMeasurement, moves: Float64Array): number {
  const label = problem.labels[row];
  return kind === 'loss'
    ? lossChange(problem, logits, row * problem.outputs, moves, 0, label)
    : marginOf(problem, moves, 0, label);
}
