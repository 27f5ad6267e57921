import { describe, expect, it } from 'vitest';
import { BugError } from '../base/errors';
import { countLabels, countVotes, gatherAnnotations } from './annotations';
import { differFromMajority, takeMajority } from './majority';

const size = { rows: 4, classes: 3, annotators: 3 };

describe('gatherAnnotations', () => {
  it('orders labels by row and annotator, whatever order they came in', () => {
    const { annotations, superseded } = gatherAnnotations(size, {
      row: [3, 0, 3, 1, 0],
      annotator: [2, 1, 0, 1, 0],
      label: [2, 1, 0, 1, 2],
    });
    expect([...annotations.starts]).toEqual([0, 2, 3, 3, 5]);
    expect([...annotations.annotator]).toEqual([0, 1, 1, 0, 2]);
    expect([...annotations.label]).toEqual([2, 1, 1, 0, 2]);
    expect(superseded).toBe(0);
    expect([...countLabels(annotations)]).toEqual([2, 1, 0, 2]);
    expect([...countVotes(annotations).subarray(9)]).toEqual([1, 0, 1]);
  });

  it('lets the last of several labels of one annotator count, and counts those that differ', () => {
    const { annotations, superseded } = gatherAnnotations(size, {
      row: [1, 1, 1, 2, 2],
      annotator: [0, 0, 1, 2, 2],
      label: [0, 2, 1, 1, 1],
    });
    expect([...annotations.starts]).toEqual([0, 0, 2, 3, 3]);
    expect([...annotations.label]).toEqual([2, 1, 1]);
    expect(superseded).toBe(1);
  });

  it('takes no labels at all, and refuses what is out of range', () => {
    const none = gatherAnnotations(size, { row: [], annotator: [], label: [] });
    expect([...none.annotations.starts]).toEqual([0, 0, 0, 0, 0]);
    for (const wrong of [
      { row: [4], annotator: [0], label: [0] },
      { row: [0], annotator: [3], label: [0] },
      { row: [0], annotator: [0], label: [3] },
    ]) {
      expect(() => gatherAnnotations(size, wrong)).toThrow(BugError);
    }
  });
});

describe('takeMajority', () => {
  it('breaks ties by the frequency of the classes, and tells of them', () => {
    const { annotations } = gatherAnnotations(size, {
      row: [0, 0, 1, 1, 1, 3],
      annotator: [0, 1, 0, 1, 2, 0],
      label: [0, 2, 1, 1, 2, 2],
    });
    const { label, tied } = takeMajority(annotations);
    expect([...label]).toEqual([2, 1, -1, 2]);
    expect([...tied]).toEqual([1, 0, 0, 0]);
    // Another class with as many votes is no other than the majority; one with fewer is; a row without labels is not.
    const consensus = Int32Array.of(0, 2, 0, 2);
    expect([...differFromMajority(annotations, consensus, label)]).toEqual([0, 1, 0, 0]);
  });
});
