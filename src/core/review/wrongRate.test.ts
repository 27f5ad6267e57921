import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../base/random';
import type { SuspicionBin } from './progress';
import { computeStopFigures, type RankBlock } from './stopFigures';
import { estimateWrongRate } from './wrongRate';

/** P(wrong) by log-odds of suspicion, as it truly is. */
type World = (random: Random) => (logOdds: number) => number;

const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
const worlds: Readonly<Record<string, World>> = {
  calibrated: () => logistic,
  'too sure': () => (t) => logistic(-0.8 + 0.7 * t),
  'not sure enough': () => (t) => logistic(0.8 + 1.2 * t),
  'off at random': (random) => {
    const shift = 0.8 * random.normal();
    const slope = Math.max(0.1, 1 + 0.4 * random.normal());
    return (t) => logistic(shift + slope * t);
  },
  'the same everywhere': () => () => 0.6,
};
const seeds = 60;
const suspects = 200;

describe('estimateWrongRate', () => {
  it('never rises where suspicion falls, and goes with what was found', () => {
    const judged = [
      { logOdds: 5, right: 2, wrong: 40 },
      { logOdds: 1, right: 30, wrong: 10 },
    ];
    const rate = estimateWrongRate(judged);
    const meanAt = (t: number): number => rate.at(t).reduce((sum, one) => sum + one, 0) / rate.draws;
    expect(meanAt(5)).toBeGreaterThan(0.85);
    expect(meanAt(1)).toBeGreaterThan(0.15);
    expect(meanAt(1)).toBeLessThan(0.4);
    const rising = [-8, -3, 0, 1, 2, 4, 9, 30].map((t) => rate.at(t));
    rising.slice(1).forEach((shares, k) => {
      shares.forEach((share, draw) => expect(share).toBeGreaterThanOrEqual(rising[k][draw]));
    });
  });

  it('is not carried away by a few surprises at the top', () => {
    const rate = estimateWrongRate([{ logOdds: 30, right: 2, wrong: 98 }]);
    const mean = rate.at(30).reduce((sum, one) => sum + one, 0) / rate.draws;
    expect(mean).toBeGreaterThan(0.93);
  });

  it('is the same for the same decisions', () => {
    const judged = [{ logOdds: 2, right: 3, wrong: 9 }];
    expect(estimateWrongRate(judged).at(0.4)).toEqual(estimateWrongRate(judged).at(0.4));
  });
});

describe('wrong labels left in the queue', () => {
  it.each(Object.keys(worlds))('%s: are in the interval of 95 per cent in 93 of 100 reviews', (name) => {
    let inside = 0;
    let reviews = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const random = createRandom(1_000 + seed);
      const truth = worlds[name](random);
      const rows = Array.from({ length: suspects }, () => -2.5 * Math.log(1 - random.uniform()))
        .sort((a, b) => b - a)
        .map((logOdds) => ({ logOdds, isWrong: random.uniform() < truth(logOdds) }));
      for (const decided of [30, 80, 140]) {
        const { left } = computeStopFigures(afterDeciding(rows, decided));
        const wrong = rows.slice(decided).filter(({ isWrong }) => isWrong).length;
        if (left.low <= wrong && wrong <= left.high) inside += 1;
        reviews += 1;
      }
    }
    expect(inside / reviews).toBeGreaterThanOrEqual(0.93);
  });
});

function afterDeciding(
  rows: readonly { logOdds: number; isWrong: boolean }[],
  decided: number,
): Parameters<typeof computeStopFigures>[0] {
  const bins = new Map<number, SuspicionBin>();
  rows.forEach(({ logOdds, isWrong }, k) => {
    const at = Math.floor(4 * Math.min(30, logOdds));
    const empty = { logOdds: (at + 0.5) / 4, suspect: true, pending: 0, later: 0, right: 0, wrong: 0 };
    const bin = bins.get(at) ?? empty;
    const what = k >= decided ? 'pending' : isWrong ? 'wrong' : 'right';
    bins.set(at, { ...bin, [what]: bin[what] + 1 });
  });
  const blocks: RankBlock[] = [];
  return { bins: [...bins.values()], blocks, seeded: [], spotCheck: { right: 0, wrong: 0 } };
}
