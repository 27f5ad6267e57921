import type { Evidence } from '../../contract/review';
import { BugError } from '../../core/base/errors';
import { sumWords, TellingTerms, weighWords, type WordWeight } from '../../core/text/tellingWords';
import type { FeatureBlock } from '../datasets/datasetTypes';
import { joinTexts, missingWords } from '../datasets/features/blocks/scanTexts';
import type { ProjectStore } from '../store/projectStore';
import { sessionArrays, type SessionFacts, topClasses } from './sessionFacts';
import { readTerms } from './storedTerms';

type Telling = Evidence['tellingWords'];

/** Marks of a text, at most: those that say most. */
const mostMarks = 300;
/** Words that add less than this share of what the strongest adds are not marked. */
const leastShare = 0.1;
/** Words listed with their sums. */
const listedWords = 8;

interface OpenedTerms {
  readonly block: FeatureBlock;
  readonly terms: TellingTerms;
}

interface Opened {
  readonly blocks: readonly OpenedTerms[];
  readonly theta: Float64Array;
  /** Features of the head, the intercept included. */
  readonly features: number;
}

/**
 * What each word of a row's texts adds to the logit of the suggested class against the given one, by the audit's head:
 * exactly, as vectors of texts by words are sums over words (core/text/tellingWords). Of an audit that took texts by
 * an encoder alone nothing can be said.
 */
export class TellingWords {
  readonly #store: ProjectStore;
  #generation: number | undefined;
  #opened: Promise<Opened | null> | undefined;

  constructor(store: ProjectStore) {
    this.#store = store;
  }

  /** `cells`: all of the row. null where the audit did not take texts by words. */
  async of(
    row: { readonly number: number; readonly given: string; readonly suggested: string },
    cells: readonly string[],
    facts: SessionFacts,
  ): Promise<Telling> {
    const opened = await this.#open();
    if (opened === null) return null;
    const sides = chooseSides(row, facts);
    if (sides === null) return null;
    const names = opened.blocks[0]?.block.columns ?? [];
    const columns = names.map((name) => this.#store.sources.columns.find((column) => column.name === name));
    const own = columns.map((column) => (column === undefined ? '' : (cells[column.index] ?? '')));
    const missing = this.#store.sources.source?.dialect.missing ?? [];
    const { text, starts } = joinTexts(own, missingWords(missing));
    const byCharacter = new Float64Array(text.length);
    for (const { block, terms } of opened.blocks) {
      terms.spread(text, coefficientsOf(opened, block, sides), byCharacter);
    }
    const words = weighWords(text, byCharacter);
    const marks = chooseMarks(words);
    return {
      from: sides.from === undefined ? null : (facts.classes[sides.from] ?? ''),
      towards: sides.towards === undefined ? null : (facts.classes[sides.towards] ?? ''),
      cells: names.flatMap((column, k) => {
        const start = starts[k];
        if (start === undefined) return [];
        const end = start + own[k].length;
        const here = marks.filter((mark) => mark.start >= start && mark.end <= end);
        return [{ column, marks: here.map((mark) => ({ ...mark, start: mark.start - start, end: mark.end - start })) }];
      }),
      words: sumWords(text, words, listedWords).filter(({ weight }) => weight !== 0),
    };
  }

  async #open(): Promise<Opened | null> {
    const generation = this.#store.audits.latest?.generation;
    if (this.#opened === undefined || this.#generation !== generation) {
      this.#generation = generation;
      this.#opened = this.#read();
      this.#opened.catch(() => (this.#opened = undefined));
    }
    return this.#opened;
  }

  async #read(): Promise<Opened | null> {
    const audit = this.#store.audits.requireLatest();
    const blocks: OpenedTerms[] = [];
    for (const block of audit.pipeline.blocks ?? []) {
      if (block.method.kind !== 'words') continue;
      const terms = await readTerms(this.#store, block.method.terms);
      if (terms === null) return null;
      blocks.push({ block, terms: new TellingTerms(terms) });
    }
    if (blocks.length === 0) return null;
    const theta = (await this.#store.audits.readArray(sessionArrays.theta)).data;
    const features = audit.pipeline.features.length;
    if (!(theta instanceof Float64Array) || theta.length % features !== 0) {
      throw new BugError('The arrays of this audit are not of the kind they were written in.');
    }
    return { blocks, theta, features };
  }
}

/** Class numbers; undefined on both sides for numeric labels. */
interface Sides {
  readonly from: number | undefined;
  readonly towards: number | undefined;
}

/** The given and the suggested class; where these are one, or none is given, the likeliest other one beside it. */
function chooseSides(
  { number, given, suggested }: { readonly number: number; readonly given: string; readonly suggested: string },
  facts: SessionFacts,
): Sides | null {
  const { classes } = facts;
  if (classes.length === 0) return { from: undefined, towards: undefined };
  const likeliest = topClasses(facts, number, 2).map(({ label }) => label);
  const from = given === '' ? likeliest.find((label) => label !== suggested) : given;
  const towards = suggested !== '' && suggested !== from ? suggested : likeliest.find((label) => label !== from);
  const sides = { from: classes.indexOf(from ?? ''), towards: classes.indexOf(towards ?? '') };
  return sides.from < 0 || sides.towards < 0 ? null : sides;
}

/** How the answer grows with each number of a block's vector, as the encoder made it. */
function coefficientsOf(
  { theta, features }: Opened,
  { first, width, scale }: FeatureBlock,
  { from, towards }: Sides,
): Float64Array {
  const at = (output: number, k: number): number => theta[output * features + first + k] / scale;
  return Float64Array.from({ length: width }, (_, k) => {
    if (from === undefined || towards === undefined) return at(0, k);
    // The logistic head has the logit of class 1 alone.
    if (theta.length === features) return towards === 1 ? at(0, k) : -at(0, k);
    return at(towards, k) - at(from, k);
  });
}

function chooseMarks(words: readonly WordWeight[]): WordWeight[] {
  const strongest = words.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0);
  return words
    .filter(({ weight }) => weight !== 0 && Math.abs(weight) >= leastShare * strongest)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, mostMarks)
    .sort((a, b) => a.start - b.start);
}
