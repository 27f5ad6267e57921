import { describe, expect, it } from 'vitest';
import { termFinder, type TermKind } from './terms';

function terms(kind: TermKind, text: string): string[] {
  const found: string[] = [];
  termFinder(kind)(text, (term) => found.push(term));
  return found;
}

// Scikit-learn's own answers are in tests/golden/texts.test.ts.
describe('words', () => {
  it('are runs of two or more letters, digits and underscores, in lower case', () => {
    expect(terms('words', "I don't: A2 b_c ÄÖ, Ünï-x 42")).toEqual(['don', 'a2', 'b_c', 'äö', 'ünï', '42']);
    expect(terms('words', '')).toEqual([]);
  });

  it('of scripts without blanks are those of a dictionary, one character being enough', () => {
    expect(terms('words', '我喜欢机器学习。')).toEqual(['我', '喜欢', '机器', '学习']);
    expect(terms('words', 'ภาษาไทยง่าย')).toEqual(['ภาษา', 'ไทย', 'ง่าย']);
    expect(terms('words', 'データを見る')).toContain('データ');
    expect(terms('words', 'GPU用の表')[0]).toBe('gpu');
  });

  it('are cut where they are longer than any word is', () => {
    const [word] = terms('words', 'a'.repeat(1_000_000));
    expect(word).toHaveLength(256);
  });
});

describe('pieces of words', () => {
  it('are three to five characters of a word with a blank on either side', () => {
    expect(terms('characters', 'ab')).toEqual([' ab', 'ab ', ' ab ']);
    expect(terms('characters', ' Abc\n')).toEqual([' ab', 'abc', 'bc ', ' abc', 'abc ', ' abc ']);
    expect(terms('characters', 'a')).toEqual([' a ']);
  });

  it('do not part a character that is two code units', () => {
    expect(terms('characters', '😀')).toEqual([' 😀 ']);
  });
});
