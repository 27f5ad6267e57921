import { InputError } from '../../core/base/errors';
import { createRandom } from '../../core/base/random';
import { splitCodes } from '../../core/base/splitCodes';
import type { CancellationSignal } from '../../core/job/jobContext';
import { parseSplit } from './columns/splitWords';
import type { ColumnScan, Labels } from './datasetTypes';

/**
 * The split column as {@link splitCodes}. Blank cells are training rows.
 * @throws InputError naming the first row with an unknown word.
 */
export async function readSplitColumn(
  scan: ColumnScan,
  column: { readonly index: number; readonly name: string },
  rowCount: number,
  signal?: CancellationSignal,
): Promise<Uint8Array> {
  const split = new Uint8Array(rowCount).fill(splitCodes.train);
  await scan(
    [column.index],
    (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        if (cell.trim() === '') return;
        const code = parseSplit(cell);
        if (code === undefined) {
          throw new InputError(
            `Row ${firstRow + k} says "${cell.trim()}" in the split column "${column.name}". ` +
              'Known words: train, training, validation, valid, val, dev, test. Correct it, or choose another split.',
            { details: { row: firstRow + k, column: column.name } },
          );
        }
        split[firstRow + k] = code;
      });
    },
    signal,
  );
  return split;
}

/**
 * A share of the labelled rows of each class for validation, drawn by the seed: round(share · class size), and at least
 * one row of every class stays for training. Unlabelled rows are training rows (they take no part in the fit). O(n).
 */
export function drawStratifiedSplit(labels: Labels, share: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  const split = new Uint8Array(labels.codes.length).fill(splitCodes.train);
  const sizes = new Int32Array(labels.classes.length);
  for (const code of labels.codes) if (code >= 0) sizes[code] = (sizes[code] ?? 0) + 1;
  const members = [...sizes].map((size) => new Int32Array(size));
  const filled = new Int32Array(sizes.length);
  labels.codes.forEach((code, row) => {
    const rows = members[code];
    if (rows === undefined) return;
    rows[filled[code] ?? 0] = row;
    filled[code] = (filled[code] ?? 0) + 1;
  });
  for (const rows of members) {
    random.shuffle(rows);
    const drawn = Math.min(Math.round(share * rows.length), rows.length - 1);
    for (const row of rows.subarray(0, drawn)) split[row] = splitCodes.validation;
  }
  return split;
}

/** @throws InputError when a class has no labelled training row, or there is none at all. */
export function checkTrainingRows(labels: Labels, split: Uint8Array): void {
  const counts = new Int32Array(labels.classes.length);
  labels.codes.forEach((code, row) => {
    if (code < 0 || split[row] !== splitCodes.train) return;
    counts[code] = (counts[code] ?? 0) + 1;
  });
  const absent = labels.classes.filter((_, code) => counts[code] === 0);
  if (absent.length === labels.classes.length) {
    throw new InputError('No labelled row is left for training: every one is in the validation or test split.');
  }
  if (absent.length > 0) {
    throw new InputError(
      `The training rows have no row of class ${absent
        .slice(0, 5)
        .map((label) => `"${label}"`)
        .join(', ')}. ` + 'Move rows of it from validation or test to training, or take its rows out of the data.',
      { details: { class: absent[0] ?? '' } },
    );
  }
}
