/** What stands around a list, by what opens it: JSON and Python, tuples, PostgreSQL. */
const closers: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/** Whether a cell stands in brackets as lists do; what is in them is not looked at. */
export function isBracketed(cell: string): boolean {
  const code = cell.charCodeAt(0);
  // Nearly every cell of every file is told here: the brackets, and blanks that may stand before one.
  if (code !== 0x5b && code !== 0x28 && code !== 0x7b && code > 0x20) return false;
  const text = cell.trim();
  return text.length > 2 && closers[text[0]] === text[text.length - 1];
}

/** A list that was cut when it was written: NumPy prints long arrays as [0.1 0.2 ... 0.9]. */
export function isCutList(cell: string): boolean {
  return isBracketed(cell) && /\d[\s,;]*(\.\.\.|…)[\s,;]*[-+\d]/.test(cell);
}

/**
 * The numbers of a cell that is a list of two or more of them, in square brackets, parentheses or braces, parted by
 * commas, by semicolons or by blanks: `[0.1, -2e-3]` as JSON and Python write it, `[0.1 0.2]` as NumPy prints it.
 * Decimal points only: where commas stand beside another separator they are decimal ones. null for that and anything
 * else: nested lists, gaps, NaN, infinities. O(length).
 */
export function parseVector(cell: string): Float64Array | null {
  if (!isBracketed(cell)) return null;
  const inner = cell.trim().slice(1, -1).trim();
  const parts = inner.split(inner.includes(',') ? /\s*,\s*/ : inner.includes(';') ? /\s*;\s*/ : /\s+/);
  // "(0.1, 0.2,)" is a tuple too.
  if (parts[parts.length - 1] === '') parts.pop();
  if (parts.length < 2) return null;
  const numbers = new Float64Array(parts.length);
  for (let k = 0; k < parts.length; k++) {
    const part = parts[k];
    const number = isPlain(part) ? Number(part) : Number.NaN;
    if (!Number.isFinite(number)) return null;
    numbers[k] = number;
  }
  return numbers;
}

/** Digits with sign, point and exponent: `Number` would take "", "0x1f" and "Infinity" as well. */
function isPlain(text: string): boolean {
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    const isDigit = code >= 0x30 && code <= 0x39;
    const isSign = code === 0x2b || code === 0x2d || code === 0x2e || code === 0x65 || code === 0x45;
    if (!isDigit && !isSign) return false;
  }
  return text !== '';
}
