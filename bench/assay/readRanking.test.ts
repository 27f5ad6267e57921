import { describe, expect, it } from 'vitest';
import { readRanking } from './readRanking';

describe('readRanking', () => {
  it('gives the first of the list the largest score, in row order', () => {
    const csv = 'row,given_label,rank,reasons\n0,c1,3,\n1,"a, b",1,"one\ntwo"\n2,c1,2,\n';
    expect(Array.from(readRanking(csv))).toEqual([-3, -1, -2]);
  });

  it('does not leave out a row without a rank', () => {
    expect(() => readRanking('row,rank\n0,1\n1,\n')).toThrow(/Row 1 has no rank/);
    expect(() => readRanking('row,suspicion\n0,1\n')).toThrow(/Row 0 has no rank/);
  });
});
