import { InputError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { HeadProblem } from '../../models/headProblem';
import type { MeasurableModel } from './meanMeasurement';
import { MeasuredRows, PreparedMean } from './meanMeasurement';
import type { LabelBeliefs, MeasuredLabels } from './measuredLabels';
import { readLabels } from './measuredLabels';
import type { MeasuredSet, Measurement, PreparedMeasurement, SetMeasurement } from './measurement';
import { isRowMeasurement } from './measurement';
import { prepareRow } from './rowMeasurement';
import type { ValidationLabels } from './validationLabels';

/** The splits of the dataset as row numbers of the features, and how the labels of their rows are taken. */
export interface MeasuredSplits {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** n weights of the rows in means; missing: 1 each. */
  readonly rowWeights?: Float64Array | undefined;
  /** Missing: nothing is known of the labels, and all are taken as given. */
  readonly beliefs?: LabelBeliefs | undefined;
  /** How means take labels that do not say; those over the training rows are of the given ones. Default `given`. */
  readonly validationLabels?: ValidationLabels | undefined;
}

/**
 * Makes measurements ready to be used with `model`: their values and gradients at θ̂, one pass over the measured rows
 * for each mean loss. Measurements of the same set share its rows; single rows are read together. Free them all with
 * `dispose()`.
 * @throws InputError for a row that does not exist or has no label, an empty set, or accuracy of a ridge head.
 */
export function prepareMeasurements(
  model: MeasurableModel,
  measurements: readonly Measurement[],
  sets: MeasuredSplits,
  onBlock?: OnBlock,
): PreparedMeasurement[] {
  const shared = new Map<Int32Array, MeasuredRows>();
  const shareOf = (measured: MeasuredSet): MeasuredRows => {
    const rows = typeof measured === 'string' ? sets[measured] : measured.rows;
    const found = shared.get(rows);
    if (found !== undefined) return found;
    const made = new MeasuredRows(model, distinctLabelled(model.problem, rows, setTitle(measured)));
    shared.set(rows, made);
    return made;
  };
  const read = new Map<ValidationLabels, MeasuredLabels>();
  const labelsOf = (way: ValidationLabels): MeasuredLabels => {
    const labels = read.get(way) ?? readLabels(model.problem.labels, sets.beliefs, way, sets.rowWeights);
    read.set(way, labels);
    return labels;
  };
  const single = readSingleRows(model.problem, measurements);
  try {
    return measurements.map((measurement) => {
      if (isRowMeasurement(measurement)) {
        return prepareRow(model, measurement, single.get(measurement.row) ?? new Float64Array(0));
      }
      const way = measurement.labels ?? usualWay(measurement.rows, sets);
      const name = nameOfMean(measurement);
      return new PreparedMean(shareOf(measurement.rows), { measurement, name, labels: labelsOf(way) }, onBlock);
    });
  } catch (error) {
    for (const set of shared.values()) set.close();
    throw error;
  }
}

/** How means over the rows take labels where they do not say. */
export function usualWay(
  rows: MeasuredSet,
  { validationLabels, beliefs }: Pick<MeasuredSplits, 'validationLabels' | 'beliefs'>,
): ValidationLabels {
  return rows === 'train' || beliefs === undefined ? 'given' : (validationLabels ?? 'given');
}

/** The name of a mean in tables. */
function nameOfMean({ kind, rows, labels }: SetMeasurement): string {
  const what = kind === 'meanLoss' ? 'loss' : 'accuracy';
  const name = typeof rows === 'string' ? `${rows === 'train' ? 'training' : rows}_${what}` : `${what}_of_${rows.name}`;
  return labels === undefined ? name : `${name}_${labels}`;
}

function setTitle(measured: MeasuredSet): string {
  if (typeof measured !== 'string') return `the slice ${measured.name}`;
  return { train: 'the training rows', validation: 'the validation rows', test: 'the test rows' }[measured];
}

/** The features of all rows that are measured by themselves. */
function readSingleRows(problem: HeadProblem, measurements: readonly Measurement[]): Map<number, Float64Array> {
  const wanted: number[] = [];
  for (const measurement of measurements) {
    if (isRowMeasurement(measurement)) wanted.push(measurement.row);
  }
  const rows = distinctLabelled(problem, Int32Array.from(new Set(wanted)), 'the measured rows', true);
  const { data, columns } = gatherRows(problem.features, rows);
  return new Map(Array.from(rows, (row, at) => [row, data.subarray(at * columns, (at + 1) * columns)]));
}

/** Ascending; the same array where it is so already. */
function distinctLabelled(problem: HeadProblem, rows: Int32Array, title: string, mayBeEmpty = false): Int32Array {
  const n = problem.features.rows;
  if (rows.length === 0 && !mayBeEmpty) {
    throw new InputError(`Nothing can be measured on ${title}: there are none.`);
  }
  let ascending = true;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (!(row >= 0 && row < n)) {
      throw new InputError(`There is no row ${row}, which ${title} name; the rows are 0 to ${n - 1}.`, {
        details: { row },
      });
    }
    const label = problem.labels[row];
    const labelled = problem.kind === 'ridge' ? Number.isFinite(label) : label >= 0 && label < problem.classes;
    if (!labelled) {
      throw new InputError(`Row ${row} has no label, so nothing can be measured on it. Leave it out of ${title}.`, {
        details: { row },
      });
    }
    if (at > 0 && row <= rows[at - 1]) ascending = false;
  }
  if (ascending) return rows;
  const sorted = rows.slice().sort();
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at] === sorted[at - 1]) {
      throw new InputError(`Row ${sorted[at]} occurs more than once in ${title}.`, { details: { row: sorted[at] } });
    }
  }
  return sorted;
}
