import { type CharacterName, characterNames } from './characterNames';

/**
 * Text of the data as a person can see it. Control characters, direction changes and whatever else draws nothing of its
 * own are what hides in a label, what drives a terminal, and what reorders the words beside it: wherever text is shown,
 * they are shown.
 */

/** A stretch of text, or one character (or a run of the same) that would not be seen. */
type TextPiece =
  | { readonly kind: 'plain'; readonly text: string }
  | {
      readonly kind: 'mark';
      /** The characters themselves. */
      readonly text: string;
      /** What stands for them: “ZWSP”, “␣”, “␣×12”. */
      readonly sign: string;
      /** For people: “zero-width space, U+200B”. */
      readonly name: string;
    };

interface VisibleOptions {
  /** Code points that are shown; what is longer ends in “…”. */
  readonly limit?: number;
  /** Leave blanks other than the plain one as they are (no-break, thin, …). */
  readonly keepBlanks?: boolean;
  /** Leave line feeds as they are. */
  readonly keepLines?: boolean;
}

/*
 * Everything that may have to be shown, in one class, so that ordinary text costs one look: controls, format
 * characters, halves of pairs, separators, whatever fonts leave out, the blank of Braille, non-characters, and blanks
 * other than the plain and the ideographic one. The signs of Arabic, Syriac, Kaithi and Egyptian that are formats and
 * yet drawn are left out.
 */
const drawnFormats = '\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}\\u{13430}-\\u{1345f}';
const suspects = `[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u2800\\ufffe\\uffff]`;
const suspect = new RegExp(`(?![${drawnFormats}])${suspects}`, 'u');
const everySuspect = new RegExp(`(?![${drawnFormats}])${suspects}`, 'gu');
const oddBlank = /^[\u00a0\u1680\u2000-\u200a\u202f\u205f]$/;

const blankEdges = /^[\p{Zs}]+|[\p{Zs}]+$/gu;
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Letters that a joiner or non-joiner between them draws differently: there it is spelling. */
const joining =
  '[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}]';
const afterJoining = new RegExp(`${joining}\\p{M}*$`, 'u');
const beforeJoining = new RegExp(`^${joining}`, 'u');
const afterPicture = /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*$/u;
const beforePicture = /^\p{Extended_Pictographic}/u;
/** Longer than anything that has to be looked at before a character. */
const context = 24;

/**
 * The text with everything visible: `\x1b`, `\n`, `⟨U+202E⟩`; the same string where there is nothing to show. What
 * comes out has no control, direction or zero-width character but those of {@link VisibleOptions}, of emoji, and
 * between letters that they join.
 */
export function visibleText(text: string, options: VisibleOptions = {}): string {
  const cut = options.limit === undefined ? text : cutText(text, options.limit);
  if (!suspect.test(cut)) return cut;
  return cut.replace(everySuspect, (character: string, index: number) => {
    if (options.keepLines === true && character === '\n') return character;
    if (options.keepBlanks === true && oddBlank.test(character)) return character;
    return isSpelling(cut, character, index) ? character : codeOf(character);
  });
}

/**
 * The text in pieces, for a window: plain ones, and marks with the name of what they stand for. Blanks at the ends are
 * marks too.
 */
export function splitVisible(
  text: string,
  options: Pick<VisibleOptions, 'limit' | 'keepLines'> = {},
): readonly TextPiece[] {
  const cut = options.limit === undefined ? text : cutText(text, options.limit);
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const { index, text: run } of markedRuns(cut, options.keepLines === true)) {
    if (index > from) pieces.push({ kind: 'plain', text: cut.slice(from, index) });
    pieces.push(...marksOf(run));
    from = index + run.length;
  }
  if (from < cut.length || pieces.length === 0) pieces.push({ kind: 'plain', text: cut.slice(from) });
  return pieces;
}

/** The first `limit` code points and “…”, or the text itself; never half a pair of surrogates. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let count = 0;
  let end = 0;
  for (const character of text) {
    if (count === limit) return `${text.slice(0, end)}…`;
    count += 1;
    end += character.length;
  }
  return text;
}

/**
 * Visible text for a place that knows only strings (a tooltip, a chart): letters that run from right to left are
 * isolated, so that they cannot reorder what stands beside them. Not for terminals.
 */
export function isolatedText(text: string, limit?: number): string {
  const visible = visibleText(text, limit === undefined ? {} : { limit });
  return rightToLeft.test(visible) ? `\u2068${visible}\u2069` : visible;
}

/** “zero-width space, U+200B”. */
export function nameCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const { name } = nameOf(code);
  return name === '' ? number : `${name}, ${number}`;
}

interface Run {
  readonly index: number;
  readonly text: string;
}

/** Stretches of characters to mark, in order: invisible ones, and blanks at the ends. */
function markedRuns(text: string, keepLines: boolean): readonly Run[] {
  const runs: Run[] = [];
  for (const match of text.matchAll(blankEdges)) runs.push({ index: match.index, text: match[0] });
  if (suspect.test(text)) {
    const edges = [...runs];
    for (const { 0: character, index } of text.matchAll(everySuspect)) {
      if (edges.some((edge) => index >= edge.index && index < edge.index + edge.text.length)) continue;
      if (keepLines && character === '\n') continue;
      if (!isSpelling(text, character, index)) runs.push({ index, text: character });
    }
    runs.sort((a, b) => a.index - b.index);
  }
  return joinRuns(runs);
}

function joinRuns(runs: readonly Run[]): readonly Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined[joined.length - 1];
    if (last !== undefined && last.index + last.text.length === run.index) {
      joined[joined.length - 1] = { index: last.index, text: last.text + run.text };
    } else joined.push(run);
  }
  return joined;
}

/** Marks of a run, one a character; more than three of the same become one. */
function marksOf(run: string): TextPiece[] {
  const marks: TextPiece[] = [];
  const characters = [...run];
  for (let from = 0; from < characters.length;) {
    const character = characters[from];
    let to = from;
    while (to < characters.length && characters[to] === character) to += 1;
    const { sign } = nameOf(character.codePointAt(0) ?? 0);
    const name = nameCharacter(character);
    const count = to - from;
    if (count > 3) {
      marks.push({ kind: 'mark', text: character.repeat(count), sign: `${sign}×${count}`, name: `${count} × ${name}` });
    } else for (let k = 0; k < count; k += 1) marks.push({ kind: 'mark', text: character, sign, name });
    from = to;
  }
  return marks;
}

/** Is an invisible character here part of how a word or an emoji is written, and so seen by what it does? */
function isSpelling(text: string, character: string, index: number): boolean {
  if (character === '\u200c' || character === '\u200d') {
    const before = text.slice(Math.max(0, index - context), index);
    const after = text.slice(index + 1, index + 3);
    if (afterJoining.test(before) && beforeJoining.test(after)) return true;
    return character === '\u200d' && afterPicture.test(before) && beforePicture.test(after);
  }
  if (character !== '\ufe0e' && character !== '\ufe0f') return false;
  const before = text.slice(Math.max(0, index - 2), index);
  return /\p{Extended_Pictographic}$/u.test(before) || (/[0-9#*]$/.test(before) && text[index + 1] === '\u20e3');
}

function codeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function nameOf(code: number): CharacterName {
  const known = characterNames.get(code);
  if (known !== undefined) return known;
  const sign = codeOf(String.fromCodePoint(code)).replace(/[⟨⟩]/g, '');
  if (code < 0xa0) return { sign, name: 'control character' };
  if (code >= 0xd800 && code < 0xe000) return { sign, name: 'half of a character' };
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef))
    return { sign, name: 'variation selector' };
  if (code >= 0xe0000 && code <= 0xe007f) return { sign, name: 'tag character' };
  return { sign, name: 'invisible character' };
}
