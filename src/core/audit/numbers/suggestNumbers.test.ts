import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorLogOdds, reachOfRight } from '../../ranking/numbers/errorMixture';
import { createLabelScale, fromScale } from '../../ranking/numbers/labelScale';
import { suggestNumbers } from './suggestNumbers';

const mixtures = fc.record({
  errorShare: fc.double({ min: 1e-4, max: 0.4, noNaN: true }),
  scale: fc.double({ min: 1e-3, max: 3, noNaN: true }),
  ratio: fc.double({ min: 3, max: 50, noNaN: true }),
  local: fc.double({ min: 1e-2, max: 1e3, noNaN: true }),
});

describe('suggestNumbers', () => {
  it('suggests another number wherever a label is more likely wrong than right, however it is rounded', () => {
    let suspects = 0;
    fc.assert(
      fc.property(
        mixtures,
        fc.constantFrom('plain' as const, 'logarithmic' as const),
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        ({ errorShare, scale, ratio, local }, kind, predicted, reaches) => {
          const mixture = { errorShare, scale, width: ratio * scale };
          const labelScale = createLabelScale(kind, Float64Array.of(1, 10, 100));
          const residual = reaches * reachOfRight(mixture, local);
          const label = fromScale(labelScale, predicted + residual);
          const { value } = suggestNumbers(
            {
              predictions: Float64Array.of(predicted),
              residuals: { values: Float64Array.of(residual), local: Float64Array.of(local) },
              mixture,
            },
            { scale: labelScale },
            Float64Array.of(label),
          );
          const isSuspect = errorLogOdds(mixture, residual, local) >= 0;
          // Logarithms of numbers so far away are no numbers any more.
          fc.pre(Number.isFinite(label) && label !== fromScale(labelScale, predicted));
          if (isSuspect) {
            suspects++;
            expect(Math.abs(reaches)).toBeGreaterThan(0.9);
          }
          expect(value[0]).not.toBe(label);
        },
      ),
      { seed: 3, numRuns: 2_000 },
    );
    expect(suspects).toBeGreaterThan(200);
  });
});
