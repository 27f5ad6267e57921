/** What makes two spellings look alike, in the words of a message. */
export type Likeness =
  | 'capitals'
  | 'Unicode form'
  | 'hidden characters'
  | 'blanks'
  | 'spelling of a number'
  | 'quotes or dashes'
  | 'dotless i'
  | 'letters of another alphabet';

/**
 * Characters that take no place when they are drawn: joiners, marks of direction and order, soft hyphens, selectors,
 * fillers, control characters.
 */
const hidden = /[\p{Cf}\p{Cc}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]/gu;
const hiddenOnce = new RegExp(hidden.source, 'u');
/** Tab and line ends are control characters too, but they are blanks. */
const blanks = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]+/gu;
/** Raised and lowered figures mean something else than plain ones: 10² is not 102. */
const flat = /[^\u00b2\u00b3\u00b9\u2070-\u209c]+/gu;
const singleQuotes = /[\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4]/gu;
const doubleQuotes = /[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/gu;
const dashes = /[\u2010-\u2015\u2212\ufe58\ufe63]/gu;
const number = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/;

/** Letters of other alphabets that are drawn as Latin ones, after folding of case. */
const drawnAs = new Map<string, string>(
  Object.entries({
    а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ј: 'j', ѕ: 's', һ: 'h', к: 'k', м: 'm', т: 't', в: 'b', н: 'h',
    α: 'a', ο: 'o', ν: 'v', ρ: 'p', ι: 'i', κ: 'k', τ: 't', υ: 'u', χ: 'x',
  }), // prettier-ignore
);
const otherAlphabets = /[\u0370-\u03ff\u0400-\u04ff]/u;
const latin = /[a-z]/;

/** Unicode's compatible composed form, but for raised and lowered figures. */
function compose(text: string): string {
  return text.normalize('NFC').replace(flat, (run) => run.normalize('NFKC'));
}

/**
 * Case folded independently of the language: ß = ss, ſ = s, İ = i. The dotless ı stays itself: in Turkish it is another
 * letter than i.
 */
function foldCase(text: string): string {
  return text
    .replace(/ı/gu, '\u0001')
    .toUpperCase()
    .toLowerCase()
    .replace(/i\u0307/gu, 'i')
    .replace(/ς/gu, 'σ')
    .replace(/\u0001/gu, 'ı');
}

/** A text without hidden characters, with one plain space for every run of blanks and none around. */
export function clean(text: string): string {
  return text.replace(blanks, ' ').replace(hidden, '').replace(/ {2,}/g, ' ').trim();
}

/**
 * What surely the same label has in common, however it was typed: Unicode form, case, blanks, hidden characters,
 * typographic quotes and dashes, and the spelling of a whole number (0, 0.0, 00, 1e0). A label of one character keeps
 * its case, a and A being classes of their own where letters are recognised. '' for a label that cannot be seen at all.
 */
export function sureForm(label: string): string {
  const composed = clean(compose(clean(label)))
    .replace(singleQuotes, "'")
    .replace(doubleQuotes, '"')
    .replace(dashes, '-');
  const folded = [...composed].length === 1 ? composed : foldCase(composed).normalize('NFC');
  return numberForm(folded, false) ?? folded;
}

/**
 * What labels have in common that perhaps mean the same: beyond {@link sureForm} the case of single characters, ı for
 * i, letters of another alphabet that are drawn alike, and numbers with zeros at their end (1.5 and 1.50, which may be
 * versions).
 */
export function looseForm(label: string): string {
  const folded = foldCase(sureForm(label)).replace(/ı/gu, 'i').normalize('NFC');
  const asNumber = numberForm(folded, true);
  if (asNumber !== undefined) return asNumber;
  return otherAlphabets.test(folded) ? asLatin(folded) : folded;
}

/**
 * Only where every foreign letter has a Latin twin: a word that is Cyrillic through and through has none that would be
 * mistaken for it.
 */
function asLatin(text: string): string {
  let drawn = '';
  for (const letter of text) {
    const twin = drawnAs.get(letter);
    if (twin === undefined && otherAlphabets.test(letter)) return text;
    drawn += twin ?? letter;
  }
  return drawn;
}

/** The number a folded text spells: any, or whole ones only; undefined where it spells none. */
function numberForm(folded: string, any: boolean): string | undefined {
  if (!number.test(folded)) return undefined;
  // A comma before three figures may part thousands.
  if (/,\d{3}(e|$)/.test(folded)) return undefined;
  const value = Number(folded.replace(',', '.'));
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined;
  if (!any && !Number.isInteger(value)) return undefined;
  return `#${value === 0 ? 0 : value}`;
}

/** In what two spellings of one form differ, most telling first. */
export function likenesses(a: string, b: string): Likeness[] {
  const found: Likeness[] = [];
  const plain = (text: string): string => text.replace(blanks, ' ').trim();
  if (hiddenOnce.test(a.replace(blanks, '')) || hiddenOnce.test(b.replace(blanks, ''))) found.push('hidden characters');
  const [seenA, seenB] = [clean(a), clean(b)];
  if (
    plain(a).replace(hidden, '') !== a.replace(hidden, '') ||
    plain(b).replace(hidden, '') !== b.replace(hidden, '')
  ) {
    found.push('blanks');
  }
  const [composedA, composedB] = [clean(compose(seenA)), clean(compose(seenB))];
  if (seenA !== seenB && (composedA !== seenA || composedB !== seenB)) found.push('Unicode form');
  const straighten = (text: string): string =>
    text.replace(singleQuotes, "'").replace(doubleQuotes, '"').replace(dashes, '-');
  const [straightA, straightB] = [straighten(composedA), straighten(composedB)];
  if (composedA !== composedB && (straightA !== composedA || straightB !== composedB)) found.push('quotes or dashes');
  const [foldedA, foldedB] = [foldCase(straightA).normalize('NFC'), foldCase(straightB).normalize('NFC')];
  if (straightA !== straightB && (foldedA !== straightA || foldedB !== straightB)) found.push('capitals');
  if (foldedA !== foldedB) {
    const dotted = (text: string): string => text.replace(/ı/gu, 'i');
    if (numberForm(foldedA, true) !== undefined) found.push('spelling of a number');
    else if (dotted(foldedA) === dotted(foldedB)) found.push('dotless i');
    else if (latin.test(foldedA) || latin.test(foldedB)) found.push('letters of another alphabet');
  }
  return found;
}

/**
 * Whether a label holds what cannot be seen: hidden characters, or blanks that are not plain single spaces between
 * words.
 */
export function hasUnseen(label: string): boolean {
  return clean(label) !== label;
}
