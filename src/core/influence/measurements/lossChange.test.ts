import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { lossOfLogits } from '../../models/evaluateHead';
import { lossChange } from './lossChange';

const logistic = { kind: 'logistic', outputs: 1 } as const;
const ridge = { kind: 'ridge', outputs: 1 } as const;
const softmax = { kind: 'softmax', outputs: 4 } as const;

describe('lossChange', () => {
  it('is the difference of two losses where that keeps its digits', () => {
    const random = createRandom(4);
    for (const head of [logistic, ridge, softmax]) {
      for (let trial = 0; trial < 300; trial++) {
        const size = 10 ** (random.integer(4) - 1);
        const z = Float64Array.from({ length: head.outputs }, () => 3 * random.normal());
        const move = z.map(() => size * random.normal());
        const label = random.integer(head.kind === 'softmax' ? 4 : 2);
        const moved = z.map((value, c) => value + move[c]);
        const before = lossOfLogits(head, z, 0, label);
        const after = lossOfLogits(head, moved, 0, label);
        const change = lossChange(head, z, 0, move, 0, label);
        expect(Math.abs(change - (after - before))).toBeLessThan(1e-13 * (1 + before + after));
      }
    }
  });

  it('keeps all digits of small changes of losses near 0, where the difference has none', () => {
    // ℓ = log1p(e^{−40}) ≈ e^{−40}; a move of δ multiplies it by e^{−δ}.
    const expected = (move: number): number => Math.exp(-40) * Math.expm1(-move);
    for (const move of [1e-9, -1e-6, 0.3]) {
      const change = lossChange(logistic, Float64Array.of(40), 0, Float64Array.of(move), 0, 1);
      expect(change / expected(move)).toBeCloseTo(1, 13);
      const three = Float64Array.of(40, -5000, 0, -5000);
      const class0 = lossChange(softmax, three, 0, Float64Array.of(move, 7, 0, -3), 0, 0);
      expect(class0 / expected(move)).toBeCloseTo(1, 13);
    }
    const residual = lossChange(ridge, Float64Array.of(1e8 + 1), 0, Float64Array.of(1e-8), 0, 1e8);
    expect(residual / 1e-8).toBeCloseTo(1, 7);
  });

  it('stays finite for moves that overflow an exponential', () => {
    for (const move of [800, -800]) {
      expect(lossChange(logistic, Float64Array.of(2), 0, Float64Array.of(move), 0, 0)).toBeCloseTo(
        move > 0 ? 800 - Math.log1p(Math.exp(2)) + 2 : -Math.log1p(Math.exp(2)),
        9,
      );
      const z = Float64Array.of(1, 0, 0, 0);
      const change = lossChange(softmax, z, 0, Float64Array.of(move, 0, 0, 0), 0, 0);
      expect(change).toBeCloseTo((move > 0 ? 0 : 799 + Math.log(3)) - Math.log1p(3 * Math.exp(-1)), 9);
    }
  });
});
