import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../base/random';
import { drawBeta, drawBinomial } from './drawCounts';
import { estimateMissed } from './missedRows';

const draws = 1_000;
const flat = (value: number): Float64Array => new Float64Array(draws).fill(value);
const nothing = { right: 0, wrong: 0 };
const base = { undecided: 2_000, found: 0, above: flat(90), bySuspicion: flat(7), seeded: [], spotCheck: nothing };

describe('estimateMissed', () => {
  it('takes the suspicions at their word where nothing else is known', () => {
    expect(estimateMissed(base, createRandom(1))).toMatchObject({ value: 7, basis: 'suspicion', conflict: false });
  });

  it('is found · (1/recall − 1) by planted errors', () => {
    const seeded = Array.from({ length: 3 }, () => ({ planted: 1_000, found: 900 }));
    const missed = estimateMissed({ ...base, seeded }, createRandom(1));
    expect(missed.basis).toBe('seeded');
    expect(missed.value).toBeGreaterThan(9);
    expect(missed.value).toBeLessThan(11);
    expect(missed.low).toBeLessThan(6);
    expect(missed.high).toBeGreaterThan(15);
    // Those that were found below it already are not missed.
    expect(estimateMissed({ ...base, seeded, found: 9 }, createRandom(1)).value).toBeLessThan(3);
  });

  it('is less sure where the seeds differ', () => {
    const alike = [90, 91, 89].map((found) => ({ planted: 100, found }));
    const unlike = [99, 90, 81].map((found) => ({ planted: 100, found }));
    const wide = estimateMissed({ ...base, seeded: unlike }, createRandom(1));
    const narrow = estimateMissed({ ...base, seeded: alike }, createRandom(1));
    expect(wide.high - wide.low).toBeGreaterThan(1.2 * (narrow.high - narrow.low));
  });

  it('goes by rows drawn at random, alone and beside planted errors', () => {
    const spotCheck = { right: 99, wrong: 1 };
    const alone = estimateMissed({ ...base, spotCheck }, createRandom(1));
    expect(alone.basis).toBe('spot-check');
    expect(alone.value).toBeGreaterThan(20);
    expect(alone.value).toBeLessThan(40);
    const seeded = [{ planted: 300, found: 255 }];
    const both = estimateMissed({ ...base, seeded, spotCheck }, createRandom(1));
    expect(both.basis).toBe('seeded and spot-check');
    expect(both.high - both.low).toBeLessThan(alone.high - alone.low);
  });

  it('believes the rows that were looked at where planted errors say something else', () => {
    const seeded = [{ planted: 5_000, found: 4_990 }];
    const missed = estimateMissed({ ...base, seeded, spotCheck: { right: 30, wrong: 10 } }, createRandom(1));
    expect(missed).toMatchObject({ basis: 'spot-check', conflict: true });
    expect(missed.value).toBeGreaterThan(300);
  });

  it.each(['seeded', 'spot-check', 'both'] as const)(
    '%s: is in the interval of 95 per cent in 93 of 100 projects',
    (which) => {
      let inside = 0;
      const projects = 300;
      for (let seed = 0; seed < projects; seed++) {
        const random = createRandom(7_000 + seed);
        const { truth, input } = drawProject(random, which);
        const { low, high } = estimateMissed(input, random);
        if (low <= truth && truth <= high) inside += 1;
      }
      expect(inside / projects).toBeGreaterThanOrEqual(0.93);
    },
  );
});

/** 120 wrong labels, a recall that no one knows, planted errors that are found as often, rows drawn at random. */
function drawProject(
  random: Random,
  which: 'seeded' | 'spot-check' | 'both',
): { truth: number; input: Parameters<typeof estimateMissed>[0] } {
  const recall = drawBeta(random, 8, 2);
  const wrong = 120;
  const above = drawBinomial(random, wrong, recall);
  const missed = wrong - above;
  const undecided = 1_500;
  const checked = which === 'seeded' ? 0 : 80;
  const found = drawBinomial(random, checked, missed / undecided);
  const plant = (): { planted: number; found: number } => ({ planted: 70, found: drawBinomial(random, 70, recall) });
  return {
    truth: missed,
    input: {
      undecided,
      found: 0,
      above: flat(above),
      bySuspicion: flat(3),
      seeded: which === 'spot-check' ? [] : [plant(), plant(), plant()],
      spotCheck: { right: checked - found, wrong: found },
    },
  };
}
