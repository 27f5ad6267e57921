import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { sumWords, TellingTerms, weighWords } from './tellingWords';
import type { TermKind } from './terms';
import { TextLearner } from './textLearner';
import type { TextModel } from './textModel';

const texts = [
  'Your parcel is on hold. Verify your address, and the fee!!!',
  'Minutes of the build meeting: two items are open',
  'You were chosen — claim the voucher before midnight 😀😀',
  'Re: parser fails on quoted newlines; a fix is near',
  'İstanbul meetings: İki gün, ΟΔΟΣ ὈΔΥΣΣΕΎΣ',
  '我喜欢机器学习。 meeting',
  '',
  'a',
];

function fit(terms: TermKind): TextModel {
  const learner = new TextLearner({ terms });
  for (const text of texts) learner.add(text);
  const model = learner.fit(createFloat64LinearAlgebra(), undefined, 4);
  if (model === null) throw new Error('no model');
  return model;
}

describe.each(['words', 'characters'] as const)('what the characters of a text add, by %s', (terms) => {
  const model = fit(terms);
  const telling = new TellingTerms(model.kept);
  const random = createRandom(3);
  const coefficients = Float64Array.from({ length: telling.dimensions }, () => random.normal());

  it.each([...texts, 'parcel parcel PARCEL the the'])('is the whole sum together: %s', (text) => {
    const into = new Float64Array(text.length);
    telling.spread(text, coefficients, into);
    const vector = model.embed([text]);
    const sum = vector.reduce((total, value, k) => total + value * coefficients[k], 0);
    expect(into.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 5);
    const words = weighWords(text, into);
    expect(words.reduce((total, { weight }) => total + weight, 0)).toBeCloseTo(sum, 5);
    const summed = sumWords(text, words, 1_000);
    expect(summed.reduce((total, { weight }) => total + weight, 0)).toBeCloseTo(sum, 5);
  });

  it('comes from the term at its own place', () => {
    const text = 'zzz parcel';
    const into = new Float64Array(text.length);
    telling.spread(text, coefficients, into);
    expect([...into.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect([...into.subarray(4)].every((value) => value !== 0)).toBe(true);
  });
});

describe('words with their weights', () => {
  it('are all runs that are no blanks, each character in one', () => {
    const text = "Don't  pay: a $9 fee!!!\n我喜欢";
    const words = weighWords(text, new Float64Array(text.length).fill(1));
    const shown = words.map(({ start, end }) => text.slice(start, end));
    expect(shown).toEqual(['Don', "'t", 'pay', ':', 'a', '$9', 'fee', '!!!', '我', '喜欢']);
    expect(words.every(({ start, end, weight }) => weight === end - start)).toBe(true);
  });

  it('are summed over all places of a word, whatever its case, and the strongest of both signs kept', () => {
    const text = 'Pay pay now fine';
    const by = Float64Array.from(text, (_, at) => (at < 7 ? 1 : at < 11 ? 0.1 : -2));
    expect(sumWords(text, weighWords(text, by), 2)).toEqual([
      { word: 'pay', weight: 6 },
      { word: 'fine', weight: -8 },
    ]);
  });
});
