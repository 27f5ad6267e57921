import { isMissing as isUsualMarker, isNumberMarker, parseNumber } from '../cells/cells';
import { takeApart, valueOf } from '../cells/numberText';

/** Rows and columns looked at: evidence does not grow with more of them. */
const rowsLooked = 200;
const columnsLooked = 300;
/** Columns of one table are alike: many of them say hardly more than a few. */
const mostForRow = -6;
const mostForHeader = 14;

/** Names that people give to columns and hardly ever to values. */
const columnWord =
  /^(label|labels|class|classes|target|id|ids|uid|name|y|x|index|key|category|type|value|outcome|species|sentiment|split|group|source|weight|date|time|year|text|features?|(x|v|f|col|column|var|px|pixel|feature)[_ ]?\d+)$/i;

/**
 * How much more likely `first` is to be the names of the columns than one of the rows of `body`, as a logarithm:
 * positive for names. It goes by the values: a word above numbers, a value that its column never repeats; numbers far
 * from those below, written with other decimals, or counting up where rows do not. 0 where nothing tells, as among
 * texts that are all different.
 */
export function headerEvidence(first: readonly string[], body: readonly (readonly string[])[]): number {
  const rows = spread(body.length, rowsLooked).map((row) => body[row] ?? []);
  const columns = spread(first.length, columnsLooked);
  let numbers = 0;
  let words = 0;
  for (const column of columns) {
    const below = rows.map((cells) => cells[column] ?? '').filter((text) => !isMissing(text));
    const evidence = cellEvidence(first[column] ?? '', below);
    if (isNumber(first[column] ?? '')) numbers += evidence;
    else words += evidence;
  }
  numbers = clamp(numbers, mostForRow, mostForHeader);
  return clamp(words, 2 * mostForRow, mostForHeader) + numbers + sequenceEvidence(first, rows);
}

/** Whether most cells that are not missing are numbers, in one way of writing decimals or the other. */
export function areNumbers(cells: readonly string[], share = 0.9): boolean {
  const filled = cells.filter((text) => !isMissing(text));
  return filled.length > 0 && filled.filter(isNumber).length >= share * filled.length;
}

export function isNumber(cell: string): boolean {
  return !Number.isNaN(numberOf(cell));
}

/** Blank, or a marker that means missing at least among numbers. */
function isMissing(cell: string): boolean {
  return isUsualMarker(cell) || isNumberMarker(cell);
}

function numberOf(cell: string): number {
  const value = parseNumber(cell, 'point');
  if (!Number.isNaN(value)) return value;
  const other = parseNumber(cell, 'comma');
  if (!Number.isNaN(other)) return other;
  const parts = takeApart(cell);
  return parts === null ? NaN : valueOf(parts, 'point');
}

function cellEvidence(cell: string, below: readonly string[]): number {
  if (below.length === 0 || isMissing(cell)) return 0;
  const numeric = areNumbers(below);
  const named = columnWord.test(cell.trim()) && !below.includes(cell) ? 3 : 0;
  if (numeric) return isNumber(cell) ? numberEvidence(cell, below) : 2.5 + named;
  return named + wordEvidence(cell, below);
}

/** A word above words: does the column repeat its values, and is this one of them? */
function wordEvidence(cell: string, below: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const text of below) counts.set(text, (counts.get(text) ?? 0) + 1);
  const repeats = counts.size <= Math.max(1, (2 * below.length) / 3);
  const times = counts.get(cell) ?? 0;
  if (times > 0) return repeats ? -3 : -1;
  if (!repeats) return isNumber(cell) ? -0.5 : 0;
  let single = 0;
  for (const count of counts.values()) if (count === 1) single++;
  // Good and Turing: a value not seen so far is as likely as all those seen once.
  return clamp(Math.log((0.9 * (below.length + 1)) / (single + 1)), 0, 3.5);
}

function numberEvidence(cell: string, below: readonly string[]): number {
  const value = numberOf(cell);
  const values = below.map(numberOf).filter((x) => Number.isFinite(x));
  if (values.length === 0 || !Number.isFinite(value)) return 0;
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const outside = Math.max(0, low - value, value - high);
  if (values.length < 5) {
    const size = Math.max(Math.abs(low), Math.abs(high), high - low);
    return outside < 3 * size || size === 0 ? -1 : 2;
  }
  if (continues(value, values)) return -2;
  return clamp(placeEvidence(value, outside, values, high - low) + decimalEvidence(cell, below), -3, 4);
}

function placeEvidence(value: number, outside: number, values: readonly number[], range: number): number {
  if (range === 0) return outside === 0 ? -2 : 1;
  const distance = outside / range;
  if (distance > 2) return 2.5;
  if (distance > 0.5) return 1;
  if (distance > 0) return -0.3;
  const distinct = new Set(values);
  const few = distinct.size <= Math.min(20, values.length / 3);
  return few ? (distinct.has(value) ? -1.5 : 0.8) : -1;
}

/** Decimals written as hardly any cell below writes them, or as most do. */
function decimalEvidence(cell: string, below: readonly string[]): number {
  const own = decimalsOf(cell);
  const alike = below.filter((text) => decimalsOf(text) === own).length;
  const share = (alike + 0.5) / (below.length + 1);
  if (share < 0.1) return Math.min(2, -Math.log(share) - 1);
  return own > 0 && share > 0.5 ? -0.7 : 0;
}

function decimalsOf(cell: string): number {
  const text = cell.trim();
  const point = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  return point === -1 ? 0 : text.length - point - 1;
}

/** The values go up (or down) row by row, and this one comes just before the first. */
function continues(value: number, values: readonly number[]): boolean {
  const first = values[0] ?? value;
  const steps = values.slice(1).map((x, k) => x - (values[k] ?? x));
  if (steps.length < 2) return false;
  const up = steps.filter((step) => step >= 0).length;
  const down = steps.filter((step) => step <= 0).length;
  if (Math.max(up, down) < 0.95 * steps.length) return false;
  const sizes = steps.map(Math.abs).sort((a, b) => a - b);
  const usual = sizes[Math.floor(0.9 * sizes.length)] ?? 0;
  const step = up >= down ? first - value : value - first;
  return step >= 0 && step <= 3 * usual;
}

/** Numbers across the row that count up by equal steps, or go up or down all along, where the rows below do not. */
function sequenceEvidence(first: readonly string[], rows: readonly (readonly string[])[]): number {
  const places = first.flatMap((cell, index) => (!isMissing(cell) && isNumber(cell) ? [index] : []));
  const numbers = places.map((index) => numberOf(first[index] ?? ''));
  const words = first.length - places.length;
  if (numbers.length < 2 || words > Math.max(2, numbers.length / 2)) return 0;
  const shareBelow = (test: (values: readonly number[]) => boolean): number =>
    rows.filter((cells) => test(places.map((index) => numberOf(cells[index] ?? '')))).length / Math.max(1, rows.length);
  const usual = Math.max(0.05, 1 / Math.max(1, rows.length));
  const k = numbers.length;
  if (isArithmetic(numbers) && shareBelow(isArithmetic) < usual) {
    const years = numbers.every((value) => Number.isInteger(value) && value >= 1900 && value <= 2100);
    const counting = Math.abs((numbers[1] ?? 0) - (numbers[0] ?? 0)) === 1;
    if (k >= 3) return counting || k > 3 ? 12 : 6;
    return years ? 4 : 0;
  }
  if (k >= 4 && isMonotone(numbers) && shareBelow(isMonotone) < usual) {
    let logarithm = -Math.LN2;
    for (let i = 2; i <= k; i++) logarithm += Math.log(i);
    return clamp(logarithm, 0, 10);
  }
  const distinct = (values: readonly number[]): boolean => new Set(values).size === values.length;
  return k >= 4 && distinct(numbers) && shareBelow(distinct) < 0.2 ? 1.5 : 0;
}

function isArithmetic(values: readonly number[]): boolean {
  const step = (values[1] ?? NaN) - (values[0] ?? NaN);
  if (!Number.isFinite(step) || step === 0) return false;
  return values.every(
    (value, k) => k === 0 || Math.abs(value - (values[k - 1] ?? NaN) - step) <= 1e-6 * Math.abs(step),
  );
}

function isMonotone(values: readonly number[]): boolean {
  const pairs = values.slice(1).map((value, k) => value - (values[k] ?? NaN));
  return pairs.every((step) => step > 0) || pairs.every((step) => step < 0);
}

/** At most `limit` places of `count`, evenly spread. */
export function spread(count: number, limit: number): number[] {
  if (count <= limit) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: limit }, (_, index) => Math.floor((index * (count - 1)) / (limit - 1)));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
