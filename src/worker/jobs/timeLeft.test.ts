import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Countdown, estimateSecondsLeft, type TimedStage } from './timeLeft';

const waiting = (expectedSeconds: number): TimedStage => ({
  expectedSeconds,
  state: 'waiting',
  share: 0,
  headStart: 0,
  seconds: 0,
  silentSeconds: 0,
});
const done = (expectedSeconds: number, seconds: number): TimedStage => ({
  ...waiting(expectedSeconds),
  state: 'done',
  share: 1,
  seconds,
});
const running = (
  expectedSeconds: number,
  share: number,
  seconds: number,
  more: Partial<TimedStage> = {},
): TimedStage => ({
  ...waiting(expectedSeconds),
  state: 'running',
  share,
  seconds,
  ...more,
});

describe('estimateSecondsLeft', () => {
  it('is the plan at first, and nothing at the end', () => {
    expect(estimateSecondsLeft([waiting(2), waiting(3)])).toBe(5);
    expect(estimateSecondsLeft([done(2, 4), done(3, 5)])).toBe(0);
    expect(estimateSecondsLeft([])).toBe(0);
  });

  it('says nothing where there is neither a plan nor a share', () => {
    expect(estimateSecondsLeft([running(0, 0, 7)])).toBeNull();
    expect(estimateSecondsLeft([running(0, 0.25, 5)])).toBeCloseTo(15, 12);
  });

  it('takes the pace of stages that are done for that of those that wait, the more of them the more', () => {
    const slow = estimateSecondsLeft([done(10, 30), waiting(10)]) ?? 0;
    const slower = estimateSecondsLeft([done(10, 30), done(10, 30), done(10, 30), waiting(10)]) ?? 0;
    expect(slow).toBeGreaterThan(15);
    expect(slower).toBeGreaterThan(slow);
    expect(slower).toBeLessThan(30);
    expect(estimateSecondsLeft([done(10, 5), waiting(10)])).toBeLessThan(10);
    // Moments that were planned as less say next to nothing.
    expect(estimateSecondsLeft([done(0.001, 0.02), waiting(10)])).toBeLessThan(13);
  });

  it('goes on in a stage as its share says, the more so the larger that is', () => {
    const errors = [0.05, 0.2, 0.6].map((share) => {
      // Planned as 10 s, it takes 40.
      const left = estimateSecondsLeft([running(10, share, 40 * share)]) ?? 0;
      return Math.log((40 * (1 - share)) / left);
    });
    expect(errors[0]).toBeGreaterThan(errors[1]);
    expect(errors[1]).toBeGreaterThan(errors[2]);
    expect(errors[2]).toBeGreaterThan(0);
    expect(errors[2]).toBeLessThan(0.35);
  });

  it('does not take what was done before a stage for its pace', () => {
    const left = estimateSecondsLeft([running(0, 0.6, 5, { headStart: 0.5 })]);
    expect(left).toBeCloseTo(20, 12);
  });

  it('falls while nothing is heard, ever slower, and stays above 0', () => {
    const left = [0, 1, 5, 20, 100].map(
      (silentSeconds) => estimateSecondsLeft([running(10, 0.5, 5 + silentSeconds, { silentSeconds })]) ?? 0,
    );
    expect(left[0]).toBeCloseTo(5, 12);
    expect(left[0] - left[1]).toBeGreaterThan(0.7);
    for (let k = 1; k < left.length; k++) expect(left[k]).toBeLessThan(left[k - 1]);
    expect(left[4]).toBeGreaterThan(0);
  });

  it('is right all the way where the plan is wrong by one factor and shares are true', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 50, noNaN: true }), { minLength: 3, maxLength: 8 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (plan, factor) => {
          const total = factor * plan.reduce((sum, seconds) => sum + seconds, 0);
          let before = 0;
          plan.forEach((expected, at) => {
            const seconds = factor * expected;
            const stages = plan.map((other, k) =>
              k < at ? done(other, factor * other) : k > at ? waiting(other) : running(expected, 0.5, seconds / 2),
            );
            const truth = total - before - seconds / 2;
            const left = estimateSecondsLeft(stages) ?? 0;
            // A plan counts as one stage, and one that is done as nearly one.
            const wrong = Math.abs(Math.log(factor));
            expect(Math.abs(Math.log(left / truth))).toBeLessThanOrEqual((1.35 * wrong) / (1 + at) + 1e-9);
            before += seconds;
          });
        },
      ),
      { seed: 1 },
    );
  });
});

describe('Countdown', () => {
  it('runs with the clock while the estimate does', () => {
    const countdown = new Countdown();
    for (let at = 0; at <= 10; at += 0.5) expect(countdown.tell(20 - at, at)).toBeCloseTo(20 - at, 0);
  });

  it('never rises while the estimate moves by less than a quarter, and ends with it', () => {
    const countdown = new Countdown();
    let before = Number.POSITIVE_INFINITY;
    for (let at = 0; at < 60; at += 0.1) {
      const told = countdown.tell((60 - at) * (1 + 0.1 * Math.sin(at)), at);
      expect(told).toBeLessThan(before);
      before = told;
    }
    expect(countdown.tell(0, 60)).toBe(0);
  });

  it('does not stay behind an estimate by more than a quarter, whichever way that went', () => {
    const countdown = new Countdown();
    countdown.tell(10, 0);
    expect(countdown.tell(100, 1)).toBeCloseTo(80, 12);
    expect(countdown.tell(4, 2)).toBeCloseTo(5, 12);
  });
});
