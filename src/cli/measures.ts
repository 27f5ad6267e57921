import { InputError } from '../core/base/errors';
import { splitCodes } from '../core/audit/auditTypes';
import type { Measurement } from '../core/influence/measurements/measurement';
import type { HeadData } from '../worker/jobs/headData';
import type { OpenProject } from '../worker/openProject';

/** What `--measure` takes, for help texts. */
export const measureForms =
  'validation_loss, training_loss, test_loss, validation_accuracy, training_accuracy, test_accuracy, margin:ROW, loss:ROW, slice:COLUMN=VALUE';

const splits = { validation: 'validation', training: 'train', test: 'test' } as const;

/** A measure as written: what is known without the data. */
export type Measure =
  | { readonly kind: 'measurement'; readonly measurement: Measurement }
  | { readonly kind: 'slice'; readonly column: string; readonly value: string };

/**
 * `margin:ROW` is the true-class logit of a row, `loss:ROW` its loss, `slice:COLUMN=VALUE` the mean loss of the validation rows whose cell in
 * the column is the value.
 * @throws InputError for anything else, naming what there is.
 */
export function parseMeasure(text: string): Measure {
  const mean = /^(validation|training|test)_(loss|accuracy)$/.exec(text);
  if (mean !== null) {
    const [, split, what] = mean;
    const rows = splits[split as keyof typeof splits]; // The pattern allows these three.
    return { kind: 'measurement', measurement: { kind: what === 'loss' ? 'meanLoss' : 'accuracy', rows } };
  }
  const single = /^(margin|loss):(\d+)$/.exec(text);
  if (single !== null) {
    return {
      kind: 'measurement',
      measurement: { kind: single[1] === 'margin' ? 'margin' : 'loss', row: Number(single[2]) },
    };
  }
  const slice = /^slice:([^=]+)=(.*)$/s.exec(text);
  if (slice !== null) return { kind: 'slice', column: slice[1].trim(), value: slice[2].trim() };
  throw new InputError(`--measure: “${text}” is not one of ${measureForms}.`);
}

/**
 * The measures with slices looked up in the data.
 * @throws InputError when a column or a row is not there, or a slice has no validation row.
 */
export async function resolveMeasures(
  measures: readonly Measure[],
  project: OpenProject,
  { input, rows }: HeadData,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const measure of measures) {
    if (measure.kind === 'slice') {
      measurements.push(await findSlice(measure, project, input));
      continue;
    }
    const { measurement } = measure;
    if ('row' in measurement && measurement.row >= rows) {
      throw new InputError(`--measure: there is no row ${measurement.row}; the rows are 0 to ${rows - 1}.`);
    }
    measurements.push(measurement);
  }
  return measurements;
}

async function findSlice(
  { column, value }: Extract<Measure, { kind: 'slice' }>,
  { store }: OpenProject,
  { labels, split }: HeadData['input'],
): Promise<Measurement> {
  const found = store.columns.find(({ name }) => name === column);
  if (found === undefined) {
    throw new InputError(
      `--measure slice: there is no column “${column}”. The columns are: ${store.columns.map(({ name }) => name).join(', ')}.`,
    );
  }
  const rows: number[] = [];
  await store.scan([found.index], (firstRow, [cells = []]) => {
    cells.forEach((cell, k) => {
      const row = firstRow + k;
      const label = labels[row];
      const labelled = labels instanceof Int32Array ? label >= 0 : !Number.isNaN(label);
      if (labelled && split[row] === splitCodes.validation && cell.trim() === value) rows.push(row);
    });
  });
  if (rows.length === 0) {
    throw new InputError(`--measure slice: no labelled validation row has “${value}” in the column “${column}”.`);
  }
  return { kind: 'meanLoss', rows: { name: `${column}=${value}`, rows: Int32Array.from(rows) } };
}
