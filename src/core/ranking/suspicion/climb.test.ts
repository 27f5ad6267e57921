import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import type { EmStep } from './climb';
import { climb } from './climb';

const random = createRandom(5);
const rows = 3000;
/** Densities of three overlapping components at draws of their mixture: EM on the shares takes hundreds of steps. */
const densities = Float64Array.from({ length: 3 * rows });
for (let i = 0; i < rows; i++) {
  const u = random.uniform();
  const x = random.normal() + (u < 0.5 ? 0 : u < 0.8 ? 1 : 1.5);
  [0, 1, 1.5].forEach((centre, k) => (densities[3 * i + k] = Math.exp(-0.5 * (x - centre) ** 2)));
}

const em: EmStep = (from, to) => {
  let objective = 0;
  to.fill(0);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = 0; k < 3; k++) sum += from[k] * densities[3 * i + k];
    objective += Math.log(sum);
    for (let k = 0; k < 3; k++) to[k] += (from[k] * densities[3 * i + k]) / (sum * rows);
  }
  return objective;
};

function start(): Float64Array {
  return Float64Array.of(0.2, 0.5, 0.3);
}

describe('climb', () => {
  it('gets where EM goes, in a tenth of the steps', () => {
    const plain = start();
    const next = new Float64Array(3);
    for (let step = 0; step < 6000; step++) {
      em(plain, next);
      plain.set(next);
    }
    const few = start();
    let passes = 0;
    climb(few, (from, to) => (passes++, em(from, to)), { passes: 1000, tolerance: 1e-10 });
    for (let k = 0; k < 3; k++) expect(few[k]).toBeCloseTo(plain[k], 6);
    const moved = start();
    for (let step = 0; step < 10 * passes; step++) {
      em(moved, next);
      moved.set(next);
    }
    const distance = (x: Float64Array): number => Math.max(...x.map((value, k) => Math.abs(value - plain[k])));
    expect(distance(few)).toBeLessThan(0.1 * distance(moved));
  });

  it('never lowers the objective, keeps the sum, and counts its passes', () => {
    let last = Number.NEGATIVE_INFINITY;
    for (let passes = 1; passes < 60; passes++) {
      const x = start();
      let made = 0;
      climb(x, (from, to) => (made++, em(from, to)), { passes, tolerance: 0 });
      expect(made).toBe(passes);
      expect(x[0] + x[1] + x[2]).toBeCloseTo(1, 12);
      const objective = em(x, new Float64Array(3));
      expect(objective).toBeGreaterThanOrEqual(last - 1e-9);
      last = objective;
    }
  });

  it('stays where EM stays, also at 0', () => {
    const x = Float64Array.of(1, 0, 0);
    let passes = 0;
    climb(x, (from, to) => (passes++, to.set(from), 0), { passes: 10, tolerance: 0 });
    expect([...x, passes]).toEqual([1, 0, 0, 1]);
  });

  it('goes on from the plain steps where the objective is lower at a guess', () => {
    const x = Float64Array.of(1);
    let guesses = 0;
    const halve: EmStep = (from, to) => {
      to[0] = 0.5 * from[0] + 0.25;
      if (from[0] !== 0.5) return 0;
      guesses++;
      return -1;
    };
    climb(x, halve, { passes: 12, tolerance: 0 });
    // Three passes a round: two halvings, and a guess of the limit that is refused.
    expect([guesses, x[0]]).toEqual([4, 0.5 + 2 ** -9]);
  });
});
