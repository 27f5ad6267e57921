import { describe, expect, it } from 'vitest';
import { measureSuspicion } from '../../bench/suspicion/measureSuspicion';
import type { Noise } from '../../bench/suspicion/plantedErrors';
import { readDigits } from '../../bench/suspicion/readDigits';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';

/**
 * Planted errors (10 %, three seeds) on digits with the product's defaults: mean average precision of at least 0.97 for
 * each kind of noise, better than every ranking it replaces, and a suspicion that counts the errors. One file a kind,
 * so that they run side by side.
 */
export function suspicionSuite(noise: Noise): void {
  describe(`suspicion on digits with ${noise} label errors`, () => {
    it('finds them with a mean average precision of at least 0.97', () => {
      const digits = readDigits();
      const linalg = createFloat64LinearAlgebra();
      const results = [1, 2, 3].map((seed) => measureSuspicion(digits, noise, 0.1, seed, linalg));
      const mean = (pick: (result: (typeof results)[number]) => number): number =>
        results.reduce((sum, result) => sum + pick(result), 0) / results.length;
      expect(mean(({ allRows }) => allRows)).toBeGreaterThanOrEqual(0.97);
      // Suspicion is shown as a probability, and 0.5 is the default threshold.
      expect(mean(({ calibration }) => calibration.expected / calibration.wrong)).toBeGreaterThan(0.85);
      expect(mean(({ calibration }) => calibration.expected / calibration.wrong)).toBeLessThan(1.2);
      expect(mean(({ calibration }) => calibration.precision)).toBeGreaterThan(0.88);
      expect(mean(({ calibration }) => calibration.recall)).toBeGreaterThan(0.88);
      const ours = mean(({ trainingRows }) => trainingRows.suspicion);
      for (const other of ['loss', 'looLoss', 'selfInfluenceIf', 'selfInfluenceRif', 'valLossRif'] as const) {
        expect(ours, other).toBeGreaterThan(mean(({ trainingRows }) => trainingRows[other]));
      }
    }, 600_000);
  });
}
