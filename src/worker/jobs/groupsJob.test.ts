import { describe, expect, it } from 'vitest';
import { splitCodes } from '../../core/base/splitCodes';
import { findConfusions, findSuspects } from './groupsJob';

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

describe('findConfusions', () => {
  it('tells what the labels of a group that train are believed to be, and of all groups together', () => {
    const confusions = findConfusions(facts, groups);
    // Rows 0, 1 and 6 of class a, of suspicion 0.6, 0.9 and 0.1.
    const [a, b] = confusions(0)?.counts ?? [];
    expect(a[0]).toBeCloseTo(1.4, 12);
    expect(b[0]).toBeCloseTo(1.6, 12);
    expect(confusions(1)?.counts[0][1]).toBeCloseTo(0.7, 12);
    const all = confusions(null)?.counts.flat() ?? [];
    expect(all.reduce((sum, count) => sum + count, 0)).toBeCloseTo(4, 12);
  });

  it('tells nothing where nothing is believed, or the groups are the classes', () => {
    expect(findConfusions({ ...facts, beliefs: undefined }, groups)(0)).toBeNull();
    expect(findConfusions(facts, undefined)(null)).toBeNull();
  });
});
