import type { Column } from '../../contract/dataset';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';

/** A number in its cell, with what stands before and behind it: sign, unit, blanks. */
const numberInCell = /^([^\d.,]*?)([+\-−–]?)(\d(?:[\d.,'’\s]*\d)?)(\D*)$/u;

/**
 * A decided number as the cell that it replaces was written: with the decimal mark of the column, and the unit where
 * the cell had it. The cell itself where it says this number already. Every text that is written reads as the number; a
 * unit that a bare number would not be taken without is added where the cell had no number.
 *
 * @param digits plain ones, as Number() reads them
 */
export function writeNumber(digits: string, cell: string, label: Pick<Column, 'format' | 'reading'>): string {
  const style = styleOf(label);
  const read = numberReader(style);
  const value = Number(digits);
  if (read(cell) === value) return cell;
  const bare = style.format === 'comma' ? digits.replace('.', ',') : digits;
  const [, before = '', , , behind = ''] = numberInCell.exec(cell) ?? [];
  const unit = style.unit ?? '';
  const asCell = Number.isNaN(read(cell)) ? bare : `${before}${bare}${behind}`;
  return [asCell, bare, `${bare}${unit}`, `${bare} ${unit}`].find((text) => read(text) === value) ?? bare;
}
