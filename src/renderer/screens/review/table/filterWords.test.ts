import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../contract/review';
import { describeFilter } from './filterWords';

const columns = [
  { name: 'city', type: 'category' },
  { name: 'opened', type: 'date' },
] as const;
const say = (filter: Filter): [string, string] => [
  describeFilter(filter, columns),
  describeFilter({ ...filter, inverted: true }, columns),
];

describe('describeFilter', () => {
  it('says values and bounds', () => {
    expect(describeFilter({ kind: 'in', column: 'given_label', values: ['3', ''] }, [])).toBe('given: 3, (none)');
    expect(describeFilter({ kind: 'range', column: 'loss', min: 1.5, max: null }, [])).toBe('loss ≥ 1.5');
    expect(describeFilter({ kind: 'range', column: 'leverage', min: 0.2, max: 0.9 }, [])).toBe('0.2 ≤ leverage ≤ 0.9');
    expect(describeFilter({ kind: 'range', column: 'val_loss_rif', min: null, max: -2e-4 }, [])).toContain('≤ −0.0002');
  });

  it('says filters over columns of the data, and what they leave out when they are inverted', () => {
    expect(say({ kind: 'cells', column: 0, values: ['Rome', '', '  ', { row: 1, begins: 'Once upon' }] })).toEqual([
      'city: Rome, (blank), (2 blanks), Once upon…',
      'city: not Rome, (blank), (2 blanks), Once upon…',
    ]);
    expect(say({ kind: 'cell-range', column: 1, min: 19_783, max: null })[0]).toBe('opened ≥ 2024-03-01');
    expect(say({ kind: 'cell-text', column: 0, match: 'word', text: 'a' })).toEqual([
      'city has the word “a”',
      'city does not have the word “a”',
    ]);
    expect(say({ kind: 'cell-missing', column: 0 })).toEqual(['city is missing', 'city is not missing']);
    expect(say({ kind: 'list', column: 'list', list: 'x', words: 'Monday' })).toEqual([
      'list: Monday',
      'not in the list Monday',
    ]);
    expect(describeFilter({ kind: 'cell-missing', column: 9 }, columns)).toBe('column 10 is missing');
  });
});
