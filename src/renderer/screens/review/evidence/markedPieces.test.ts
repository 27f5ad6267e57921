import { describe, expect, it } from 'vitest';
import { cutAtMarks } from './markedPieces';

describe('cutAtMarks', () => {
  it('cuts a text at its marks and loses nothing of it', () => {
    const pieces = cutAtMarks(
      'pay the fee now',
      [
        { start: 0, end: 3, weight: 2 },
        { start: 8, end: 11, weight: -0.5 },
      ],
      2,
    );
    expect(pieces).toEqual([
      { text: 'pay', side: 'for', isStrong: true, weight: 2 },
      { text: ' the ' },
      { text: 'fee', side: 'against', isStrong: false, weight: -0.5 },
      { text: ' now' },
    ]);
  });

  it('is the whole text where nothing is marked', () => {
    expect(cutAtMarks('one\ntwo', [], 0)).toEqual([{ text: 'one\ntwo' }]);
    expect(
      cutAtMarks('', [], 0)
        .map(({ text }) => text)
        .join(''),
    ).toBe('');
  });

  it('shows what would not be seen, within a mark too', () => {
    const pieces = cutAtMarks('a\u200bb c', [{ start: 0, end: 3, weight: 1 }], 1);
    expect(pieces.map(({ text, side, name }) => [text, side, name !== undefined])).toEqual([
      ['a', 'for', false],
      ['ZWSP', undefined, true],
      ['b', 'for', false],
      [' c', undefined, false],
    ]);
  });

  it('marks a word of a script that runs from right to left, and pairs of code units, by places', () => {
    const pieces = cutAtMarks('😀 שלום', [{ start: 3, end: 7, weight: 1 }], 1);
    expect(pieces.map(({ text }) => text)).toEqual(['😀 ', 'שלום']);
  });
});
