import { describe, expect, it } from 'vitest';
import { cellForKey, layMatrix } from './layMatrix';

describe('layMatrix', () => {
  it('lays given labels out as rows and suggested ones as columns, with their sums', () => {
    const pairs = [
      { given: 'a', suggested: 'a', rows: 50 },
      { given: 'a', suggested: 'b', rows: 7 },
      { given: 'c', suggested: 'a', rows: 2 },
    ];
    expect(layMatrix(pairs, ['a', 'b', 'c'])).toEqual({
      classes: ['a', 'b', 'c'],
      counts: [
        [50, 7, 0],
        [0, 0, 0],
        [2, 0, 0],
      ],
      givenTotals: [57, 0, 2],
      suggestedTotals: [52, 7, 0],
      largest: 7,
      disagreeing: 9,
      rows: 59,
    });
    expect(layMatrix([], ['a', 'b'])).toMatchObject({ largest: 0, rows: 0, givenTotals: [0, 0] });
  });

  it('draws of many classes those that disagree most, in their order', () => {
    const all = Array.from({ length: 100 }, (_, k) => `class ${k}`);
    const pairs = [
      { given: 'class 90', suggested: 'class 3', rows: 5 },
      { given: 'class 50', suggested: 'class 50', rows: 500 },
    ];
    const { classes, disagreeing, rows } = layMatrix(pairs, all);
    expect(classes).toHaveLength(24);
    expect(classes.indexOf('class 3')).toBeLessThan(classes.indexOf('class 90'));
    expect(classes).not.toContain('class 50');
    expect([disagreeing, rows]).toEqual([5, 505]);
  });
});

describe('cellForKey', () => {
  it('stays within the matrix', () => {
    expect(cellForKey('ArrowUp', 0, 1, 3)).toEqual([0, 1]);
    expect(cellForKey('ArrowDown', 1, 1, 3)).toEqual([2, 1]);
    expect(cellForKey('ArrowRight', 1, 2, 3)).toEqual([1, 2]);
    expect(cellForKey('End', 1, 0, 3)).toEqual([1, 2]);
    expect(cellForKey('k', 1, 0, 3)).toBeNull();
  });
});
