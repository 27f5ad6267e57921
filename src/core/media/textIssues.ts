import type { Copies } from './copySets';
import { markupShare, withoutMarkup } from './markup';
import type { IssueName } from './mediaIssues';
import { TextCopies } from './nearTexts';
import { type AbsoluteLimit, beyondLimit, type Fence, outsideFence } from './oddity';
import type { OddityScores } from './pictureIssues';
import { countScripts, scriptNames } from './scripts';

/** Of the logarithm of the number of characters. */
const lengthFence: Fence = { side: 'both', reach: 3, leastSpread: Math.log(1.5) };
/** Share of a text's characters. */
const markup: AbsoluteLimit = { none: 0, limit: 0.05, worst: 0.5 };
/** Scripts and languages that are the main one of so many texts belong to the data. */
const usualShare = 0.1;
/** Shorter texts say too little of their language; longer ones are looked at to there. */
const fewestLetters = 20;
const readLetters = 200;
/** By how much the likeliest language must be likelier than the usual ones. */
const languageMargin: AbsoluteLimit = { none: 0, limit: 0.1, worst: 0.3 };

/** What a text is likely to be written in: how likely each language is, by its code, 0–1; empty: it cannot be said. */
export type LanguageScores = Readonly<Record<string, number>>;

/** Finds what is odd about texts. They are added in the order of their rows; O(length) a text, some 400 bytes a row. */
export class TextIssues {
  readonly #names: readonly IssueName[];
  readonly #recognise: (text: string) => LanguageScores;
  readonly #copies = new TextCopies();
  readonly #characters: number[] = [];
  readonly #markup: number[] = [];
  readonly #empty: number[] = [];
  readonly #scripts: Uint32Array[] = [];
  readonly #languages: LanguageScores[] = [];

  constructor(names: readonly IssueName[], recognise: (text: string) => LanguageScores) {
    this.#names = names;
    this.#recognise = recognise;
  }

  add(text: string): void {
    const blank = !/[\p{L}\p{N}]/u.test(text);
    this.#empty.push(blank ? 1 : 0);
    // What has no words has no length, language or copies either.
    this.#characters.push(blank ? Number.NaN : Math.log([...text.trim()].length));
    if (this.#asks('markup')) this.#markup.push(blank ? Number.NaN : markupShare(text));
    if (this.#asks('text-copies')) this.#copies.add(blank ? null : text);
    const counts = new Uint32Array(scriptNames.length);
    countScripts(text, counts);
    this.#scripts.push(counts);
    if (this.#asks('language')) this.#languages.push(this.#languageOf(text, sum(counts)));
  }

  /** Scores of the issues asked for, and copies where they were. */
  find(): { readonly scores: OddityScores; readonly copies: Copies | null } {
    const scorers = {
      empty: () => Float64Array.from(this.#empty),
      'odd-length': () => outsideFence(Float64Array.from(this.#characters), lengthFence),
      script: () => scoreScripts(this.#scripts),
      language: () => scoreLanguages(this.#languages, this.#characters),
      markup: () => Float64Array.from(this.#markup, (share) => beyondLimit(share, markup)),
    } as const;
    const scores: { -readonly [Name in keyof OddityScores]: OddityScores[Name] } = {};
    for (const name of Object.keys(scorers) as (keyof typeof scorers)[]) {
      if (this.#asks(name)) scores[name] = scorers[name]();
    }
    return { scores, copies: this.#asks('text-copies') ? this.#copies.find() : null };
  }

  #asks(name: IssueName): boolean {
    return this.#names.includes(name);
  }

  #languageOf(text: string, letters: number): LanguageScores {
    if (letters < fewestLetters) return {};
    return this.#recognise(withoutMarkup(text.slice(0, 4 * readLetters)).slice(0, readLetters));
  }
}

function sum(counts: Uint32Array): number {
  return counts.reduce((all, count) => all + count, 0);
}

/** Share of letters that are of no script which a tenth of the texts are written in; NaN of texts without letters. */
function scoreScripts(counts: readonly Uint32Array[]): Float64Array {
  const mains = counts.map((own) => (sum(own) === 0 ? -1 : own.indexOf(Math.max(...own))));
  const usual = findUsual(mains.filter((main) => main >= 0));
  return Float64Array.from(counts, (own) => {
    const all = sum(own);
    if (all === 0) return Number.NaN;
    return own.reduce((odd, count, script) => odd + (usual.has(script) ? 0 : count), 0) / all;
  });
}

/** By how much another language is likelier than those which a tenth of the texts are written in. */
function scoreLanguages(languages: readonly LanguageScores[], characters: readonly number[]): Float64Array {
  const likeliest = languages.map((scores) => Object.entries(scores).sort(([, a], [, b]) => b - a)[0]?.[0]);
  const usual = findUsual(likeliest.filter((language) => language !== undefined));
  return Float64Array.from(languages, (scores, row) => {
    const best = likeliest[row];
    if (Number.isNaN(characters[row])) return Number.NaN;
    if (best === undefined || usual.has(best)) return 0;
    let expected = 0;
    for (const language of usual) expected = Math.max(expected, scores[language] ?? 0);
    return beyondLimit(scores[best] - expected, languageMargin);
  });
}

/** Values that at least a tenth of all are; the most frequent one in any case. */
function findUsual<Value>(values: readonly Value[]): Set<Value> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const least = Math.min(most, usualShare * values.length);
  return new Set([...counts].filter(([, count]) => count >= least).map(([value]) => value));
}
