import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { TextLearner } from '../../src/core/text/textLearner';

/** What make_texts.py writes. */
interface TextNumbers {
  readonly vocabulary: readonly string[];
  readonly idf: readonly number[];
  readonly rows: readonly { readonly columns: readonly number[]; readonly values: readonly number[] }[];
  readonly singularValues: readonly number[];
  readonly vectors: readonly (readonly number[])[];
  readonly varianceShare: number;
}

const golden = JSON.parse(
  readFileSync(join(__dirname, 'data', 'texts.json'), 'utf8'),
  // The shape is fixed by make_texts.py, whose output is part of this repository.
) as { readonly texts: readonly string[] } & Readonly<Record<'words' | 'characters', TextNumbers>>;

describe.each(['words', 'characters'] as const)('texts by %s, as scikit-learn takes them', (terms) => {
  const numbers = golden[terms];
  const k = numbers.singularValues.length;
  const learner = new TextLearner({ terms });
  for (const text of golden.texts) learner.add(text);
  const model = learner.fit(createFloat64LinearAlgebra(), undefined, k);
  if (model === null) throw new Error('There are words in these texts.');

  it('have the same vocabulary, letter by letter', () => {
    expect(new Set(model.vocabulary)).toEqual(new Set(numbers.vocabulary));
    expect(model.vocabulary).toHaveLength(numbers.vocabulary.length);
  });

  it('have the same weights', () => {
    const placeOf = new Map(model.vocabulary.map((term, place) => [term, place]));
    golden.texts.forEach((text, row) => {
      const { columns, values } = model.weigh(text);
      const own = new Map(Array.from(columns, (column, at) => [column, values[at]]));
      const expected = numbers.rows[row];
      expect(own.size).toBe(expected.columns.length);
      expected.columns.forEach((column, at) => {
        expect(own.get(placeOf.get(numbers.vocabulary[column]) ?? -1)).toBeCloseTo(expected.values[at], 12);
      });
    });
  });

  it('have the same singular values and projections, up to signs', () => {
    const vectors = model.embed(golden.texts);
    numbers.singularValues.forEach((value, j) => {
      const squares = golden.texts.reduce((sum, _text, row) => sum + vectors[row * k + j] ** 2, 0);
      expect(Math.sqrt(squares)).toBeCloseTo(value, 6);
    });
    golden.texts.forEach((_text, row) => {
      for (let j = 0; j < k; j++) expect(Math.abs(vectors[row * k + j])).toBeCloseTo(numbers.vectors[row][j], 6);
    });
    expect(model.facts.varianceShare).toBeCloseTo(numbers.varianceShare, 6);
  });
});
