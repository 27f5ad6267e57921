import type { DateOrder, NumberFormat } from './numberFormat';
import { fitsUnit, takeApart, valueOf } from './numberText';
import { beginsCurrency, longestCurrencyWord } from './numberUnits';

/** Blank, or what programs write where there is nothing: nobody means a category by these. */
export const missingMarkers: ReadonlySet<string> = new Set([
  ...['', 'na', 'n/a', 'n.a.', 'nan', 'null', '?', '-', '<na>', '<null>', '(null)', '[null]', '\\n', 'nat', '<nat>'],
  ...[
    '#n/a',
    '#n/a n/a',
    '#na',
    '#div/0!',
    '#value!',
    '#ref!',
    '#num!',
    '#name?',
    '#null!',
    '#spill!',
    '#calc!',
    '#error!',
  ],
  ...['-nan', '+nan', 'nan(ind)', '-nan(ind)', '1.#qnan', '1.#snan', '1.#ind', '-1.#ind', '-1.#qnan'],
]);
/** Missing among numbers and dates only: elsewhere these may well be a class or a category. */
export const numberMarkers: ReadonlySet<string> = new Set([
  ...[
    'none',
    'nil',
    'missing',
    'unknown',
    'unk',
    'undefined',
    'undef',
    'blank',
    '(blank)',
    'empty',
    '<none>',
    '<missing>',
  ],
  ...['.', '..', '...', '…', '--', '---', '–', '—', '−', '*', '**', '***', '??', '???', 'no data', 'nodata', 'void'],
  ...['n.a', 'n. a.', 'n/d', 'nd', 'n.d.', 'n.d', 'n/v', 'k.a.', 'k. a.', 'not available', 'not applicable'],
  ...['not recorded', 'not reported', 'not measured', 'not done', 'not detected', 'tbd', 'tba'],
]);
export const longestMarker = 16;

/**
 * Blank cells and the usual markers: NA, N/A, NaN, null, ?, -, and what Excel, pandas, SQL and C write (#N/A, #DIV/0!,
 * <NA>, \N, 1.#QNAN, …). Case and surrounding blanks are ignored. For columns of any type but the label, where only
 * blank is missing.
 */
export function isMissing(cell: string): boolean {
  if (cell.length === 0) return true;
  const code = cell.charCodeAt(0);
  // Most cells of most files are told by their first characters, without any copying.
  if (code > 32 && code < 128) {
    switch (code) {
      case 78: // N
      case 110: // n
      case 63: // ?
      case 35: // #
      case 92: // backslash
      case 40: // (
      case 91: // [
        break;
      case 45: // -
      case 43: // +
      case 60: {
        // <
        const next = cell.length > 1 ? cell.charCodeAt(1) : 0;
        if ((next >= 48 && next <= 57 && cell.charCodeAt(3) !== 35) || next === 46 || next === 44) return false;
        break;
      }
      case 49: // 1.#QNAN
        if (cell.length < 6 || cell.charCodeAt(2) !== 35) return false;
        break;
      default:
        return false;
    }
  }
  if (cell.length > longestMarker) return cell.trim() === '';
  return missingMarkers.has(cell.trim().toLowerCase());
}

/**
 * What stands for missing in a column of numbers or dates beside what {@link isMissing} finds: None, ., --, unknown,
 * n.d., …
 */
export function isNumberMarker(cell: string): boolean {
  return cell.length <= longestMarker && numberMarkers.has(cell.trim().toLowerCase());
}

/** What {@link scanPlain} finds. */
export const plain = {
  /** Surely no number. */
  none: -1,
  /** Look closer. */
  open: 0,
  /** Digits, with or without a power of ten: the same number whatever the decimal mark. */
  whole: 1,
  /** Digits with a decimal point that cannot be a separator of thousands. */
  decimal: 2,
  /** "1.234": a decimal point, or a separator of thousands. */
  either: 3,
} as const;

/**
 * 1.8e308 and its roundings: what C's DBL_MAX is printed as stands for "no number", and nothing can be computed with
 * it.
 */
const largestNumber = 1.797e308;

/** Finite, and not the largest number there is. */
export function isUsableNumber(value: number): boolean {
  return value < largestNumber && value > -largestNumber;
}

const infinite = /^[+-]?(inf|infinity|∞|1\.?#inf)$/i;

/**
 * The number a cell stands for, or NaN when it is none or of another unit. Surrounding blanks are ignored. `point`:
 * 1234.5, 1e-3, 1,234.5; `comma`: 1234,5, 1.234,5 and 1 234,5. With `unit` "%": 12.3% is 12.3; with "$": $5, (5
 * USD), 5. Words for infinity and numbers beyond 1.8e308 give ±Infinity. A limit such as <0.05 gives the limit. See
 * {@link takeApart} for all that is read.
 */
export function parseNumber(cell: string, format: NumberFormat, unit = ''): number {
  const kind = scanPlain(cell);
  if (kind === plain.none) return NaN;
  // A bare number among percentages is on a scale that nobody knows; 0 is 0.
  if (kind !== plain.open && !(unit !== '' && !fitsUnit('', unit, Number(cell)))) {
    if (kind === plain.whole || format === 'point') return Number(cell);
    return kind === plain.either ? Number(cell.replace('.', '')) : NaN;
  }
  const parts = takeApart(cell);
  if (parts === null) return infinity(cell);
  const value = valueOf(parts, format);
  return fitsUnit(parts.unit, unit, value) ? value : NaN;
}

/** ±Infinity for a word that means it, else NaN. */
export function infinity(cell: string): number {
  const text = cell.trim();
  return !infinite.test(text) ? NaN : text.startsWith('-') ? -Infinity : Infinity;
}

/** Looks at a cell once, without copying: tells plain numbers, which Number() reads, and most words. O(length). */
export function scanPlain(cell: string): number {
  const length = cell.length;
  let i = 0;
  while (i < length && cell.charCodeAt(i) <= 32) i++;
  let end = length;
  while (end > i && cell.charCodeAt(end - 1) <= 32) end--;
  if (i === end) return plain.none;
  const sign = cell.charCodeAt(i);
  if (sign === 43 || sign === 45) i++;
  const first = cell.charCodeAt(i);
  let digits = 0;
  let point = -1;
  for (; i < end; i++) {
    const code = cell.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
    else if (code === 46 && point < 0) point = digits;
    else if (digits > 0 && (code === 101 || code === 69) && isExponent(cell, i + 1, end)) {
      return point < 0 ? plain.whole : plain.decimal;
    } else return digits > 0 ? openAfterDigits(cell, i, end) : openBefore(cell, code, i, end);
  }
  if (digits === 0) return plain.none;
  if (point < 0) return plain.whole;
  return digits - point === 3 && point >= 1 && point <= 3 && first !== 48 ? plain.either : plain.decimal;
}

function isExponent(cell: string, from: number, end: number): boolean {
  let i = from;
  const sign = cell.charCodeAt(i);
  if (sign === 43 || sign === 45) i++;
  if (i === end) return false;
  for (; i < end; i++) {
    const code = cell.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** Behind digits: dates, times and codes ("2024-01-05", "10:30", "12_b", "1/2") are told at once. */
function openAfterDigits(cell: string, at: number, end: number): number {
  const code = cell.charCodeAt(at);
  const left = end - at;
  // "1,200/-" is money in India.
  if (code === 47) return left === 2 ? plain.open : plain.none;
  if (code === 58 || code === 95 || code === 59 || code === 64 || left > 24) return plain.none;
  // A minus behind the digits is the last sign but for a unit.
  const next = left > 1 ? cell.charCodeAt(at + 1) : 0;
  return (code === 45 || code === 43) && next >= 48 && next <= 57 ? plain.none : plain.open;
}

/**
 * Before any digit: words are told by their first letters, as far as they are no currency, and texts without a digit.
 */
function openBefore(cell: string, code: number, at: number, end: number): number {
  if (end - at > 40) return plain.none;
  if (!isLetter(code)) return code === 0x221e || hasDigit(cell, at + 1, end) ? plain.open : plain.none;
  let i = at + 1;
  while (i < end && isLetter(cell.charCodeAt(i))) i++;
  // "inf", "Infinity".
  if (i === end) return (code === 105 || code === 73) && end - at <= 8 ? plain.open : plain.none;
  if (i - at > longestCurrencyWord || !beginsCurrency(cell.slice(at, i))) return plain.none;
  return hasDigit(cell, i, end) ? plain.open : plain.none;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** A digit of any script that {@link takeApart} reads, or what may stand for infinity. */
function hasDigit(cell: string, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    const code = cell.charCodeAt(i);
    if (code >= 48 && code <= 57) return true;
    if (code >= 0x660 && (code <= 0x96f || (code >= 0xff10 && code <= 0xff19) || code === 0x221e)) return true;
  }
  return false;
}

const booleanPairs: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['t', 'f'],
  ['y', 'n'],
  ['on', 'off'],
];
const booleanWords = new Map<string, number>(
  booleanPairs.flatMap(([yes, no]) => [[yes, 1] as const, [no, 0] as const]),
);

/** 1, 0, or NaN when the cell is no boolean word (true/false, yes/no, t/f, y/n, on/off; case ignored; also 1 and 0). */
export function parseBoolean(cell: string): number {
  const text = cell.trim().toLowerCase();
  if (text === '1') return 1;
  if (text === '0') return 0;
  return booleanWords.get(text) ?? NaN;
}

/** Whether these values (distinct, not missing) are the two words of one pair, or one of them. */
export function areBooleanWords(values: Iterable<string>): boolean {
  const words = new Set<string>();
  for (const value of values) words.add(value.trim().toLowerCase());
  if (words.size === 0 || words.size > 2) return false;
  return booleanPairs.some((pair) => [...words].every((word) => pair.includes(word)));
}

const isoDate =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;
const localDate = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const msPerDay = 86_400_000;

/**
 * Days since 1970-01-01 (UTC; a time of day is a fraction), or NaN when the cell is no date. Year-month-day with -, /
 * or ., and day-month-year or month-day-year as `order` says. A time zone is taken into account; without one, UTC is
 * meant.
 */
export function parseDate(cell: string, order: DateOrder): number {
  const text = cell.trim();
  const iso = isoDate.exec(text);
  if (iso !== null) {
    const days = toDays(iso[1], iso[3], iso[4], iso[5], iso[6], iso[7]);
    return days - zoneMinutes(iso[8]) / 1440;
  }
  const local = localDate.exec(text);
  if (local === null || order === 'ymd') return NaN;
  const [first, second] = [local[1], local[3]];
  return order === 'dmy'
    ? toDays(local[4], second, first, local[5], local[6], local[7])
    : toDays(local[4], first, second, local[5], local[6], local[7]);
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

function toDays(...parts: (string | undefined)[]): number {
  const [year = NaN, month = NaN, day = NaN, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return NaN;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(Date.UTC(year, month - 1, day));
  // 31 April would silently become 1 May.
  if (date.getUTCMonth() !== month - 1) return NaN;
  return time / msPerDay;
}

/**
 * Numbers first, by size; then text with runs of digits compared as numbers: "a2" before "a10". Independent of locale.
 */
export function compareNaturally(a: string, b: string): number {
  const x = a.trim() === '' ? NaN : Number(a);
  const y = b.trim() === '' ? NaN : Number(b);
  if (Number.isFinite(x) !== Number.isFinite(y)) return Number.isFinite(x) ? -1 : 1;
  if (Number.isFinite(x) && x !== y) return x - y;
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [p = '', q = ''] = [left[i], right[i]];
    if (p === q) continue;
    const [m, n] = [Number(p), Number(q)];
    if (/^\d/.test(p) && /^\d/.test(q) && m !== n) return m - n;
    return p < q ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}
