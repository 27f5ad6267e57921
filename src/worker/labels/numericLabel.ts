import type { AuditSettings } from '../../contract/audit';
import type { Column } from '../../contract/dataset';

/** A label with no more values than this is a class, whatever its values are. */
const mostClassNumbers = 20;
/** Whole numbers with at least so many rows each, on average, are classes too. */
const rowsOfClass = 20;
/** Numbers with fractions that have fewer rows each, on average, are none: an audit of classes refuses them. */
const rowsOfFraction = 2;

/**
 * Whether a label is taken for a number where nobody says what it is: more than 20 different numbers, and where all
 * are whole, fewer than 20 rows for each on average and not every number from 0 or 1 on up to the largest, as codes of
 * classes are. In a small table numbers with fractions are so too where there are too many for classes.
 */
export function isNumericLabel(
  { type, distinct, missing, range }: Pick<Column, 'type' | 'distinct' | 'missing' | 'range'>,
  rowCount: number,
): boolean {
  if (type !== 'number' && type !== 'integer') return false;
  if (distinct === null) return true;
  if (type === 'number') return distinct > Math.min(mostClassNumbers, (rowCount - missing) / rowsOfFraction);
  if (distinct <= mostClassNumbers || rowCount - missing >= rowsOfClass * distinct) return false;
  const [least, most] = (range ?? []).map(Number);
  const isCode = (least === 0 || least === 1) && most - least + 1 === distinct && distinct < rowCount - missing;
  return !isCode;
}

/** Whether a label of whole numbers is taken for classes where it may as well be a number: more than 20 of them. */
export function isNumberOrClass(label: Parameters<typeof isNumericLabel>[0], rowCount: number): boolean {
  return label.type === 'integer' && (label.distinct ?? 0) > mostClassNumbers && !isNumericLabel(label, rowCount);
}

/** Whether an audit or a study with these settings takes the label for a number. */
export function takesNumbers(
  { head }: Pick<AuditSettings, 'head'>,
  label: Parameters<typeof isNumericLabel>[0],
  rowCount: number,
): boolean {
  return head === 'ridge' || (head === 'auto' && isNumericLabel(label, rowCount));
}
