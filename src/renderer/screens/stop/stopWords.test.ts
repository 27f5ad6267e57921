import { describe, expect, it } from 'vitest';
import type { StopFigures } from '../../../contract/stop';
import type { StopAdvice } from '../../../core/review/stopAdvice';
import { endOfScale, sayAdvice, sayBasis, sayCaution, sayConsequence, sayRows, saySpotCheck } from './stopWords';

const exactly = (value: number): { value: number; low: number; high: number } => ({ value, low: value, high: value });
const figures: StopFigures = {
  threshold: 0.5,
  suspects: 157,
  kept: 18,
  wrong: 78,
  pending: 61,
  later: 0,
  rate: exactly(0.81),
  left: exactly(13.2),
  below: { ...exactly(6.1), rows: 1_640, found: 0, basis: 'seeded', conflict: false },
  spotCheck: { drawn: 0, right: 0, wrong: 0, open: 0 },
  points: [],
  bars: [],
  next: { row: 3, rank: 97, place: 96 },
  pace: { seconds: 15, decisions: 90 },
};
const point = { place: 132, rank: 132, suspicion: 0.6, rows: 36, found: 12, rate: exactly(0.11) };
const goOn: StopAdvice = { kind: 'go-on', point, seconds: 540, after: 0.09 };

describe('when to stop, in words', () => {
  it('recommends in one sentence', () => {
    expect(sayAdvice(goOn, 'limit')).toBe('Go on to rank 132, then stop: 36 more rows, about 9 min.');
    expect(sayAdvice({ ...goOn, seconds: null }, 'limit')).toBe('Go on to rank 132, then stop: 36 more rows.');
    expect(sayAdvice(goOn, 'hand')).toBe('Stopping after rank 132: 36 more rows, about 9 min.');
    expect(sayAdvice({ ...goOn, kind: 'stop' }, 'limit')).toBe('Stop here.');
    expect(sayAdvice({ ...goOn, kind: 'done' }, 'limit')).toBe('Everything worth a look is decided.');
  });

  it('says what that finds and what comes after it', () => {
    expect(sayConsequence(goOn, figures, 10)).toBe(
      'That should find 12 of the 19 wrong labels believed left. Of the rows that come next, fewer than 1 in 10 should be wrong.',
    );
    expect(sayConsequence({ ...goOn, after: 0.34 }, figures, 10)).toContain('about 1 in 3 should be wrong');
    expect(sayConsequence({ ...goOn, after: null }, figures, 10)).toContain('No row after it is worth a look');
    // Never more than there are.
    const few = { ...figures, left: exactly(3), below: { ...figures.below, value: 0 } };
    expect(sayConsequence(goOn, few, 10)).toContain('12 of the 12 wrong labels');
    expect(sayConsequence({ ...goOn, kind: 'stop', point: null }, figures, 10)).toContain(
      '19 wrong labels may be left',
    );
    const none = { ...figures, left: exactly(0), below: { ...figures.below, value: 0 } };
    expect(sayConsequence({ ...goOn, kind: 'done', point: null }, none, 10)).toBe(
      'No more wrong labels are believed left.',
    );
  });

  it('says where few decisions were made, and what is left out', () => {
    expect(sayCaution(figures)).toBe('');
    expect(sayCaution({ ...figures, kept: 0, wrong: 0 })).toContain('this is by suspicion alone');
    expect(sayCaution({ ...figures, kept: 3, wrong: 4 })).toBe('Only 7 decisions are in this. 20 make it an estimate.');
    expect(sayCaution({ ...figures, later: 1 })).toBe('1 row flagged for later is not counted: decide it too.');
  });

  it('says what the rows below the threshold are estimated by', () => {
    const checked = { drawn: 40, right: 38, wrong: 1, open: 1 };
    expect(sayBasis(figures)).toBe('by the seeded audit');
    const by = (basis: StopFigures['below']['basis'], conflict = false): string =>
      sayBasis({ ...figures, spotCheck: checked, below: { ...figures.below, basis, conflict } });
    expect(by('seeded and spot-check')).toBe('by the seeded audit and 39 rows drawn at random');
    expect(by('spot-check', true)).toContain('the seeded audit does not agree');
    expect(by('suspicion')).toContain('by suspicion');
  });

  it('offers rows drawn at random, and those that were drawn first', () => {
    expect(saySpotCheck(figures, 40)).toBe('spot-check 40 of them');
    expect(saySpotCheck({ ...figures, spotCheck: { drawn: 40, right: 30, wrong: 1, open: 9 } }, 40)).toBe(
      'go on with the spot check: 9 left',
    );
    expect(saySpotCheck({ ...figures, spotCheck: { drawn: 40, right: 39, wrong: 1, open: 0 } }, 40)).toBe(
      'spot-check 40 more',
    );
    expect(saySpotCheck({ ...figures, below: { ...figures.below, rows: 0 } }, 40)).toBeNull();
  });

  it('writes intervals in whole rows, and ends scales at round numbers', () => {
    expect(sayRows(8.4, 19.2)).toBe('8–20');
    expect(sayRows(3, 3)).toBe('3');
    expect([0, 5, 6, 17, 38, 140].map(endOfScale)).toEqual([5, 5, 10, 20, 40, 200]);
  });
});
