import { InputError } from '../core/base/errors';
import { splitCodes } from '../core/base/splitCodes';
import type { Measurement } from '../core/influence/measurements/measurement';
import type { HeadData } from '../worker/jobs/studyRequest';
import type { OpenProject } from '../worker/project/openProject';
import { findColumn } from './findColumns';
import { terminalCell } from './terminalText';

/** What `--measure` takes, line by line. */
const measureForms = [
  'validation_loss, training_loss, test_loss',
  'validation_accuracy, training_accuracy, test_accuracy',
  'validation_loss_given, test_loss_given',
  'validation_accuracy_given, test_accuracy_given',
  'margin:ROW, loss:ROW, slice:COLUMN=VALUE',
];

/** For help texts: what `--measure` takes. */
export const measureHelp = `Measures:\n  ${measureForms.join(',\n  ')}\nThose with _given take labels as they are, whatever --validation-labels says.`;

const splits = { validation: 'validation', training: 'train', test: 'test' } as const;

/** A measure as written: what is known without the data. */
type Measure =
  | { readonly kind: 'measurement'; readonly measurement: Measurement }
  /** `COLUMN=VALUE`: where it is cut, the columns tell. */
  | { readonly kind: 'slice'; readonly text: string };

/**
 * `margin:ROW` is the true-class logit of a row, `loss:ROW` its loss, `slice:COLUMN=VALUE` the mean loss of the
 * validation rows whose cell in the column is the value.
 * @throws InputError for anything else, naming what there is.
 */
export function parseMeasure(text: string): Measure {
  const mean = /^(?!training.*_given)(validation|training|test)_(loss|accuracy)(_given)?$/.exec(text);
  if (mean !== null) {
    const [, split, what, given] = mean;
    const rows = splits[split as keyof typeof splits]; // The pattern allows these three.
    const measurement = { kind: what === 'loss' ? 'meanLoss' : 'accuracy', rows } as const;
    return {
      kind: 'measurement',
      measurement: given === undefined ? measurement : { ...measurement, labels: 'given' },
    };
  }
  const single = /^(margin|loss):(\d+)$/.exec(text);
  if (single !== null) {
    return {
      kind: 'measurement',
      measurement: { kind: single[1] === 'margin' ? 'margin' : 'loss', row: Number(single[2]) },
    };
  }
  const slice = /^slice:(.+=.*)$/s.exec(text);
  if (slice !== null) return { kind: 'slice', text: slice[1] };
  throw new InputError(`--measure: “${text}” is not one of ${measureForms.join(', ')}.`);
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
  { text }: Extract<Measure, { kind: 'slice' }>,
  project: OpenProject,
  { labels, split }: HeadData['input'],
): Promise<Measurement> {
  const { column, value } = cutSlice(text, project.dataset.summary().columns);
  const isLabelled = (row: number): boolean =>
    labels instanceof Int32Array ? labels[row] >= 0 : !Number.isNaN(labels[row]);
  const rows = (await project.rows.findByCell(column.index, value)).filter(
    (row) => isLabelled(row) && split[row] === splitCodes.validation,
  );
  if (rows.length === 0) {
    throw new InputError(
      `--measure slice: no labelled validation row has “${terminalCell(value)}” in the column “${terminalCell(column.name)}”.`,
    );
  }
  return { kind: 'meanLoss', rows: { name: `${column.name}=${value}`, rows: Int32Array.from(rows) } };
}

/** A column's name and a value may both hold the sign between them: the first cut that gives a column's name counts. */
export function cutSlice<Column extends { readonly name: string }>(
  text: string,
  columns: readonly Column[],
): { readonly column: Column; readonly value: string } {
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    const name = text.slice(0, at).trim();
    const column = columns.find((one) => one.name === name);
    if (column !== undefined) return { column, value: text.slice(at + 1).trim() };
  }
  const at = text.indexOf('=');
  return { column: findColumn(columns, text.slice(0, at), '--measure slice'), value: text.slice(at + 1).trim() };
}
