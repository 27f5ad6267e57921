import type { Column } from '../../../contract/dataset';
import { isUsableNumber, parseNumber, plain, scanPlain } from './cells';
import type { NumberStyle } from './numberFormat';
import { digitsOf, fitsUnit, takeApart, valueOf } from './numberText';

/** How the numbers of a column are written, as was found or chosen. */
export function styleOf(column: Pick<Column, 'format' | 'reading'>): NumberStyle {
  const format =
    column.format === 'comma' || column.format === 'point' ? column.format : (column.reading?.decimal ?? 'point');
  const unit = column.reading?.unit ?? '';
  return unit === '' ? { format } : { format, unit };
}

/** Reads the cells of a column as finite numbers; NaN where a cell is none. */
export function numberReader(style: NumberStyle): (cell: string) => number {
  const { format, unit = '', origin, factor = 1 } = style;
  const read =
    origin === undefined ? (cell: string) => parseNumber(cell, format, unit) : differenceReader(style, origin);
  if (factor === 1) {
    return (cell) => {
      const value = read(cell);
      return isUsableNumber(value) ? value : NaN;
    };
  }
  return (cell) => {
    const value = read(cell);
    return isUsableNumber(value) ? value * factor : NaN;
  };
}

function differenceReader({ format, unit = '' }: NumberStyle, origin: string): (cell: string) => number {
  const subtract = subtractExactly(origin);
  return (cell) => {
    const digits = plainDigits(cell, { format, unit });
    return digits === null ? NaN : subtract(digits);
  };
}

/** The digits of a cell as Number() reads them, all of them; null when it is no number of this style. */
export function plainDigits(cell: string, { format, unit = '' }: NumberStyle): string | null {
  const kind = scanPlain(cell);
  if (kind === plain.none) return null;
  if (kind !== plain.open && unit === '') {
    const text = cell.trim();
    if (kind === plain.whole || format === 'point') return text;
    return kind === plain.either ? text.replace('.', '') : null;
  }
  const parts = takeApart(cell);
  if (parts === null || !fitsUnit(parts.unit, unit, valueOf(parts, format))) return null;
  return digitsOf(parts, format);
}

const decimal = /^([+-]?)(\d*)\.?(\d*)$/;

/**
 * x − origin for numbers as text, without rounding before the difference is taken: "1700000000000000123" −
 * "1700000000000000000" is 123. Numbers with powers of ten are subtracted as they are.
 */
export function subtractExactly(origin: string): (digits: string) => number {
  const start = decimal.exec(origin);
  const value = Number(origin);
  if (start === null) return (digits) => Number(digits) - value;
  const places = start[3].length;
  const scaled = toInteger(start, places);
  return (digits) => {
    const match = decimal.exec(digits);
    if (match === null) return Number(digits) - value;
    const own = match[3].length;
    if (own <= places) return Number(toInteger(match, places) - scaled) / 10 ** places;
    return Number(toInteger(match, own) - scaled * 10n ** BigInt(own - places)) / 10 ** own;
  };
}

function toInteger([, sign, whole, fraction]: RegExpExecArray, places: number): bigint {
  const digits = BigInt(`${whole}${fraction.padEnd(places, '0')}`);
  return sign === '-' ? -digits : digits;
}
