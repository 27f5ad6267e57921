import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { dimensionsFor, TextLearner } from './textLearner';

const linalg = createFloat64LinearAlgebra();
const wide = { mostTerms: 1_000, mostCounted: 10_000, mostFitted: 10_000, mostEntries: 100_000 };

/** Texts of words w0, w1, …, the first ones often and the last ones hardly ever. */
function drawTexts(count: number, words: number, seed: number): string[] {
  const random = createRandom(seed);
  const word = (): string => `w${Math.floor(words * random.uniform() ** 3)}`;
  return Array.from({ length: count }, () => Array.from({ length: 8 }, word).join(' '));
}

function learn(texts: readonly string[], limits = wide, k?: number) {
  const learner = new TextLearner({ terms: 'words', limits });
  for (const text of texts) learner.add(text);
  return learner.fit(linalg, undefined, k);
}

describe('TextLearner', () => {
  it('leaves the terms of the fewest texts out where there are too many', () => {
    const texts = drawTexts(200, 400, 1);
    const all = learn(texts);
    const few = learn(texts, { ...wide, mostTerms: 50 });
    const frequency = (term: string): number => texts.filter((text) => text.split(' ').includes(term)).length;
    expect(all?.facts.leastTexts).toBe(1);
    const least = few?.facts.leastTexts ?? 0;
    expect(least).toBeGreaterThan(1);
    expect(few?.vocabulary).toEqual(all?.vocabulary.filter((term) => frequency(term) >= least));
    expect(few?.vocabulary.length).toBeLessThanOrEqual(50);
    // One text fewer would be too many terms.
    expect(all?.vocabulary.filter((term) => frequency(term) >= least - 1).length).toBeGreaterThan(50);
  });

  it('fits the directions to a part of many texts, drawn by lot, and counts the words of all', () => {
    const texts = drawTexts(1_000, 60, 2);
    const all = learn(texts, wide, 5);
    const part = learn(texts, { ...wide, mostFitted: 300 }, 5);
    expect(part?.facts.texts).toBe(1_000);
    expect(part?.facts.fittedTexts).toBeGreaterThan(100);
    expect(part?.facts.fittedTexts).toBeLessThanOrEqual(300);
    expect(part?.vocabulary).toEqual(all?.vocabulary);
    // Nearly the same space: lengths of projections agree.
    const lengths = [all, part].map((model) => {
      const vectors = model?.embed(texts) ?? new Float32Array(0);
      return texts.map((_, row) => Math.hypot(...vectors.subarray(5 * row, 5 * row + 5)));
    });
    const apart = texts.reduce((sum, _, row) => sum + Math.abs(lengths[0][row] - lengths[1][row]), 0) / texts.length;
    expect(apart).toBeLessThan(0.05);
    expect(learn(texts, { ...wide, mostEntries: 1_000 }, 5)?.facts.fittedTexts).toBeLessThan(250);
  });

  it('forgets words of one text where there are too many to count', () => {
    const texts = Array.from({ length: 300 }, (_, row) => `common word${row % 10} once${row}`);
    const model = learn(texts, { ...wide, mostCounted: 50 }, 3);
    expect(model?.vocabulary).toContain('common');
    expect(model?.vocabulary).toContain('word3');
    expect(model?.vocabulary.length).toBeLessThan(100);
  });

  it('has no model of texts without a word, and zeros for such a text', () => {
    expect(learn(['', '?!', 'a'])).toBeNull();
    const model = learn(['one two', 'two three', 'three four', 'four one', '']);
    expect([...(model?.embed(['', 'unknown']) ?? [])]).toEqual(Array(2 * (model?.facts.dimensions ?? 0)).fill(0));
  });

  it('takes a dimension for eight texts, up to 100', () => {
    expect([0, 7, 16, 799, 800, 1e6].map((texts) => dimensionsFor(texts))).toEqual([1, 1, 2, 99, 100, 100]);
    expect(learn(drawTexts(80, 100, 3))?.facts.dimensions).toBe(10);
  });

  it('has fewer dimensions where the texts do not span more', () => {
    const model = learn(Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? 'one two' : 'three four')));
    expect(model?.facts.dimensions).toBe(2);
    expect(model?.facts.varianceShare).toBeCloseTo(1, 10);
  });

  it('keeps the angles between texts where nothing is left out', () => {
    const texts = drawTexts(30, 20, 4);
    const model = learn(texts, wide, 30);
    const k = model?.facts.dimensions ?? 0;
    const vectors = model?.embed(texts) ?? new Float32Array(0);
    const weights = texts.map((text) => {
      const { columns, values } = model?.weigh(text) ?? { columns: [], values: [] };
      return new Map(Array.from(columns, (column, at) => [column, values[at]]));
    });
    for (let a = 0; a < 30; a++) {
      for (let b = 0; b < a; b++) {
        let cosine = 0;
        for (const [column, value] of weights[a]) cosine += value * (weights[b].get(column) ?? 0);
        let product = 0;
        for (let j = 0; j < k; j++) product += vectors[a * k + j] * vectors[b * k + j];
        expect(product).toBeCloseTo(cosine, 5);
      }
    }
  });
});
