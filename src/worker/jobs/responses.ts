import type { Column } from '../../contract/dataset';
import { splitCodes } from '../../core/audit/auditTypes';
import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/base/jobContext';
import { createRandom } from '../../core/base/random';
import { isMissing, parseNumber } from '../datasets/cells';
import type { ColumnScan, NumberFormat } from '../datasets/datasetTypes';

/**
 * The label column as numbers, NaN where a cell is missing. Decimal points or commas, whichever reads more of the cells.
 * @throws InputError naming the first cell that is no number.
 */
export async function readResponses(
  scan: ColumnScan,
  column: Pick<Column, 'index' | 'name'>,
  rowCount: number,
  signal?: CancellationSignal,
): Promise<Float64Array> {
  const formats: readonly NumberFormat[] = ['point', 'comma'];
  const read = formats.map(() => new Float64Array(rowCount).fill(Number.NaN));
  const failed = formats.map(() => ({ count: 0, row: -1, cell: '' }));
  await scan(
    [column.index],
    (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        if (isMissing(cell)) return;
        formats.forEach((format, f) => {
          const value = parseNumber(cell, format);
          read[f][firstRow + k] = value;
          if (Number.isFinite(value)) return;
          if (failed[f].count++ === 0) failed[f] = { count: 1, row: firstRow + k, cell: cell.trim() };
        });
      });
    },
    signal,
  );
  const best = failed[1].count < failed[0].count ? 1 : 0;
  const { count, row, cell } = failed[best];
  if (count > 0) {
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

/** A share of the labelled rows for validation, drawn by the seed from all of them alike: numbers have no classes. At least one row trains. */
export function drawRandomSplit(responses: Float64Array, share: number, seed: number): Uint8Array {
  const split = new Uint8Array(responses.length).fill(splitCodes.train);
  const labelled = Int32Array.from(responses.keys()).filter((row) => !Number.isNaN(responses[row]));
  createRandom(seed).shuffle(labelled);
  const drawn = Math.min(Math.round(share * labelled.length), labelled.length - 1);
  for (const row of labelled.subarray(0, drawn)) split[row] = splitCodes.validation;
  return split;
}
