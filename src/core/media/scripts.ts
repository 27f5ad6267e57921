/** Scripts that texts are told apart by; Chinese and Japanese share their characters, and count as one. */
const scripts = [
  ['Latin', 'Latin'],
  ['Cyrillic', 'Cyrillic'],
  ['Greek', 'Greek'],
  ['Chinese and Japanese', 'Han', 'Hiragana', 'Katakana', 'Bopomofo'],
  ['Hangul', 'Hangul'],
  ['Arabic', 'Arabic'],
  ['Hebrew', 'Hebrew'],
  ['Devanagari', 'Devanagari'],
  ['Bengali', 'Bengali'],
  ['Gurmukhi', 'Gurmukhi'],
  ['Gujarati', 'Gujarati'],
  ['Tamil', 'Tamil'],
  ['Telugu', 'Telugu'],
  ['Kannada', 'Kannada'],
  ['Malayalam', 'Malayalam'],
  ['Sinhala', 'Sinhala'],
  ['Thai', 'Thai'],
  ['Lao', 'Lao'],
  ['Khmer', 'Khmer'],
  ['Burmese', 'Myanmar'],
  ['Tibetan', 'Tibetan'],
  ['Georgian', 'Georgian'],
  ['Armenian', 'Armenian'],
  ['Ethiopic', 'Ethiopic'],
] as const;

/** By number; the last one is that of letters of any other script. */
export const scriptNames: readonly string[] = [...scripts.map(([name]) => name), 'another'];

const noLetter = 255;
const letter = /\p{L}/u;
const patterns = scripts.map(
  ([, ...names]) => new RegExp(`[${names.map((name) => `\\p{Script=${name}}`).join('')}]`, 'u'),
);

/** Of the 65,536 characters that are one code unit. */
let table: Uint8Array | undefined;

function scriptOf(character: string): number {
  if (!letter.test(character)) return noLetter;
  const place = patterns.findIndex((pattern) => pattern.test(character));
  return place < 0 ? scripts.length : place;
}

/** Adds to `counts` the letters of each script in a text, by its number. O(length). */
export function countScripts(text: string, counts: Uint32Array): void {
  table ??= Uint8Array.from({ length: 0x10000 }, (_, code) => scriptOf(String.fromCharCode(code)));
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    let script = table[code];
    if (code >= 0xd800 && code < 0xdc00) {
      script = scriptOf(String.fromCodePoint(text.codePointAt(at) ?? code));
      at++;
    }
    if (script !== noLetter) counts[script]++;
  }
}
