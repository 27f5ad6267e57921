import type { Matrix } from '../base/matrix';
import { rowOf } from '../base/matrix';
import { largestOf, sumOf } from '../base/vectors';
import { countOfWeight } from '../base/weights';
import type { FittedModel } from '../influence/fittedModel';
import { evaluateTogether } from '../influence/measurements/meanMeasurement';
import type { PreparedMeasurement } from '../influence/measurements/measurement';
import type { RemovalMethod, RidgeConvention } from '../influence/removal/removalTypes';
import type { OnBlock } from '../linalg/linearAlgebra';
import { RemovalBatch } from './removalBatch';
import { retrainSets } from './retrainSets';

export const predictionMethods = ['if', 'rif', 'newton'] as const satisfies readonly RemovalMethod[];

/** Change of one measurement when one set is removed. Positive = removal raises the measurement. */
export interface PredictedAndActual {
  /** Evaluated f(θ̂ + Δ) − f(θ̂) for the estimates of Δ; NaN where there is none. */
  readonly predicted: Readonly<Record<RemovalMethod, number>>;
  /** The same for the head retrained without the set. */
  readonly actual: number;
}

interface CompareOptions {
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  /** Of the retrained changes, see `retrainSets`. */
  readonly tolerance?: number | undefined;
  readonly onBlock?: OnBlock | undefined;
  /** Share of the work done, 0 … 1. */
  readonly onShare?: ((share: number, detail: string) => void) | undefined;
}

interface SetComparison {
  /** By set, then by measurement. */
  readonly sets: readonly (readonly PredictedAndActual[])[];
  /** Largest estimated relative error of a retrained change. */
  readonly worstRelativeError: number;
  /** Sets whose retraining needed Hessians of its own. */
  readonly fittedAlone: number;
}

/** Bytes that the rows, and the parameter vectors, of the sets of one batch may take. */
const batchBytes = 192 * 2 ** 20;
/** Parameter vectors of p numbers that a set needs at the same time, about. */
const vectorsPerSet = 12;
/** Logits that a pass works on a row: more gain nothing. */
const largestWidth = 512;

/**
 * For each removal set and measurement: the changes that IF, RIF and the Newton step predict, and the one that
 * retraining gives. Sets go together in batches that share their passes over the rows; batches depend on sizes only.
 */
export function compareSets(
  model: FittedModel,
  sets: readonly Int32Array[],
  measurements: readonly PreparedMeasurement[],
  options: CompareOptions = {},
): SetComparison {
  const results: PredictedAndActual[][] = [];
  let worstRelativeError = 0;
  let fittedAlone = 0;
  const trainRows = countOfWeight(model.problem.weights);
  const weight = Float64Array.from(sets, (rows) => 1 + rows.length / trainRows);
  const total = sumOf(weight);
  let done = 0;
  for (const [from, to] of splitIntoBatches(model, sets)) {
    const part = sumOf(weight.subarray(from, to));
    const before = done;
    const onShare = (share: number, detail: string): void =>
      options.onShare?.((before + part * share) / total, `sets ${from + 1}–${to} of ${sets.length}: ${detail}`);
    const batch = new RemovalBatch(model, sets.slice(from, to), options);
    try {
      const compared = compareBatch(batch, measurements, options, onShare);
      results.push(...compared.sets);
      worstRelativeError = Math.max(worstRelativeError, compared.worstRelativeError);
      fittedAlone += compared.fittedAlone;
    } finally {
      batch.dispose();
    }
    done += part;
  }
  options.onShare?.(1, '');
  return { sets: results, worstRelativeError, fittedAlone };
}

function compareBatch(
  batch: RemovalBatch,
  measurements: readonly PreparedMeasurement[],
  options: CompareOptions,
  onShare: (share: number, detail: string) => void,
): { sets: PredictedAndActual[][]; worstRelativeError: number; fittedAlone: number } {
  const m = batch.sets.length;
  onShare(0, 'influence');
  const byIf = batch.changes('if');
  onShare(0.1, 'rescaled influence');
  const byRif = batch.changes('rif');
  onShare(0.25, 'Newton steps');
  const byNewton = batch.changes('newton');
  onShare(0.4, 'retraining');
  const retrained = retrainSets(batch, {
    start: startFrom(byNewton, byRif),
    ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
    ...(options.onBlock === undefined ? {} : { onBlock: options.onBlock }),
    onShare: (share, detail) => onShare(0.4 + 0.5 * share, `retraining, ${detail}`),
  });
  onShare(0.9, 'measuring');
  const all = stack([byIf, byRif, byNewton, retrained.changes]);
  const columns = evaluateTogether(measurements, all, options.onBlock).map(
    (values) =>
      (kind: number, t: number): number =>
        Number.isNaN(all.data[(kind * m + t) * all.columns]) ? Number.NaN : values[kind * m + t],
  );
  return {
    sets: batch.sets.map((_, t) =>
      columns.map((valueOf) => ({
        predicted: { if: valueOf(0, t), rif: valueOf(1, t), newton: valueOf(2, t) },
        actual: valueOf(3, t),
      })),
    ),
    worstRelativeError: largestOf(retrained.relativeErrors),
    fittedAlone: retrained.fittedAlone,
  };
}

/** The Newton steps, and RIF where there is none. */
function startFrom(newton: Matrix, rif: Matrix): Matrix {
  const data = newton.data.slice();
  for (let at = 0; at < data.length; at++) if (Number.isNaN(data[at])) data[at] = rif.data[at];
  return { ...newton, data };
}

function stack(matrices: readonly Matrix[]): Matrix {
  const [{ columns }] = matrices;
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const data = new Float64Array(rows * columns);
  let row = 0;
  for (const matrix of matrices) {
    for (let t = 0; t < matrix.rows; t++) data.set(rowOf(matrix, t), (row + t) * columns);
    row += matrix.rows;
  }
  return { rows, columns, data };
}

/** [from, to) of the sets of each batch, in order. */
function splitIntoBatches({ problem }: FittedModel, sets: readonly Int32Array[]): [number, number][] {
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  const mostSets = Math.max(1, Math.floor(Math.min(batchBytes / (8 * p * vectorsPerSet), largestWidth / outputs)));
  const batches: [number, number][] = [];
  let from = 0;
  let bytes = 0;
  sets.forEach((rows, t) => {
    const own = 8 * rows.length * d;
    if (t > from && (bytes + own > batchBytes || t - from >= mostSets)) {
      batches.push([from, t]);
      from = t;
      bytes = 0;
    }
    bytes += own;
  });
  if (sets.length > from) batches.push([from, sets.length]);
  return batches;
}
