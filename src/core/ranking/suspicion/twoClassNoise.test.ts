import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { fitTwoClassNoise, suspectTwoClasses, type TwoClassNoise } from './twoClassNoise';

interface Planted {
  readonly truth: Int32Array;
  readonly labels: Int32Array;
  /** n×2: p(given | x), each logit off by normal noise of deviation `blur`. */
  readonly mixture: Float32Array;
}

/** True logits normal about ±`sharpness`; class 0 is called 1 at the rate `zero`, class 1 is called 0 at `one`. */
function plant(n: number, sharpness: number, zero: number, one: number, seed: number, blur = 0.5): Planted {
  const random = createRandom(seed);
  const truth = new Int32Array(n);
  const labels = new Int32Array(n);
  const mixture = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const logit = sharpness * (i % 2 === 0 ? -1 : 1) + 1.5 * random.normal();
    const p = 1 / (1 + Math.exp(-logit));
    truth[i] = random.uniform() < p ? 1 : 0;
    labels[i] = random.uniform() < (truth[i] === 1 ? one : zero) ? 1 - truth[i] : truth[i];
    const given = p * (1 - one) + (1 - p) * zero;
    const seen = Math.log(given / (1 - given)) + blur * random.normal();
    mixture[2 * i + 1] = 1 / (1 + Math.exp(-seen));
    mixture[2 * i] = 1 - mixture[2 * i + 1];
  }
  return { truth, labels, mixture };
}

function objective({ labels, mixture }: Planted, scale: number, offset: number, t: ArrayLike<number>): number {
  const a = (0.03 * labels.length) / 2;
  let sum = -(offset ** 2) / 2 + a * Math.log(t[0] * t[3]) + (a / 20) * Math.log(t[0] * t[1] * t[2] * t[3]);
  labels.forEach((y, i) => {
    const z = scale * Math.log(mixture[2 * i + 1] / mixture[2 * i]) + offset;
    const p = 1 / (1 + Math.exp(-z));
    sum += Math.log((1 - p) * t[y] + p * t[2 + y]);
  });
  return sum;
}

const ones = (n: number): Float64Array => new Float64Array(n).fill(1);

function count(rows: Planted, model: TwoClassNoise): { listed: number; right: number; wrong: number; sum: number } {
  const { suspicion } = suspectTwoClasses(rows.mixture, rows.labels, model);
  const found = { listed: 0, right: 0, wrong: 0, sum: 0 };
  suspicion.forEach((value, i) => {
    const isWrong = rows.labels[i] !== rows.truth[i];
    found.sum += value;
    if (isWrong) found.wrong++;
    if (value < 0.5) return;
    found.listed++;
    if (isWrong) found.right++;
  });
  return found;
}

describe('the label noise of two classes', () => {
  it('is where no change of a number explains the labels better', () => {
    const rows = plant(1500, 4, 0.25, 0.02, 1);
    const { scale, offset, transitions, likelihood } = fitTwoClassNoise(rows.mixture, rows.labels, ones(1500));
    const t = transitions.data;
    expect(objective(rows, scale, offset, t)).toBeCloseTo(likelihood, 2);
    const best = objective(rows, scale, offset, t);
    for (const step of [-0.03, 0.03]) {
      expect(objective(rows, scale + step, offset, t)).toBeLessThan(best);
      expect(objective(rows, scale, offset + step, t)).toBeLessThan(best);
      expect(objective(rows, scale, offset, [t[0] + step / 4, t[1] - step / 4, t[2], t[3]])).toBeLessThan(best);
      expect(objective(rows, scale, offset, [t[0], t[1], t[2] + step / 20, t[3] - step / 20])).toBeLessThan(best);
    }
  });

  it.each([
    [0.3, 0],
    [0, 0.2],
    [0.1, 0.1],
    [0.2, 0.05],
  ])('is recovered where classes separate: class 0 wrong at %f, class 1 at %f', (zero, one) => {
    const rows = plant(4000, 6, zero, one, 2);
    const model = fitTwoClassNoise(rows.mixture, rows.labels, ones(4000));
    expect(Math.abs(model.transitions.data[1] - zero)).toBeLessThan(0.04);
    expect(Math.abs(model.transitions.data[2] - one)).toBeLessThan(0.04);
    const { listed, right, wrong, sum } = count(rows, model);
    expect(right / listed).toBeGreaterThan(0.9);
    expect(right / wrong).toBeGreaterThan(0.8);
    expect(sum / wrong).toBeGreaterThan(0.67);
    expect(sum / wrong).toBeLessThan(1.33);
  });

  it('takes no overlap for errors', () => {
    for (const seed of [1, 2, 3]) {
      const rows = plant(3000, 0.7, 0, 0, seed, 0.1);
      const { listed, sum } = count(rows, fitTwoClassNoise(rows.mixture, rows.labels, ones(3000)));
      expect(listed / 3000).toBeLessThan(0.01);
      expect(sum / 3000).toBeLessThan(0.06);
    }
  });

  it('says the same when the classes change their names', () => {
    const rows = plant(800, 4, 0.2, 0.02, 4);
    const other: Planted = {
      truth: rows.truth.map((own) => 1 - own),
      labels: rows.labels.map((own) => 1 - own),
      mixture: rows.mixture.map((_, at) => rows.mixture[at % 2 === 0 ? at + 1 : at - 1]),
    };
    const [a, b] = [rows, other].map(({ mixture, labels }) => fitTwoClassNoise(mixture, labels, ones(800)));
    expect(b.scale).toBeCloseTo(a.scale, 3);
    expect(b.offset).toBeCloseTo(-a.offset, 3);
    expect(b.transitions.data[1]).toBeCloseTo(a.transitions.data[2], 4);
  });

  it('learns from rows of weight only, and judges all that have a label', () => {
    const { labels, mixture } = plant(600, 4, 0.2, 0, 5);
    const half = Float64Array.from(labels, (_, i) => (i < 300 ? 1 : 0));
    const scrambled = labels.map((label, i) => (i < 300 ? label : i === 599 ? -1 : 1 - label));
    const model = fitTwoClassNoise(mixture, scrambled, half);
    expect(model).toEqual(fitTwoClassNoise(mixture, labels, half));
    const { suspicion, logOdds, suggested } = suspectTwoClasses(mixture, scrambled, model);
    expect(suspicion[599]).toBeNaN();
    expect(suggested[599]).toBe(mixture[1199] > mixture[1198] ? 1 : 0);
    for (let i = 0; i < 599; i++) {
      expect(Math.abs(1 / (1 + Math.exp(-logOdds[i])) - suspicion[i])).toBeLessThan(1e-12);
      expect(suggested[i]).toBe(suspicion[i] > 0.5 ? 1 - scrambled[i] : scrambled[i]);
    }
  });

  it('stays a number for probabilities of 0 and 1, few rows and one class', () => {
    for (const labels of [Int32Array.of(0, 1, 1, 0), Int32Array.of(0, 0, 0, 0)]) {
      const mixture = Float32Array.of(1, 0, 0, 1, 1, 0, 0.5, 0.5);
      const model = fitTwoClassNoise(mixture, labels, ones(4));
      expect(suspectTwoClasses(mixture, labels, model).logOdds.every(Number.isFinite)).toBe(true);
    }
  });
});
