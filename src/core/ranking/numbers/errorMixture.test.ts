import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../base/random';
import { errorLogOdds, fitErrorMixture, logDensity, reachOfRight } from './errorMixture';
import { fitLocalSpread } from './localSpread';

/** A Student number with ν degrees of freedom. */
function student(random: Random, nu: number): number {
  let squares = 0;
  for (let k = 0; k < nu; k++) squares += random.normal() ** 2;
  return random.normal() / Math.sqrt(squares / nu);
}

function draw(n: number, share: number, seed: number) {
  const random = createRandom(seed);
  const local = Float64Array.from({ length: n }, () => Math.exp(0.5 * random.normal()));
  const wrong = Uint8Array.from({ length: n }, () => (random.uniform() < share ? 1 : 0));
  const values = local.map((size, i) => (wrong[i] === 1 ? 8 * student(random, 2) : 0.5 * size * student(random, 4)));
  return { residuals: { values, local }, wrong, rows: Int32Array.from(values.keys()) };
}

describe('the mixture of right and wrong labels', () => {
  it('is climbed without a step down, and found again in what it made', () => {
    for (const [seed, share] of [
      [1, 0.05],
      [2, 0.2],
    ] as const) {
      const { residuals, rows } = draw(5_000, share, seed);
      const { errorShare, scale, width, objectives } = fitErrorMixture(residuals, rows);
      for (let step = 1; step < objectives.length; step++) {
        expect(objectives[step]).toBeGreaterThanOrEqual(objectives[step - 1] - 1e-9 * Math.abs(objectives[step - 1]));
      }
      expect(errorShare).toBeCloseTo(share, 1);
      expect(Math.abs(errorShare - share)).toBeLessThan(0.25 * share + 0.005);
      expect(Math.abs(scale / 0.5 - 1)).toBeLessThan(0.05);
      expect(Math.abs(width / 8 - 1)).toBeLessThan(0.15);
    }
  });

  it('gives probabilities that hold what they say, and intervals of nine in ten', () => {
    const { residuals, wrong, rows } = draw(20_000, 0.1, 3);
    const mixture = fitErrorMixture(residuals, rows);
    const odds = residuals.values.map((value, i) => errorLogOdds(mixture, value, residuals.local[i]));
    for (const [low, high] of [
      [0, 0.1],
      [0.1, 0.5],
      [0.5, 0.9],
      [0.9, 1],
    ]) {
      const inside = [...rows].filter(
        (i) => 1 / (1 + Math.exp(-odds[i])) >= low && 1 / (1 + Math.exp(-odds[i])) < high,
      );
      const expected = inside.reduce((sum, i) => sum + 1 / (1 + Math.exp(-odds[i])), 0) / inside.length;
      const found = inside.reduce((sum, i) => sum + wrong[i], 0) / inside.length;
      expect(Math.abs(found - expected)).toBeLessThan(0.06);
    }
    const right = [...rows].filter((i) => wrong[i] === 0);
    const covered = right.filter((i) => Math.abs(residuals.values[i]) <= reachOfRight(mixture, residuals.local[i]));
    expect(covered.length / right.length).toBeCloseTo(0.9, 1);
  });

  it('is a density: it sums to 1', () => {
    const { residuals, rows } = draw(500, 0.1, 4);
    const mixture = fitErrorMixture(residuals, rows);
    let sum = 0;
    // By the substitution r = tan u, which reaches far out.
    const steps = 20_000;
    for (let k = 0; k < steps; k++) {
      const u = Math.PI * ((k + 0.5) / steps - 0.5);
      sum += (Math.exp(logDensity(mixture, Math.tan(u), 1)) / Math.cos(u) ** 2) * (Math.PI / steps);
    }
    expect(sum).toBeCloseTo(1, 4);
  });

  it('suspects a label the more, the farther away it lies', () => {
    const { residuals, rows } = draw(500, 0.05, 5);
    const mixture = fitErrorMixture(residuals, rows);
    const odds = Array.from({ length: 200 }, (_, k) => errorLogOdds(mixture, k * k, 1));
    expect(odds).toEqual([...odds].sort((a, b) => a - b));
  });

  it('expects hardly an error where there is none, and takes predictions that hit every label', () => {
    const { residuals, rows } = draw(2_000, 0, 6);
    expect(fitErrorMixture(residuals, rows).errorShare).toBeLessThan(0.01);
    const values = new Float64Array(50);
    values[3] = 1;
    const perfect = { values, local: new Float64Array(50).fill(1) };
    const mixture = fitErrorMixture(perfect, Int32Array.from(values.keys()));
    expect(errorLogOdds(mixture, 1, 1)).toBeGreaterThan(0);
    expect(errorLogOdds(mixture, 0, 1)).toBeLessThan(0);
  });
});

describe('the local spread', () => {
  it('follows what tells how far labels scatter, and not what does not', () => {
    const random = createRandom(7);
    const n = 4_000;
    const size = Float64Array.from({ length: n }, () => Math.exp(random.normal()));
    const nothing = Float64Array.from({ length: n }, () => Math.exp(random.normal()));
    const residuals = size.map((value) => value * random.normal());
    const train = new Float64Array(n).fill(1);
    const local = fitLocalSpread(residuals, [size, nothing], train);
    const logs = local.map(Math.log);
    const slope = (of: Float64Array): number => {
      const x = of.map(Math.log);
      return x.reduce((sum, value, i) => sum + value * logs[i], 0) / x.reduce((sum, value) => sum + value * value, 0);
    };
    expect(slope(size)).toBeCloseTo(1, 1);
    expect(Math.abs(slope(nothing))).toBeLessThan(0.1);
    const sorted = Float64Array.from(local).sort();
    expect(sorted[n / 2]).toBeCloseTo(1, 2);
  });

  it('is 1 where nothing is told, or what is told is the same everywhere', () => {
    const residuals = Float64Array.of(1, -2, 3, 0.5);
    const train = new Float64Array(4).fill(1);
    expect([...fitLocalSpread(residuals, [], train)]).toEqual([1, 1, 1, 1]);
    expect([...fitLocalSpread(residuals, [new Float64Array(4)], train)]).toEqual([1, 1, 1, 1]);
  });
});
