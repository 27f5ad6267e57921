import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import { findClassOf, type SpellingMap } from '../../core/labels/labelReading';
import { isUnseen } from '../../core/labels/similarLabels';
import { compareNaturally } from './cells';
import type { ColumnScan, Labels } from './datasetTypes';

/** More classes than this is a mistake in the roles: an id or a number, not a label. */
export const maxClasses = 1000;

export interface ReadLabelsOptions {
  readonly signal?: CancellationSignal;
  /** Which class a spelling is read as; others are classes of their own. */
  readonly spellings?: SpellingMap;
}

/** Labels, and whether every cell spells its class as the class is spelt. */
export interface ReadLabels extends Labels {
  readonly asSpelt: boolean;
}

/**
 * Reads the label column. A label is the cell's text without surrounding blanks; a cell that is blank, or that cannot be seen at all, is an unlabelled row.
 * O(n).
 * @throws InputError when every label is blank, there is one class only, or more than 1,000.
 */
export async function readLabels(
  scan: ColumnScan,
  column: { readonly index: number; readonly name: string },
  rowCount: number,
  { signal, spellings }: ReadLabelsOptions = {},
): Promise<ReadLabels> {
  const codes = new Int32Array(rowCount).fill(-1);
  /** By cell as it stands. */
  const codeOf = new Map<string, number>();
  const seen = new Map<string, number>();
  let asSpelt = true;
  const codeFor = (cell: string): number => {
    const spelt = cell.trim();
    if (spelt === '' || isUnseen(spelt)) return -1;
    const label = spellings?.get(spelt) ?? spelt;
    if (label !== cell) asSpelt = false;
    const known = seen.get(label);
    if (known !== undefined) return known;
    if (seen.size === maxClasses) throw tooManyClasses(column.name);
    seen.set(label, seen.size);
    return seen.size - 1;
  };
  await scan(
    [column.index],
    (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        let code = codeOf.get(cell);
        if (code === undefined) {
          code = codeFor(cell);
          codeOf.set(cell, code);
        }
        codes[firstRow + k] = code;
      });
    },
    signal,
  );
  const details = { column: column.name, classes: seen.size };
  if (seen.size === 0) {
    throw new InputError(`Every label in column "${column.name}" is blank. Choose another label column.`, { details });
  }
  if (seen.size === 1) {
    const [only = ''] = seen.keys();
    throw new InputError(`Column "${column.name}" has one class only, "${only}". An audit needs at least two.`, {
      details,
    });
  }
  const classes = [...seen.keys()].sort(compareNaturally);
  const place = new Int32Array(seen.size);
  classes.forEach((label, index) => {
    place[seen.get(label) ?? 0] = index;
  });
  for (let row = 0; row < rowCount; row++) {
    const code = codes[row] ?? -1;
    if (code >= 0) codes[row] = place[code] ?? -1;
  }
  return { classes, codes, asSpelt };
}

/**
 * Labels of a second file (validation) in the classes of the first, read as they are there. `merge`: a spelling that is new to it belongs to the class
 * that it surely means.
 * @throws InputError for a label that the first file does not have.
 */
export async function readLabelsAs(
  classes: readonly string[],
  scan: ColumnScan,
  column: { readonly index: number; readonly name: string },
  rowCount: number,
  { signal, spellings, merge = false }: ReadLabelsOptions & { readonly merge?: boolean } = {},
): Promise<Int32Array> {
  const codes = new Int32Array(rowCount).fill(-1);
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  spellings?.forEach((label, spelt) => codeOf.set(spelt, codeOf.get(label) ?? -1));
  await scan(
    [column.index],
    (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        const label = cell.trim();
        if (label === '') return;
        let code = codeOf.get(label);
        if (code === undefined && isUnseen(label)) return;
        if (code === undefined && merge) {
          code = codeOf.get(findClassOf(label, classes) ?? '');
          if (code !== undefined) codeOf.set(label, code);
        }
        if (code === undefined) {
          throw new InputError(
            `Row ${firstRow + k} of the validation file has the label "${label}", which the data does not have. Correct it, or leave the row out.`,
            { details: { row: firstRow + k, column: column.name } },
          );
        }
        codes[firstRow + k] = code;
      });
    },
    signal,
  );
  return codes;
}

function tooManyClasses(column: string): InputError {
  return new InputError(
    `Column "${column}" has more than ${maxClasses.toLocaleString('en')} different values: too many for a label. Choose another label column.`,
    { details: { column } },
  );
}
