import { describe, expect, it } from 'vitest';
import { splitCodes } from '../../core/base/splitCodes';
import { findSuspects } from './groupsJob';

const { train, validation } = splitCodes;
const labels = Int32Array.of(0, 0, 1, 0, -1, 0, 0);
const facts = {
  classes: ['a', 'b'],
  labels,
  split: Uint8Array.of(train, train, train, validation, train, train, train),
  rowWeights: Float64Array.of(1, 2, 1, 1, 1, 0, 1),
  beliefs: {
    labels,
    suspicion: Float64Array.of(0.6, 0.9, 0.7, 0.9, 0.9, 0.9, 0.1),
    others: Int32Array.of(1, 1, 0, 1, -1, 1, 1),
  },
};
const groups = { groupOf: Int32Array.of(0, 0, 1, 0, 0, 0, 0), count: 2 };

describe('findSuspects', () => {
  it('counts the rows of a group that train, the most suspicious first, by what they are mixed up with', () => {
    const suspects = findSuspects(facts, groups, 0.5);
    // Rows that validate, have no label, or weigh nothing are none of the group's training rows.
    expect(suspects(0)).toEqual({
      suspects: 2,
      suspectRows: [1, 0],
      pairs: [{ given: 'a', suggested: 'b', rows: 2 }],
    });
    expect(suspects(1)).toEqual({ suspects: 1, suspectRows: [2], pairs: [{ given: 'b', suggested: 'a', rows: 1 }] });
  });

  it('says that nothing is known where an earlier version kept no suspicion', () => {
    expect(findSuspects({ ...facts, beliefs: undefined }, groups, 0.5)(0).suspects).toBeNull();
  });
});
