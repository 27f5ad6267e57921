import type { DateOrder, NumberFormat } from './datasetTypes';

const missingMarkers: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', '?', '-']);

/** Blank cells and the usual markers: NA, N/A, NaN, null, ?, - (case and surrounding blanks ignored). */
export function isMissing(cell: string): boolean {
  if (cell.length === 0) return true;
  const code = cell.charCodeAt(0);
  // Most cells of most files are told by their first character, without any copying. 78, 110 = N, n; 63 = ?; 45 = -
  if (code > 32 && code !== 78 && code !== 110 && code !== 63 && code !== 45 && code < 128) return false;
  if (code === 45 && cell.length > 1 && cell.charCodeAt(1) > 32) return false;
  if (cell.length > 16) return cell.trim() === '';
  return missingMarkers.has(cell.trim().toLowerCase());
}

const pointGrouped = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;
const commaPlain = /^[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?$/;
const commaGrouped = /^[+-]?[1-9]\d{0,2}([. \u00a0\u202f]\d{3})+(,\d*)?$/;
const infinite = /^[+-]?(inf|infinity|∞|1\.?#inf)$/i;

/**
 * The number a cell stands for, or NaN when it is none. Surrounding blanks are ignored. `point`: 1234.5, 1e-3, 1,234.5
 * (groups of three); `comma`: 1234,5, 1.234,5 and 1 234,5. Words for infinity and numbers beyond 1.8e308 give ±Infinity.
 */
export function parseNumber(cell: string, format: NumberFormat): number {
  const plain = plainNumber(cell);
  if (plain === 1) {
    // "1.234" is a group of three where commas mark decimals.
    if (format === 'comma' && cell.includes('.')) {
      const text = cell.trim();
      return commaGrouped.test(text) ? Number(text.replace(/\./g, '')) : NaN;
    }
    return Number(cell);
  }
  if (plain === -1) return NaN;
  const text = cell.trim();
  if (text === '') return NaN;
  if (infinite.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (format === 'point') return pointGrouped.test(text) ? Number(text.replace(/,/g, '')) : NaN;
  if (commaPlain.test(text)) return Number(text.replace(',', '.'));
  return commaGrouped.test(text) ? Number(text.replace(/[. \u00a0\u202f]/g, '').replace(',', '.')) : NaN;
}

/** 1: digits, one point and an exponent at most (what Number reads the same way) · −1: surely no number · 0: look closer. */
function plainNumber(cell: string): -1 | 0 | 1 {
  const length = cell.length;
  let i = 0;
  while (i < length && cell.charCodeAt(i) <= 32) i++;
  let end = length;
  while (end > i && cell.charCodeAt(end - 1) <= 32) end--;
  if (i === end) return -1;
  const sign = cell.charCodeAt(i);
  if (sign === 43 || sign === 45) i++;
  let digits = 0;
  let points = 0;
  for (; i < end; i++) {
    const code = cell.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
    else if (code === 46) points++;
    else if (digits > 0 && (code === 101 || code === 69)) return exponent(cell, i + 1, end) && points <= 1 ? 1 : -1;
    else return couldBeNumber(code) ? 0 : -1;
  }
  return digits > 0 && points <= 1 ? 1 : points > 1 ? 0 : -1;
}

function exponent(cell: string, from: number, end: number): boolean {
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

/** Comma, blank, no-break blanks, the first letter of "infinity", ∞, #. */
function couldBeNumber(code: number): boolean {
  return (
    code === 44 ||
    code === 32 ||
    code === 160 ||
    code === 0x202f ||
    code === 105 ||
    code === 73 ||
    code === 0x221e ||
    code === 35
  );
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
 * Days since 1970-01-01 (UTC; a time of day is a fraction), or NaN when the cell is no date. Year-month-day with -, / or
 * ., and day-month-year or month-day-year as `order` says. A time zone is taken into account; without one, UTC is meant.
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

/** Numbers first, by size; then text with runs of digits compared as numbers: "a2" before "a10". Independent of locale. */
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
