import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import type { CancellationSignal } from '../../core/job/jobContext';
import { findClassOf, type SpellingMap } from '../../core/labels/labelReading';
import { isUnseen } from '../../core/labels/similarLabels';
import { compareNaturally } from './cells/cells';
import type { ColumnScan, Labels } from './datasetTypes';

/** More classes than this is a mistake in the roles: an id or a number, not a label. */
export const maxClasses = 1000;

interface ReadLabelsOptions {
  readonly signal?: CancellationSignal;
  /** Which class a spelling is read as; others are classes of their own. */
  readonly spellings?: SpellingMap;
}

/** Labels, and whether every cell spells its class as the class is spelt. */
interface ReadLabels extends Labels {
  readonly asSpelt: boolean;
}

/**
 * Reads the label column. A label is the cell's text without surrounding blanks; a cell that is blank, or that cannot
 * be seen at all, is an unlabelled row. O(n).
 * @throws InputError when every label is blank, there is one class only, or more than 1,000.
 */
export async function readLabels(
  scan: ColumnScan,
  column: { readonly index: number; readonly name: string },
  rowCount: number,
  { signal, spellings }: ReadLabelsOptions = {},
): Promise<ReadLabels> {
  const seen = new Map<string, number>();
  let asSpelt = true;
  const codes = await scanCodes(scan, column.index, rowCount, signal, (cell) => {
    const spelt = cell.trim();
    if (spelt === '' || isUnseen(spelt)) return -1;
    const label = spellings?.get(spelt) ?? spelt;
    if (label !== cell) asSpelt = false;
    const known = seen.get(label);
    if (known !== undefined) return known;
    if (seen.size === maxClasses) throw tooManyClasses(column.name);
    seen.set(label, seen.size);
    return seen.size - 1;
  });
  checkClasses([...seen.keys()], column.name);
  const classes = [...seen.keys()].sort(compareNaturally);
  const place = new Int32Array(seen.size);
  classes.forEach((label, index) => {
    place[seen.get(label) ?? 0] = index;
  });
  return { classes, codes: codes.map((code) => (code < 0 ? -1 : place[code])), asSpelt };
}

/** How a label is read as one of some classes. */
interface ReadClassOptions {
  readonly spellings?: SpellingMap | undefined;
  /** A spelling that is new belongs to the class that it surely means. Default false. */
  readonly merge?: boolean | undefined;
}

/**
 * Reads labels as the classes there are: the class's number, −1 for a label that is blank or cannot be seen, undefined
 * for one of no class.
 */
export function createClassReader(
  classes: readonly string[],
  { spellings, merge = false }: ReadClassOptions,
): (cell: string) => number | undefined {
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  spellings?.forEach((label, spelt) => codeOf.set(spelt, codeOf.get(label) ?? -1));
  return (cell) => {
    const label = cell.trim();
    if (label === '') return -1;
    const known = codeOf.get(label);
    if (known !== undefined) return known;
    if (isUnseen(label)) return -1;
    return merge ? codeOf.get(findClassOf(label, classes) ?? '') : undefined;
  };
}

/**
 * Labels of a second file (validation) in the classes of the first, read as they are there.
 * @throws InputError for a label that the first file does not have.
 */
export async function readLabelsAs(
  classes: readonly string[],
  scan: ColumnScan,
  column: { readonly index: number; readonly name: string },
  rowCount: number,
  { signal, ...reading }: ReadClassOptions & { readonly signal?: CancellationSignal } = {},
): Promise<Int32Array> {
  const read = createClassReader(classes, reading);
  return scanCodes(scan, column.index, rowCount, signal, (cell, row) => {
    const code = read(cell);
    if (code !== undefined) return code;
    throw new InputError(
      `Row ${row} of the validation file has the label "${cell.trim()}", which the data does not have. Correct it, or leave the row out.`,
      { details: { row, column: column.name } },
    );
  });
}

/** The code of each row; `codeOf` is asked once for each text that a cell has, of the first row that has it. */
async function scanCodes(
  scan: ColumnScan,
  column: number,
  rowCount: number,
  signal: CancellationSignal | undefined,
  codeOf: (cell: string, row: number) => number,
): Promise<Int32Array> {
  const codes = new Int32Array(rowCount).fill(-1);
  const known = new Map<string, number>();
  await scan(
    [column],
    (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        const row = firstRow + k;
        let code = known.get(cell);
        if (code === undefined) known.set(cell, (code = codeOf(cell, row)));
        codes[row] = code;
      });
    },
    signal,
  );
  return codes;
}

/** @throws InputError where there are not two. */
function checkClasses(classes: readonly string[], column: string): void {
  const details = { column, classes: classes.length };
  const [only] = classes;
  if (only === undefined) {
    throw new InputError(`Every label in column "${column}" is blank. Choose another label column.`, { details });
  }
  if (classes.length === 1) {
    throw new InputError(`Column "${column}" has one class only, "${only}". An audit needs at least two.`, { details });
  }
}

function tooManyClasses(column: string): InputError {
  return new InputError(
    `Column "${column}" has more than ${formatCount(maxClasses)} different values: too many for a label. Choose another label column.`,
    { details: { column } },
  );
}
