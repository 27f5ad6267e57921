/** Powers of ten that are doubles without rounding. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const mostDecimals = powersOfTen.length - 1;
/** Whole numbers up to here are doubles without rounding. */
const largestExact = Number.MAX_SAFE_INTEGER;
/** Cells with more characters are rare, and may be no numbers in some ways of writing. */
const longest = 40;

const minus = 45;
const plus = 43;
const zero = 48;
const smallE = 101;
const largeE = 69;

/**
 * The number that `text[from, to)` writes with digits, a sign, one decimal mark and a power of ten, none of which but
 * digits must be there: to the last bit what Number() reads where the mark is a point. NaN: it is written in another
 * way, with more digits than a double holds, or is none: look closer. `mark`: the character code of the decimal mark.
 *
 * Up to 2⁵³ the digits are a double without rounding, and so are the powers of ten up to 10²²: their product or
 * quotient is rounded once, as the number that is meant would be. O(length), and nothing is allocated.
 */
export function readPlainNumber(text: string, from: number, to: number, mark: number): number {
  if (to - from > longest) return NaN;
  let at = from;
  const sign = at < to ? text.charCodeAt(at) : 0;
  if (sign === minus || sign === plus) at++;
  let value = 0;
  let digits = 0;
  let decimals = 0;
  let marked = false;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    const digit = code - zero;
    if (digit >= 0 && digit <= 9) {
      value = 10 * value + digit;
      digits++;
      if (marked) decimals++;
    } else if (code === mark && !marked) marked = true;
    else if ((code === smallE || code === largeE) && digits > 0) break;
    else return NaN;
  }
  // Beyond, it has been rounded, and is not below it again.
  if (digits === 0 || value > largestExact) return NaN;
  if (at < to) {
    const exponent = readExponent(text, at + 1, to);
    decimals -= exponent;
    // Also where the exponent is none.
    if (!(decimals >= -mostDecimals)) return NaN;
  }
  if (decimals > mostDecimals) return NaN;
  const size = decimals >= 0 ? value / powersOfTen[decimals] : value * powersOfTen[-decimals];
  return sign === minus ? -size : size;
}

/** Digits with or without a sign, at most three; NaN for anything else. */
function readExponent(text: string, from: number, to: number): number {
  let at = from;
  const sign = at < to ? text.charCodeAt(at) : 0;
  if (sign === minus || sign === plus) at++;
  if (at === to || to - at > 3) return NaN;
  let value = 0;
  for (; at < to; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = 10 * value + digit;
  }
  return sign === minus ? -value : value;
}
