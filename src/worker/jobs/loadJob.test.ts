import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { matchColumns } from './loadJob';

describe('matchColumns', () => {
  const needed = [
    { index: 1, name: 'a' },
    { index: 3, name: 'y' },
  ];

  it('finds columns by name in any order', () => {
    expect(matchColumns(needed, 4, ['y', 'other', 'a'], 'v.csv')).toEqual([-1, 2, -1, 0]);
  });

  it('names what is missing', () => {
    expect(() => matchColumns(needed, 4, ['a'], 'v.csv')).toThrow(InputError);
    expect(() => matchColumns(needed, 4, ['a'], 'v.csv')).toThrow(/“y”/);
  });
});
