import { describe, expect, it } from 'vitest';
import { querySchema } from '../../../contract/review';
import {
  defaultQuery,
  hasFilters,
  rangeFilter,
  sortBy,
  toggleWord,
  withoutFilter,
  withRange,
  withWords,
  wordFilter,
} from './reviewQuery';

describe('review queries', () => {
  it('starts from one the contract accepts', () => {
    expect(querySchema.parse(defaultQuery)).toEqual(defaultQuery);
    expect(hasFilters(defaultQuery)).toBe(false);
  });

  it('adds values of one column to one filter and drops the filter with its last value', () => {
    let query = toggleWord(toggleWord(defaultQuery, 'given_label', '3'), 'given_label', '8');
    expect(query.filters).toEqual([{ kind: 'in', column: 'given_label', values: ['3', '8'] }]);
    query = toggleWord(toggleWord(query, 'given_label', '3'), 'given_label', '8');
    expect(query.filters).toEqual([]);
    expect(wordFilter(withWords(query, 'split', ['train']), 'split')).toEqual(['train']);
  });

  it('replaces the range of a column and removes it when both ends are open', () => {
    const query = withRange(withRange(defaultQuery, 'loss', 1, null), 'loss', 2, 5);
    expect(rangeFilter(query, 'loss')).toEqual({ min: 2, max: 5 });
    expect(query.filters).toHaveLength(1);
    expect(withRange(query, 'loss', null, null).filters).toEqual([]);
    expect(withoutFilter(query, query.filters[0]).filters).toEqual([]);
  });

  it('sorts down, up and not at all', () => {
    const once = sortBy(defaultQuery, 'loss', false);
    expect(once.sort).toEqual([{ column: 'loss', descending: true }]);
    const twice = sortBy(once, 'loss', false);
    expect(twice.sort).toEqual([{ column: 'loss', descending: false }]);
    expect(sortBy(twice, 'loss', false).sort).toEqual(defaultQuery.sort);
  });

  it('adds columns with Shift in the order of the clicks, and a plain click takes over', () => {
    const two = sortBy(sortBy(defaultQuery, 'given_label', false), 'loss', true);
    expect(two.sort.map(({ column }) => column)).toEqual(['given_label', 'loss']);
    expect(sortBy(two, 'loss', true).sort[1]).toEqual({ column: 'loss', descending: false });
    expect(sortBy(sortBy(two, 'loss', true), 'loss', true).sort).toEqual([
      { column: 'given_label', descending: false },
    ]);
    expect(sortBy(defaultQuery, 'loss', true).sort).toEqual([{ column: 'loss', descending: true }]);
    expect(sortBy(two, 'loss', false).sort).toEqual([{ column: 'loss', descending: true }]);
  });
});
