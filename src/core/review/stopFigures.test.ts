import { describe, expect, it } from 'vitest';
import type { SuspicionBin } from './progress';
import { adviseLimit, advisePlace } from './stopAdvice';
import { computeStopFigures, type RankBlock } from './stopFigures';

const decided = 96;
const suspects = 157;
const rows = 400;

/** Rows one by one, log-odds falling from 6 to −6; of every ten decided ones two are right. */
const blocks = Array.from({ length: rows }, (_, place): RankBlock => {
  const logOdds = 6 - (12 * place) / rows;
  const isDecided = place < decided;
  const isRight = isDecided && place % 10 >= 8;
  return {
    place,
    rows: 1,
    rank: 2 * place + 1,
    suspicion: 1 / (1 + Math.exp(-logOdds)),
    logOdds,
    suspect: place < suspects,
    pending: isDecided ? 0 : 1,
    later: 0,
    right: isRight ? 1 : 0,
    wrong: isDecided && !isRight ? 1 : 0,
  };
});
const bins = blocks.map(({ logOdds, suspect, pending, later, right, wrong }): SuspicionBin => ({
  logOdds,
  suspect,
  pending,
  later,
  right,
  wrong,
}));
const figures = computeStopFigures({ bins, blocks, seeded: [], spotCheck: { right: 0, wrong: 0 } });

describe('computeStopFigures', () => {
  it('counts the suspects and those decided', () => {
    expect(figures).toMatchObject({ suspects: 157, kept: 18, wrong: 78, pending: 61, later: 0 });
    expect(figures.rate?.value).toBeCloseTo(78 / 96, 10);
    expect(figures.below).toMatchObject({ rows: 243, found: 0, basis: 'suspicion' });
  });

  it('draws what was decided in bars of one round width that hold it all', () => {
    expect(figures.bars.map(({ from, to }) => [from, to])).toEqual(
      Array.from({ length: 8 }, (_, k) => [12 * k, 12 * k + 12]),
    );
    expect(figures.bars.reduce((sum, bar) => sum + bar.decided, 0)).toBe(96);
    expect(figures.bars.reduce((sum, bar) => sum + bar.wrong, 0)).toBe(78);
    for (const { rate } of figures.bars) {
      expect(rate.low).toBeLessThanOrEqual(rate.value);
      expect(rate.high).toBeGreaterThanOrEqual(rate.value);
    }
  });

  it('draws no bar of a few rows', () => {
    const few = blocks.map((block) => (block.place < 24 ? block : { ...block, right: 0, wrong: 0 }));
    const { bars } = computeStopFigures({ bins, blocks: few, seeded: [], spotCheck: { right: 0, wrong: 0 } });
    expect(bars.map(({ from, to }) => [from, to])).toEqual([
      [0, 12],
      [12, 24],
    ]);
  });

  it('expects less the less suspicious a row is, and adds up', () => {
    const { points, left, below } = figures;
    points.slice(1).forEach(({ rate, found, rows: count }, k) => {
      expect(rate.value).toBeLessThanOrEqual(points[k].rate.value);
      expect(found).toBeGreaterThanOrEqual(points[k].found);
      expect(count).toBeGreaterThanOrEqual(points[k].rows);
    });
    expect(points[suspects - 1].rows).toBe(61);
    // The same sum, once by draws of counts.
    expect(Math.abs(points[suspects - 1].found - left.value)).toBeLessThan(1);
    expect(Math.abs(points[rows - 1].found - left.value - below.value)).toBeLessThan(1.5);
  });

  it('has nothing to say where there is nothing', () => {
    const none = computeStopFigures({ bins: [], blocks: [], seeded: [], spotCheck: { right: 0, wrong: 0 } });
    expect(none).toMatchObject({ suspects: 0, rate: null, points: [], bars: [], left: { value: 0, low: 0, high: 0 } });
  });
});

describe('when to stop', () => {
  const { points } = figures;

  it('is where fewer than one in so many are expected to be wrong', () => {
    for (const limit of [2, 5, 10, 20] as const) {
      const { kind, point, after, seconds } = adviseLimit({ points, pace: 15 }, limit);
      expect(kind).toBe('go-on');
      expect(point?.rate.value).toBeGreaterThanOrEqual(1 / limit);
      expect(after).toBeLessThan(1 / limit);
      expect(seconds).toBe(15 * (point?.rows ?? 0));
      // The rank of the table of all rows, not the place among these.
      expect(point?.rank).toBe(2 * ((point?.place ?? 0) - 1) + 1);
    }
  });

  it('is at the end where the rate stays above the limit', () => {
    const some = points.slice(0, 120);
    expect(adviseLimit({ points: some, pace: null }, 50)).toMatchObject({
      kind: 'go-on',
      after: null,
      seconds: null,
      point: { place: 120, rows: 24 },
    });
  });

  it('is now where what is left is not worth it, and over where nothing is', () => {
    const seldom = points.map((point) => ({ ...point, rate: { value: 0.001, low: 0, high: 0.01 } }));
    expect(adviseLimit({ points: seldom, pace: 15 }, 10)).toMatchObject({ kind: 'stop', point: null, seconds: 0 });
    const none = points.slice(0, decided);
    expect(adviseLimit({ points: none, pace: 15 }, 10).kind).toBe('done');
    expect(adviseLimit({ points: [], pace: 15 }, 10)).toMatchObject({ kind: 'done', point: null });
  });

  it('is where it is put', () => {
    expect(advisePlace({ points, pace: 10 }, 131)).toMatchObject({ kind: 'go-on', seconds: 360, point: { rows: 36 } });
  });
});
