import { describe, expect, it } from 'vitest';
import { type Query, querySchema } from '../../../contract/review';
import {
  cellRange,
  chosenValues,
  invertFilter,
  missingChoice,
  textFilters,
  toggleValue,
  withCellRange,
  withCellText,
  withMissing,
} from './cellFilters';
import { defaultQuery } from './reviewQuery';

const checked = (query: Query): Query => querySchema.parse(query);

describe('filters over columns of the data', () => {
  it('include and exclude values, never one value both', () => {
    const long = { row: 3, begins: 'x' };
    let query = toggleValue(defaultQuery, 2, 'a', 'include');
    query = toggleValue(query, 2, long, 'include');
    query = toggleValue(query, 2, 'b', 'exclude');
    expect(chosenValues(query, 2, 'include')).toEqual(['a', long]);
    expect(chosenValues(query, 2, 'exclude')).toEqual(['b']);
    query = checked(toggleValue(query, 2, 'a', 'exclude'));
    expect(chosenValues(query, 2, 'include')).toEqual([long]);
    expect(chosenValues(query, 2, 'exclude')).toEqual(['b', 'a']);
    query = toggleValue(query, 2, { ...long, begins: 'y' }, 'include');
    expect(query.filters).toEqual([{ inverted: true, kind: 'cells', column: 2, values: ['b', 'a'] }]);
    expect(chosenValues(query, 1, 'exclude')).toEqual([]);
  });

  it('hold a column between ends, and stay inverted', () => {
    let query = withCellRange(defaultQuery, 1, 2, null);
    query = invertFilter(query, query.filters[0]);
    query = checked(withCellRange(query, 1, 2, 5));
    expect(query.filters).toEqual([{ kind: 'cell-range', column: 1, min: 2, max: 5, inverted: true }]);
    expect(cellRange(query, 1)).toEqual({ min: 2, max: 5 });
    expect(withCellRange(query, 1, null, null).filters).toEqual([]);
  });

  it('look for several texts, each once', () => {
    let query = withCellText(defaultQuery, 1, 'word', 'a');
    query = withCellText(query, 1, 'contains', 'a');
    query = checked(withCellText(query, 1, 'word', 'a'));
    expect(textFilters(query, 1).map(({ match }) => match)).toEqual(['word', 'contains']);
    expect(textFilters(query, 2)).toEqual([]);
  });

  it('ask for missing cells, for the others, or for both', () => {
    const missing = checked(withMissing(defaultQuery, 1, 'missing'));
    expect([missingChoice(defaultQuery, 1), missingChoice(missing, 1)]).toEqual(['any', 'missing']);
    const present = checked(invertFilter(missing, missing.filters[0]));
    expect(missingChoice(present, 1)).toBe('present');
    expect(present).toEqual(withMissing(missing, 1, 'present'));
    expect(withMissing(present, 1, 'any')).toEqual(defaultQuery);
    expect(invertFilter(present, present.filters[0])).toEqual(missing);
  });
});
