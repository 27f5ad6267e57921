import { expect, it } from 'vitest';
import { findColumns } from './findColumns';

const columns = ['City', 'capacity', 'price', 'city (2)'].map((name, index) => ({ name, index }));
const names = (typed: string, shown: readonly number[] = []): string[] =>
  findColumns(columns, typed, shown).map(({ name }) => name);

it('finds columns by a part of their names, those that begin with it first', () => {
  expect(names('')).toEqual(['City', 'capacity', 'price', 'city (2)']);
  expect(names(' CITY')).toEqual(['City', 'city (2)', 'capacity']);
  expect(names('city', [0])).toEqual(['city (2)', 'capacity']);
  expect(names('x')).toEqual([]);
});
