import type { Column } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { createRandom } from '../../core/base/random';
import { splitCodes } from '../../core/base/splitCodes';
import type { CancellationSignal } from '../../core/job/jobContext';
import { isMissing, isNumberMarker } from '../datasets/cells/cells';
import type { NumberStyle } from '../datasets/cells/numberFormat';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import type { ColumnScan } from '../datasets/datasetTypes';

/**
 * The label column as numbers, NaN where a cell is missing (`missing` has the words that the analyst says mean it). As
 * the column's numbers were found to be written; else with decimal points or commas, whichever reads more of the cells.
 * In a column that was read as numbers, a cell that is none counts as missing: reading has told so, line by line.
 * @throws InputError naming the first cell that is no number, in a column that was not.
 */
export async function readResponses(
  scan: ColumnScan,
  column: Pick<Column, 'index' | 'name' | 'type' | 'format' | 'reading'>,
  rowCount: number,
  signal?: CancellationSignal,
  missing: readonly string[] = [],
): Promise<Float64Array> {
  const isKnown = column.format === 'point' || column.format === 'comma';
  const styles: readonly NumberStyle[] = isKnown ? [styleOf(column)] : [{ format: 'point' }, { format: 'comma' }];
  const readers = styles.map(numberReader);
  const said = new Set(missing.map((word) => word.trim()));
  const read = styles.map(() => new Float64Array(rowCount).fill(Number.NaN));
  const failed = styles.map(() => ({ count: 0, row: -1, cell: '' }));
  await scan(
    [column.index],
    (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        if (isMissing(cell) || isNumberMarker(cell) || (said.size > 0 && said.has(cell.trim()))) return;
        readers.forEach((readCell, f) => {
          const value = readCell(cell);
          if (Number.isFinite(value)) {
            read[f][firstRow + k] = value;
            return;
          }
          if (failed[f].count++ === 0) failed[f] = { count: 1, row: firstRow + k, cell: cell.trim() };
        });
      });
    },
    signal,
  );
  const best = failed.length > 1 && failed[1].count < failed[0].count ? 1 : 0;
  const { count, row, cell } = failed[best];
  if (count > 0 && column.type !== 'number' && column.type !== 'integer') {
    throw new InputError(
      `A ridge head needs a numeric label; row ${row} of column "${column.name}" says "${cell}"${count > 1 ? `, and ${count - 1} more rows are no numbers` : ''}. ` +
        'Choose another label or another head.',
      { details: { row, column: column.name } },
    );
  }
  if (read[best].every(Number.isNaN)) {
    throw new InputError(`Every label in column "${column.name}" is blank. Choose another label column.`);
  }
  return read[best];
}

/**
 * A share of the labelled rows for validation, drawn by the seed from all of them alike: numbers have no classes. At
 * least one row trains.
 */
export function drawRandomSplit(responses: Float64Array, share: number, seed: number): Uint8Array {
  const split = new Uint8Array(responses.length).fill(splitCodes.train);
  const labelled = Int32Array.from(responses.keys()).filter((row) => !Number.isNaN(responses[row]));
  createRandom(seed).shuffle(labelled);
  const drawn = Math.min(Math.round(share * labelled.length), labelled.length - 1);
  for (const row of labelled.subarray(0, drawn)) split[row] = splitCodes.validation;
  return split;
}
