import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import type { Expert } from './experts';
import { combineRounds, fitPoolWeights, poolExperts, rowsForPool } from './poolExperts';
import { gatherPoolRows, labelTargets, poolDerivatives } from './poolObjective';
import { orderByLabel } from './rowsByLabel';

const names = ['head', 'neighbours10', 'neighbours30', 'forest', 'trees'] as const;

/** Experts whose logits are the truth's times a sharpness of their own and normal noise; labels are drawn from it. */
function drawExperts(
  n: number,
  classes: number,
  sharpness: readonly number[],
  seed: number,
): { experts: Expert[]; labels: Int32Array; weights: Float64Array } {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: n }, () => random.integer(classes));
  const experts = sharpness.map((sharp, e) => {
    const probabilities = new Float32Array(n * classes);
    for (let i = 0; i < n; i++) {
      const z = Array.from({ length: classes }, (_, c) => sharp * (c === labels[i] ? 1 : 0) + random.normal());
      const sum = z.reduce((total, value) => total + Math.exp(value), 0);
      z.forEach((value, c) => (probabilities[i * classes + c] = Math.exp(value) / sum));
    }
    return { name: names[e], probabilities };
  });
  return { experts, labels, weights: new Float64Array(n).fill(1) };
}

/** The objective as it is defined, row by row. */
function objective(experts: readonly Expert[], labels: Int32Array, classes: number, w: ArrayLike<number>): number {
  let sum = 0;
  labels.forEach((label, i) => {
    const z = Array.from({ length: classes }, (_, c) =>
      experts.reduce(
        (total, { probabilities }, e) =>
          total + w[e] * Math.log(0.999 * probabilities[i * classes + c] + 0.001 / classes),
        0,
      ),
    );
    sum += z[label] - Math.log(z.reduce((total, value) => total + Math.exp(value), 0));
  });
  experts.forEach((_, e) => (sum -= (w[e] - 1 / experts.length) ** 2));
  return sum;
}

describe('the pool of experts', () => {
  it('has the derivatives of its objective', () => {
    const { experts, labels } = drawExperts(60, 3, [2, 1, 0.5], 1);
    const order = orderByLabel(Int32Array.from(labels.keys()), labels, 3);
    const rows = gatherPoolRows(experts, order);
    const targets = labelTargets(order);
    const w = Float64Array.of(0.7, 0.2, 0.4);
    const { value, gradient, curvature } = poolDerivatives(rows, targets, w);
    expect(Math.abs(value - objective(experts, labels, 3, w))).toBeLessThan(1e-5);
    const step = 1e-5;
    for (let e = 0; e < 3; e++) {
      const at = (length: number) =>
        poolDerivatives(
          rows,
          targets,
          w.map((own, f) => own + (e === f ? length : 0)),
        );
      expect((at(step).value - at(-step).value) / (2 * step)).toBeCloseTo(gradient[e], 5);
      for (let f = 0; f < 3; f++) {
        const second = (at(step).gradient[f] - at(-step).gradient[f]) / (2 * step);
        expect(-second).toBeCloseTo(curvature[e * 3 + f], 5);
      }
    }
  });

  it('learns nothing from rows whose class nobody else has', () => {
    const { experts, labels, weights } = drawExperts(80, 3, [2, 1, 0.5], 5);
    const common = labels.map((label, i) => (i === 7 ? 2 : label % 2));
    const without = weights.map((weight, i) => (i === 7 ? 0 : weight));
    expect(fitPoolWeights(experts, common, weights, 3)).toEqual(fitPoolWeights(experts, common, without, 3));
    expect([...rowsForPool(common, weights, 3).rows]).not.toContain(7);
    const pair = common.map((label, i) => (i === 8 ? 2 : label));
    expect(rowsForPool(pair, weights, 3).rows).toHaveLength(80);
    const alone = Int32Array.of(0, -1, 1, 2);
    expect([...rowsForPool(alone, Float64Array.of(1, 0, 1, 1), 3).rows]).toEqual([0, 2, 3]);
  });

  it('weighs soft targets as their shares of rows with hard ones', () => {
    const { experts, labels } = drawExperts(20, 2, [2, 1], 2);
    const order = orderByLabel(Int32Array.from(labels.keys()), labels, 2);
    const rows = gatherPoolRows(experts, order);
    const hard = labelTargets(order);
    const w = Float64Array.of(0.5, 0.9);
    const own = poolDerivatives(rows, hard, w);
    const other = poolDerivatives(
      rows,
      hard.map((target) => 1 - target),
      w,
    );
    const mixed = poolDerivatives(
      rows,
      hard.map((target) => (target === 1 ? 0.75 : 0.25)),
      w,
    );
    expect(mixed.value).toBeCloseTo(0.75 * own.value + 0.25 * other.value, 9);
    mixed.gradient.forEach((value, e) =>
      expect(value).toBeCloseTo(0.75 * own.gradient[e] + 0.25 * other.gradient[e], 9),
    );
    mixed.curvature.forEach((value, at) => expect(value).toBeCloseTo(own.curvature[at], 9));
  });

  it('takes the strengths with the largest objective', () => {
    const { experts, labels, weights } = drawExperts(400, 3, [2, 1.2, 0.6], 3);
    const w = fitPoolWeights(experts, labels, weights, 3);
    const best = objective(experts, labels, 3, w);
    const random = createRandom(5);
    for (let trial = 0; trial < 200; trial++) {
      const size = 10 ** (-4 * random.uniform());
      const other = w.map((value) => Math.max(0, value + size * random.normal()));
      expect(objective(experts, labels, 3, other)).toBeLessThanOrEqual(best + 1e-6);
    }
    // Softmax-regression of labels on independent logits: the strengths are the sharpnesses that were planted.
    expect(w[0]).toBeGreaterThan(w[1]);
    expect(w[1]).toBeGreaterThan(w[2]);
  });

  it('recovers planted strengths, where labels are drawn from a pool', () => {
    const n = 20_000;
    const { experts } = drawExperts(n, 4, [1.5, 1, 0.8], 4);
    const planted = [0.9, 0, 0.4];
    const random = createRandom(6);
    const pool = poolExperts(experts, Float64Array.from(planted), 4);
    const labels = Int32Array.from({ length: n }, (_, i) => {
      let left = random.uniform();
      for (let c = 0; c < 3; c++) if ((left -= pool[4 * i + c]) < 0) return c;
      return 3;
    });
    const w = fitPoolWeights(experts, labels, new Float64Array(n).fill(1), 4);
    planted.forEach((value, e) => expect(Math.abs(w[e] - value)).toBeLessThan(0.06));
  });

  it('gives an expert that speaks against the labels no strength, and one alone all of it', () => {
    const { experts, labels, weights } = drawExperts(500, 3, [2, -1.5], 7);
    const w = fitPoolWeights(experts, labels, weights, 3);
    expect(w[1]).toBe(0);
    const step = 1e-4;
    for (const length of [-step, step]) {
      expect(objective(experts, labels, 3, [w[0] + length, 0])).toBeLessThan(objective(experts, labels, 3, w));
    }
    expect(objective(experts, labels, 3, [w[0], step])).toBeLessThan(objective(experts, labels, 3, w));
    expect([...fitPoolWeights(experts.slice(0, 1), labels, weights, 3)]).toEqual([1]);
    expect(poolExperts(experts.slice(0, 1), Float64Array.of(1), 3)).toEqual(experts[0].probabilities);
  });

  it('is the normalised product of powers', () => {
    const { experts } = drawExperts(50, 3, [1, 2], 8);
    const pool = poolExperts(experts, Float64Array.of(0.3, 1.1), 3);
    for (let i = 0; i < 50; i++) {
      const powers = [0, 1, 2].map((c) =>
        [0.3, 1.1].reduce(
          (product, w, e) => product * (0.999 * experts[e].probabilities[3 * i + c] + 0.001 / 3) ** w,
          1,
        ),
      );
      const sum = powers[0] + powers[1] + powers[2];
      powers.forEach((power, c) => expect(pool[3 * i + c]).toBeCloseTo(power / sum, 6));
    }
  });

  it('looks at rows of weight only', () => {
    const { experts, labels, weights } = drawExperts(300, 3, [2, 1], 9);
    const half = weights.map((_, i) => (i < 150 ? 1 : 0));
    const scrambled = labels.map((label, i) => (i < 150 ? label : i % 4 === 0 ? -1 : (label + 1) % 3));
    expect(fitPoolWeights(experts, scrambled, half, 3)).toEqual(fitPoolWeights(experts, labels, half, 3));
  });

  it('is fitted on a sample of many rows that holds every class in proportion, with nearly the same outcome', () => {
    const { experts, labels, weights } = drawExperts(12_000, 3, [2, 1, 0.6], 10);
    // Two rows of a fourth class.
    for (const row of [77, 78]) labels[row] = 3;
    const order = rowsForPool(labels, weights, 4);
    const all = orderByLabel(Int32Array.from(labels.keys()), labels, 4);
    for (let c = 0; c < 4; c++) {
      const own = order.starts[c + 1] - order.starts[c];
      expect(own).toBe(Math.ceil(((all.starts[c + 1] - all.starts[c]) * 5000) / 12_000));
    }
    expect(new Set(order.rows).size).toBe(order.rows.length);
    for (const row of [77, 78]) labels[row] = 0;
    const w = fitPoolWeights(experts, labels, weights, 3);
    expect(fitPoolWeights(experts, labels, weights, 3)).toEqual(w);
    const loss = objective(experts, labels, 3, w) / 12_000;
    const even = objective(experts, labels, 3, [1 / 3, 1 / 3, 1 / 3]) / 12_000;
    expect(loss).toBeGreaterThan(even + 0.05);
    for (const scale of [0.95, 1.05]) {
      expect(
        objective(
          experts,
          labels,
          3,
          w.map((value) => value * scale),
        ) / 12_000,
      ).toBeLessThan(loss + 1e-4);
    }
  });
});

describe('two rounds', () => {
  it('count as their normalised geometric mean', () => {
    const both = combineRounds(Float32Array.of(0.9, 0.1, 0.5, 0.5), Float32Array.of(0.1, 0.9, 0.2, 0.8), 2);
    expect(both[0]).toBeCloseTo(0.5, 6);
    expect(both[2]).toBeCloseTo(1 / 3, 6);
    expect(both[3]).toBeCloseTo(2 / 3, 6);
  });

  it('stay numbers where one of them rules every class out', () => {
    const both = combineRounds(Float32Array.of(1, 0), Float32Array.of(0, 1), 2);
    expect(both[0]).toBeCloseTo(0.5, 6);
  });
});
