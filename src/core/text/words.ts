/** What a character is to words. */
const kinds = { other: 0, word: 1, unspaced: 2 } as const;

const wordCharacter = /[\p{L}\p{N}_]/u;
/** Scripts that do not part words by blanks, with their marks, and the sign that lengthens Japanese vowels. */
const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]/u;

/** Whether some of it is of a script that does not part words by blanks. */
export function hasUnspacedScript(text: string): boolean {
  return unspacedScript.test(text);
}

function kindOf(character: string): number {
  if (unspacedScript.test(character)) return kinds.unspaced;
  return wordCharacter.test(character) ? kinds.word : kinds.other;
}

/** Of the 65,536 characters that are one code unit; halves of pairs are looked at where they stand. */
let table: Uint8Array | undefined;
let segmenter: Intl.Segmenter | undefined;

function kindTable(): Uint8Array {
  table ??= Uint8Array.from({ length: 0x10000 }, (_, code) => kindOf(String.fromCharCode(code)));
  return table;
}

/**
 * Calls `visit` for each word of a text with where it begins, in its order: the longest runs of two or more letters,
 * digits and underscores of any script, as `(?u)\b\w\w+\b` finds them in Python. Runs of Chinese, Japanese, Thai,
 * Lao, Khmer and Burmese are cut into words by the runtime's dictionaries, and words of one character count there.
 * O(length).
 */
export function findWords(text: string, visit: (word: string, start: number) => void): void {
  const kindOfCode = kindTable();
  const { length } = text;
  let start = 0;
  let kind: number = kinds.other;
  let characters = 0;
  const end = (at: number): void => {
    if (kind === kinds.word && characters > 1) visit(text.slice(start, at), start);
    else if (kind === kinds.unspaced) segment(text.slice(start, at), start, visit);
  };
  for (let at = 0; at < length;) {
    const code = text.charCodeAt(at);
    let width = 1;
    let next = kindOfCode[code];
    if (code >= 0xd800 && code < 0xdc00) {
      const point = text.codePointAt(at) ?? code;
      if (point > 0xffff) {
        width = 2;
        next = kindOf(String.fromCodePoint(point));
      }
    }
    if (next !== kind) {
      end(at);
      start = at;
      kind = next;
      characters = 0;
    }
    characters++;
    at += width;
  }
  end(length);
}

function segment(run: string, start: number, visit: (word: string, start: number) => void): void {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  for (const { segment: word, index, isWordLike } of segmenter.segment(run)) {
    if (isWordLike === true) visit(word, start + index);
  }
}
