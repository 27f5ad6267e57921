import { describe, expect, it } from 'vitest';
import { splitCodes } from '../base/splitCodes';
import type { Copies } from './copySets';
import { markRows } from './markRows';
import { mediaFlags, mediaIssues, mediaReasonExplanations, mediaReasonWords } from './mediaIssues';

const copyDisagrees = 4;
const { train, validation, test } = splitCodes;

function copies(sets: readonly number[], exact: readonly number[] = sets.map(() => 0)): Copies {
  return {
    sets: Int32Array.from(sets),
    exact: Uint8Array.from(exact),
    score: Float64Array.from(sets, (set, row) => (exact[row] === 1 ? 1 : set < 0 ? 0 : 0.7)),
  };
}

const labels = Float64Array.of(0, 1, 0, 0, NaN, 1);
const split = Uint8Array.of(train, train, validation, train, train, test);
const nothing = {
  names: ['dark', 'picture-copies', 'text-copies'],
  pictures: null,
  texts: null,
  labels,
  split,
  copyDisagrees,
} as const;

describe('markRows', () => {
  it('makes reasons of scores from ½ on, and keeps the scores', () => {
    const dark = Float64Array.of(0.49, 0.5, 1, NaN, 0, 0);
    const { columns, reasons, counts } = markRows({ ...nothing, pictures: { scores: { dark }, copies: null } });
    expect([...reasons]).toEqual([0, mediaFlags.darkPicture, mediaFlags.darkPicture, 0, 0, 0]);
    expect(columns).toEqual({ pictureDark: dark });
    expect(counts(6)).toEqual([{ reason: 'dark picture', rows: 2 }]);
    expect(counts(2)).toEqual([{ reason: 'dark picture', rows: 1 }]);
  });

  it('says of copies what they are, whether labels differ, and whether splits do', () => {
    const found = copies([0, 0, 2, 2, 2, -1], [1, 1, 0, 0, 0, 0]);
    const { columns, reasons, disagreeing, leaked } = markRows({ ...nothing, texts: { scores: {}, copies: found } });
    const { exactCopy, nearCopy, copyInOtherSplit } = mediaFlags;
    expect([...reasons]).toEqual([
      exactCopy | copyDisagrees,
      exactCopy | copyDisagrees,
      nearCopy | copyInOtherSplit,
      nearCopy | copyInOtherSplit,
      // Without a label it has no part in either.
      nearCopy,
      0,
    ]);
    expect([disagreeing, leaked]).toEqual([2, 1]);
    expect([...(columns.textCopySet ?? [])]).toEqual([0, 0, 2, 2, 2, NaN]);
  });

  it('asks pictures and texts together whether labels and splits of copies differ, where data have both', () => {
    const pictures = { scores: {}, copies: copies([0, 0, -1, -1, -1, 0]) };
    const texts = { scores: {}, copies: copies([0, -1, -1, -1, -1, 0]) };
    const { reasons, disagreeing } = markRows({ ...nothing, pictures, texts });
    const both = mediaFlags.nearCopy | mediaFlags.copyInOtherSplit | copyDisagrees;
    expect([...reasons]).toEqual([both, mediaFlags.nearCopy, 0, 0, 0, both]);
    expect(disagreeing).toBe(2);
  });

  it('tells validation rows that are copies of test rows, but not as copies of training rows', () => {
    const texts = { scores: {}, copies: copies([-1, -1, 2, -1, -1, 2]) };
    const { leaked, reasons } = markRows({ ...nothing, texts });
    expect(leaked).toBe(0);
    expect(reasons[2] & mediaFlags.copyInOtherSplit).not.toBe(0);
  });
});

describe('the list of issues', () => {
  it('has words and a sentence for each reason, each bit once', () => {
    const bits = Object.values(mediaFlags);
    expect(new Set(bits).size).toBe(bits.length);
    for (const reason of Object.keys(mediaFlags) as (keyof typeof mediaFlags)[]) {
      expect(mediaReasonWords[reason]).toMatch(/^[a-z][a-z ]+$/);
      expect(mediaReasonExplanations[reason]).toMatch(/^[A-Z].*\.$/);
    }
    expect(new Set(mediaIssues.map(({ field }) => field)).size).toBe(mediaIssues.length);
  });
});
