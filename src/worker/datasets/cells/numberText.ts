import type { NumberFormat } from './numberFormat';
import { isShare, unitBefore, unitBehind, unitKey } from './numberUnits';

/** A cell taken apart: what is a number in some way of writing, and what stands around it. */
interface NumberText {
  readonly negative: boolean;
  /**
   * Digits with what separates them: "1.234,5", "1 234", "12'000.5"; every kind of blank is " ", every apostrophe is
   * "'".
   */
  readonly body: string;
  /** Power of ten, as digits with an optional sign; '' where there is none. */
  readonly exponent: string;
  /** What is counted: money and shares in one spelling ("%", "$"), words as written ("kg"); '' for a bare number. */
  readonly unit: string;
  /** "<0.05", ">100", "~5", "8+": the number is a limit, or about right. */
  readonly limit: boolean;
}

/** Longer cells are no numbers, whatever they hold. */
const longestNumber = 60;

const shape =
  /^'?(<=?|>=?|=<|=>|[≤≥⩽⩾~≈])? ?(\()? ?([+-])? ?([^\d\s+\-().,'<>=]{1,5}\.?)? ?(\()? ?([+-])? ?((?:[.,]?\d)(?:[.,' ]?\d)*[.,]?)(?:\/[-=])?(?:([eE] ?[+-]?\d{1,4})|[dD]([+-]\d{1,3})| ?[x×*·] ?10 ?(?:\^ ?([+-]?\d{1,3})|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})))? ?(\))? ?([+-])? ?([^\d\s()+\-.,<>=][^()<>=]{0,14}?)? ?(\))? ?([+-])?$/;

/**
 * Takes a cell apart; null when it is no number in any way of writing. Signs may stand before or behind number and
 * unit, brackets mean negative, and minus signs, blanks, apostrophes and digits may be any of Unicode's. O(length), at
 * most 60 characters.
 */
export function takeApart(cell: string): NumberText | null {
  if (cell.length > longestNumber) return null;
  const text = plainSigns(cell);
  const match = shape.exec(text);
  if (match === null) return null;
  const [
    ,
    limit,
    open,
    sign,
    before,
    open2,
    sign2,
    body = '',
    e,
    d,
    power,
    raised,
    close,
    sign3,
    behind,
    close2,
    sign4,
  ] = match;
  const brackets = (open === undefined ? 0 : 1) + (open2 === undefined ? 0 : 1);
  if (brackets !== (close === undefined ? 0 : 1) + (close2 === undefined ? 0 : 1) || brackets > 1) return null;
  const signs = [sign, sign2, sign3, sign4].filter((each) => each !== undefined);
  if (signs.length > 1 || (brackets > 0 && signs.length > 0)) return null;
  const first = before === undefined ? '' : unitBefore(before);
  const last = behind === undefined ? '' : unitBehind(behind.trimEnd());
  if (first === undefined || last === undefined || (first !== '' && last !== '' && unitKey(first) !== unitKey(last)))
    return null;
  const unit = first === '' ? last : first;
  const trailing = sign3 ?? sign4;
  // "5.-" and "5,–" are prices without cents, not negative.
  const behindMinus = trailing === '-' && !/[.,]$/.test(body);
  // "007 kg" is no quantity: what begins with zeros and ends with letters is a code.
  if (unit !== '' && /^0\d/.test(body)) return null;
  const exponent = e?.slice(1).trim() ?? d ?? power ?? (raised === undefined ? '' : lowered(raised));
  return {
    negative: brackets > 0 || sign === '-' || sign2 === '-' || behindMinus,
    body,
    exponent,
    unit,
    limit: limit !== undefined || trailing === '+',
  };
}

/**
 * The number that digits and their separators stand for when `format` says which mark is the decimal one, as text that
 * Number() reads; null when they stand for none. Groups: three digits, with one separator throughout; or 12,34,567 as
 * in India.
 */
function readBody(body: string, format: NumberFormat, grouped = true): string | null {
  const mark = format === 'point' ? '.' : ',';
  const at = body.indexOf(mark);
  if (at !== body.lastIndexOf(mark)) return null;
  const whole = at < 0 ? body : body.slice(0, at);
  const fraction = at < 0 ? '' : body.slice(at + 1);
  if (!isDigits(fraction)) return null;
  const digits = isDigits(whole) ? whole : grouped ? joinGroups(whole) : null;
  if (digits === null || (digits === '' && fraction === '')) return null;
  return fraction === '' ? digits : `${digits}.${fraction}`;
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** "1,234,567" and "12,34,567" as digits; null when these are no groups. */
function joinGroups(text: string): string | null {
  const separator = /[^\d]/.exec(text)?.[0] ?? '';
  const groups = text.split(separator);
  const [first = '', ...others] = groups;
  const last = others[others.length - 1] ?? '';
  if (first === '' || first.startsWith('0') || !groups.every(isDigits) || last.length !== 3) return null;
  const western = first.length <= 3 && others.every((group) => group.length === 3);
  const indian = separator === ',' && first.length <= 2 && others.slice(0, -1).every((group) => group.length === 2);
  return western || indian ? groups.join('') : null;
}

/** The value of a cell taken apart; NaN when it is no number in this format. */
export function valueOf(parts: NumberText, format: NumberFormat): number {
  const digits = digitsOf(parts, format);
  return digits === null ? NaN : Number(digits);
}

/** As text that Number() reads. */
export function digitsOf({ negative, body, exponent }: NumberText, format: NumberFormat): string | null {
  // Nobody groups the digits of a number with a power of ten.
  const digits = readBody(body, format, exponent === '');
  if (digits === null) return null;
  return `${negative ? '-' : ''}${digits}${exponent === '' ? '' : `e${exponent}`}`;
}

/**
 * Whether numbers of unit `found` belong into a column of unit `wanted`. A bare number may be an amount of money, but
 * no percentage (0 is 0).
 */
export function fitsUnit(found: string, wanted: string, value: number): boolean {
  if (found === wanted || (found !== '' && unitKey(found) === unitKey(wanted))) return true;
  return found === '' && (!isShare(wanted) || value === 0);
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function lowered(raised: string): string {
  let text = '';
  for (const sign of raised) text += sign === '⁻' ? '-' : sign === '⁺' ? '+' : superscripts.indexOf(sign);
  return text;
}

const blank = /\s/;

/**
 * The cell trimmed, with the plain signs of ASCII: every blank " " (never two in a row), every minus and short dash
 * "-", every apostrophe "'", digits 0–9; characters that show nothing are left out.
 */
function plainSigns(cell: string): string {
  let text = '';
  let changed = false;
  for (let i = 0; i < cell.length; i++) {
    const code = cell.charCodeAt(i);
    if (code > 32 && code < 127) {
      text += cell.charAt(i);
      if (code === 96) changed = true;
      continue;
    }
    changed = true;
    text += plainSign(code, cell.charAt(i));
  }
  if (changed) text = text.replace(/`/g, "'").replace(/ {2,}/g, ' ').trim();
  return text;
}

function plainSign(code: number, sign: string): string {
  if (code <= 32 || code === 0xa0) return ' ';
  switch (code) {
    case 0x2212: // minus
    case 0x2010: // hyphens
    case 0x2011:
    case 0x2012: // dashes
    case 0x2013:
    case 0xfe63:
    case 0x207b:
      return code === 0x207b ? sign : '-';
    case 0x2018:
    case 0x2019:
    case 0x02bc:
    case 0x00b4:
    case 0x2032:
      return "'";
    case 0x066b: // Arabic decimal mark and separator of thousands
      return '.';
    case 0x066c:
      return ',';
    case 0xffe0:
      return '¢';
    case 0xffe1:
      return '£';
    case 0xffe5:
      return '¥';
    default:
  }
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if (code >= 0x660 && code <= 0x669) return String(code - 0x660);
  if (code >= 0x6f0 && code <= 0x6f9) return String(code - 0x6f0);
  if (code >= 0x966 && code <= 0x96f) return String(code - 0x966);
  if (isInvisible(code)) return '';
  return blank.test(sign) ? ' ' : sign;
}

/** Zero-width characters and marks of direction: they are no part of what a person reads. */
function isInvisible(code: number): boolean {
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    code === 0xfeff ||
    code === 0xad ||
    code === 0x61c
  );
}
