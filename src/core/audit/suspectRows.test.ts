import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listedFrom } from '../base/listedFrom';
import { StageParts } from '../job/stageParts';
import { StageProgress } from '../job/stageProgress';
import { createTestContext } from '../testing/testData';
import { suspectRows } from './suspectRows';

/** Rows of few different probabilities, ties and certainties among them: each comes together with every label. */
const judged = fc.integer({ min: 2, max: 5 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    rows: fc.array(
      fc.record({
        label: fc.integer({ min: -1, max: classes - 1 }),
        shares: fc.array(fc.constantFrom(0, 1e-30, 0.2, 0.25, 0.5, 1), { minLength: classes, maxLength: classes }),
        agrees: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    copies: fc.integer({ min: 1, max: 40 }),
    withTwins: fc.boolean(),
    noiseModel: fc.boolean(),
  }),
);

describe('suspectRows', () => {
  it('suggests another label to a row exactly where its suspicion lists it', () => {
    let [listed, held, withdrawn] = [0, 0, 0];
    fc.assert(
      fc.property(judged, ({ classes, rows, copies, withTwins, noiseModel }) => {
        const all = Array.from({ length: copies }, () => rows).flat();
        const labels = Int32Array.from(all, ({ label }) => label);
        fc.pre(labels.some((label) => label >= 0));
        const probabilities = new Float32Array(all.length * classes);
        all.forEach(({ label, shares, agrees }, i) => {
          const own = shares.map((share, c) => share + (agrees && c === label ? 2 : 0));
          const sum = own.reduce((total, share) => total + share, 0);
          own.forEach((share, c) => (probabilities[i * classes + c] = sum > 0 ? share / sum : 1 / classes));
        });
        const twins = Int32Array.from({ length: classes }, (_, c) => (c === 1 ? 0 : c));
        const context = createTestContext();
        const { suspicions, signal, excessErrors } = suspectRows(
          { labels, classes, ...(withTwins ? { twins } : {}), options: { noiseModel } },
          Float64Array.from(labels, (label) => (label < 0 ? 0 : 1)),
          { probabilities, firstRound: probabilities },
          new StageParts(new StageProgress('ranking', context), 1),
          context.log,
        );
        if (!signal.found) withdrawn++;
        if (excessErrors !== null) held++;
        labels.forEach((label, i) => {
          const suggested = suspicions.suggested[i];
          expect(suggested).toBeGreaterThanOrEqual(0);
          expect(suggested).toBeLessThan(classes);
          if (label < 0) return;
          const isListed = suspicions.suspicion[i] >= listedFrom;
          if (isListed) listed++;
          expect(suggested !== label).toBe(isListed);
        });
      }),
      { seed: 5, numRuns: 400 },
    );
    // All that changes suspicions afterwards took part.
    expect(Math.min(listed, held, withdrawn)).toBeGreaterThan(5);
  });
});
