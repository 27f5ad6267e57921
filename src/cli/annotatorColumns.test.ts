import { describe, expect, it } from 'vitest';
import { findAnnotatorColumns } from './annotatorColumns';

const columns = ['id', 'label_1', 'label_2', 'x', 'a.b', 'a,b', 'label*'].map((name, index) => ({ name, index }));
const names = (text: string): string[] => findAnnotatorColumns(columns, text).map(({ name }) => name);

describe('findAnnotatorColumns', () => {
  it('takes names, or a pattern in which * is any text and all else is itself', () => {
    expect(names('label_2,label_1')).toEqual(['label_2', 'label_1']);
    expect(names('label_*')).toEqual(['label_1', 'label_2']);
    expect(names('a*b')).toEqual(['a.b', 'a,b']);
  });

  it('refuses none, one, and names that are not there', () => {
    expect(() => names('score_*')).toThrow(/no column is called like/);
    expect(() => names('label_1')).toThrow(/is one column/);
    expect(() => names('label_1,label_9')).toThrow(/there is no column “label_9”/);
  });
});
