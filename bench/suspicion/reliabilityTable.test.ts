import { describe, expect, it } from 'vitest';
import { parseTable } from './parseTable';
import { reliabilityTable } from './reliabilityTable';

describe('parseTable', () => {
  it('makes a feature of numbers, one of each value of text, and classes in the order of their names', () => {
    const { features, labels, classes } = parseTable('a,b,label\n1,x,no\n,y,yes\n3,x,no\n');
    expect(features).toEqual({ rows: 3, columns: 3, data: Float64Array.of(1, 1, 0, 2, 0, 1, 3, 1, 0) });
    expect([...labels]).toEqual([0, 1, 0]);
    expect(classes).toBe(2);
  });
});

describe('reliabilityTable', () => {
  it('counts every row once, where its suspicion is', () => {
    const table = reliabilityTable([0, 0.02, 0.5, 0.6, 1, Number.NaN], [0, 0, 1, 0, 1, 0]);
    expect(table.reduce((sum, { rows }) => sum + rows, 0)).toBe(5);
    expect(table.find(({ from }) => from === 0.5)).toMatchObject({
      rows: 2,
      'mean suspicion (%)': 55,
      'wrong (%)': 50,
    });
    expect(table[table.length - 1]).toMatchObject({ rows: 1, 'mean suspicion (%)': 100, 'wrong (%)': 100 });
    expect(table[0]).toMatchObject({ rows: 1, 'wrong (%)': 0 });
  });
});
