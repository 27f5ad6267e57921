import type { Column } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { formatPlural } from '../../core/base/format';
import { listed } from '../../core/base/listed';
import type { CancellationSignal } from '../../core/job/jobContext';
import { matchProbabilityColumns } from '../../core/labels/probabilityColumns';
import { isMissing } from '../datasets/cells/cells';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import type { ColumnScan } from '../datasets/datasetTypes';

/** Probabilities of a row may add up to so much more or less than 1: they were rounded. */
const tolerance = 0.02;

/** Predicted probabilities that came with the data. */
export interface Predictions {
  /** n×C row-major, rows sum to 1; 1/C throughout where a row has none. Undefined: there are none. */
  readonly probabilities: Float32Array | undefined;
  /** For people. */
  readonly notes: readonly string[];
}

interface PredictionSources {
  readonly columns: readonly Column[];
  readonly classes: readonly string[];
  /** Of the dataset, and of a validation file, whose rows come behind. */
  readonly parts: readonly { readonly scan: ColumnScan; readonly rows: number }[];
  readonly signal?: CancellationSignal;
}

/**
 * Reads the columns with the role `probability`, fractions or percent, as class probabilities of every row. A row with
 * a missing cell, or cells that are no probabilities, has none, which is said. One pass over these columns.
 * Columns that were guessed to be some, and are not those of the classes, are left out.
 * @throws InputError where somebody said that they are.
 */
export async function readPredictions({
  columns: all,
  classes,
  parts,
  signal,
}: PredictionSources): Promise<Predictions> {
  const columns = all.filter(({ role }) => role === 'probability');
  if (columns.length === 0) return { probabilities: undefined, notes: [] };
  const places = matchProbabilityColumns(
    columns.map(({ name }) => name),
    classes,
  );
  if (places === null) {
    const problem = describeMismatch(columns, classes);
    if (columns.some(({ reason }) => reason === '')) throw new InputError(`${problem} ${advice}`);
    return { probabilities: undefined, notes: [`${problem} They are not used.`] };
  }
  const C = classes.length;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const probabilities = new Float32Array(rows * C).fill(1 / C);
  const readers = columns.map((column) => {
    const read = numberReader(styleOf(column));
    const factor = column.reading?.unit === '%' ? 0.01 : 1;
    return (cell: string) => factor * read(cell);
  });
  const values = new Float64Array(C);
  let without = 0;
  const bad = { count: 0, row: 0 };
  let offset = 0;
  for (const part of parts) {
    const start = offset;
    await part.scan(
      columns.map(({ index }) => index),
      (firstRow, cells) => {
        const [first = []] = cells;
        for (let i = 0; i < first.length; i++) {
          if (cells.some((column) => isMissing(column[i] ?? ''))) {
            without++;
            continue;
          }
          const row = start + firstRow + i;
          if (fillRow(cells, i, readers, places, values)) probabilities.set(values, row * C);
          else if (bad.count++ === 0) bad.row = row;
        }
      },
      signal,
    );
    offset += part.rows;
  }
  const notes = [
    ...(without === 0
      ? []
      : [`${formatPlural(without, 'row has', 'rows have')} no predicted probabilities: the other experts judge them.`]),
    ...(bad.count === 0
      ? []
      : [
          `The predicted probabilities of ${formatPlural(bad.count, 'row')} (the first is row ${bad.row}) are not between 0 and 1, or do not add up to 1: they are not used.`,
        ]),
  ];
  return { probabilities, notes };
}

/** The probabilities of one row; false where they are none. */
function fillRow(
  cells: readonly (readonly string[])[],
  i: number,
  readers: readonly ((cell: string) => number)[],
  places: readonly number[],
  values: Float64Array,
): boolean {
  let total = 0;
  for (let c = 0; c < places.length; c++) {
    const place = places[c];
    const value = place < 0 ? 0 : readers[place](cells[place][i]);
    if (!(value >= 0)) return false;
    values[c] = value;
    total += value;
  }
  const rest = places.indexOf(-1);
  if (rest >= 0) {
    if (total > 1) return false;
    values[rest] = 1 - total;
    return true;
  }
  const whole = Math.abs(total - 100) <= 100 * tolerance ? 100 : 1;
  if (Math.abs(total / whole - 1) > tolerance) return false;
  for (let c = 0; c < places.length; c++) values[c] /= total;
  return true;
}

const advice =
  'Name each after its class, as “prob_cat”, with the same words around the class in all of them; or give them the role “ignore”.';

function describeMismatch(columns: readonly Column[], classes: readonly string[]): string {
  const some = (texts: readonly string[]): string => listed(texts.map((text) => `“${text}”`));
  const names = columns.map(({ name }) => name);
  return `The columns with the role “probability” (${some(names)}) are not one for each class (${some(classes)}).`;
}
