import { describe, expect, it } from 'vitest';
import { type TermKind, TermReader } from './terms';

function terms(kind: TermKind, text: string): string[] {
  const known: string[] = [];
  const found: string[] = [];
  const reader = new TermReader(kind, (term) => (known.includes(term) ? known.indexOf(term) : known.push(term) - 1));
  reader.read(text, (term) => found.push(known[term]));
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

  it('are remembered for a word until terms get other numbers', () => {
    let asked = 0;
    const reader = new TermReader('characters', () => asked++);
    const read = (text: string): number[] => {
      const found: number[] = [];
      reader.read(text, (term) => found.push(term));
      return found;
    };
    const first = read('ab');
    expect(read('ab ab')).toEqual([...first, ...first]);
    reader.forget();
    expect(read('ab')).not.toEqual(first);
  });

  it('that do not count are passed over', () => {
    const found: number[] = [];
    new TermReader('words', (term) => (term === 'b2' ? 7 : -1)).read('a1 b2 c3 b2', (term) => found.push(term));
    expect(found).toEqual([7, 7]);
  });
});
