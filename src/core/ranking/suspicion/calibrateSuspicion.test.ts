import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { calibrateSuspicions, exponents, fitNoiseModel, noiseModelSteps } from './calibrateSuspicion';
import { computeSuspicions, estimateTransitions } from './labelNoise';
import { fitMonotoneLogistic, logistic } from './monotoneLogistic';

const classes = 3;

interface Noisy {
  readonly truth: Int32Array;
  readonly labels: Int32Array;
  /** n×C: out-of-sample estimate of p(given label | x). */
  readonly mixture: Float32Array;
}

/**
 * Rows whose p(true | x) is a softmax of normal draws times `sharpness`, the truth drawn from it, labels changed to any
 * other class with probability `noise`. P is
 * what `draws` neighbours with labels of their own say of p(given label | x), smoothed; perfect for `draws` = ∞.
 */
function drawRows(n: number, sharpness: number, noise: number, seed: number, draws = 15): Noisy {
  const random = createRandom(seed);
  const truth = new Int32Array(n);
  const labels = new Int32Array(n);
  const mixture = new Float32Array(n * classes);
  const p = new Float64Array(classes);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      p[c] = Math.exp(sharpness * random.normal());
      sum += p[c];
    }
    let left = random.uniform() * sum;
    for (let c = 0; c < classes; c++) {
      left -= p[c];
      if (left < 0) {
        truth[i] = c;
        break;
      }
    }
    labels[i] = random.uniform() < noise ? (truth[i] + 1 + random.integer(classes - 1)) % classes : truth[i];
    for (let c = 0; c < classes; c++) {
      const own = p[c] / sum;
      p[c] = own * (1 - noise) + ((1 - own) * noise) / (classes - 1);
    }
    const counts = Number.isFinite(draws) ? new Float64Array(classes).fill(1 / classes) : p;
    for (let draw = 0; counts !== p && draw < draws; draw++) {
      const at = random.uniform();
      counts[at < p[0] ? 0 : at < p[0] + p[1] ? 1 : 2]++;
    }
    for (let c = 0; c < classes; c++) mixture[i * classes + c] = counts[c] / (counts[0] + counts[1] + counts[2]);
  }
  return { truth, labels, mixture };
}

function suspect({ labels, mixture, truth }: Noisy): {
  documented: ReturnType<typeof computeSuspicions>;
  calibrated: ReturnType<typeof calibrateSuspicions>;
  model: ReturnType<typeof fitNoiseModel>;
  expected: number;
  wrong: number;
  flagged: number;
  flaggedWrong: number;
} {
  const weights = new Float64Array(labels.length).fill(1);
  const documented = computeSuspicions(
    mixture,
    labels,
    classes,
    estimateTransitions(mixture, labels, weights, classes),
  );
  const model = fitNoiseModel(mixture, labels, weights, classes);
  const calibrated = calibrateSuspicions(mixture, labels, weights, documented, model);
  let expected = 0;
  let wrong = 0;
  let flagged = 0;
  let flaggedWrong = 0;
  calibrated.suspicion.forEach((value, i) => {
    const isWrong = labels[i] === truth[i] ? 0 : 1;
    expected += value;
    wrong += isWrong;
    if (value >= 0.5) {
      flagged++;
      flaggedWrong += isWrong;
    }
  });
  return { documented, calibrated, model, expected, wrong, flagged, flaggedWrong };
}

describe('calibrated suspicions', () => {
  it.each([0.02, 0.1, 0.2])('count the wrong labels where a share of %d is wrong', (noise) => {
    const rows = drawRows(4000, 8, noise, 11);
    const { documented, expected, wrong, flagged, flaggedWrong, model } = suspect(rows);
    expect(expected / wrong).toBeGreaterThan(0.8);
    expect(expected / wrong).toBeLessThan(1.25);
    // Overlap leaves few rows where one label in fifty shows clearly.
    expect(flaggedWrong / flagged).toBeGreaterThan(noise === 0.02 ? 0.55 : 0.8);
    expect(flaggedWrong / wrong).toBeGreaterThan(noise === 0.02 ? 0.55 : 0.65);
    for (let j = 0; j < classes; j++) {
      expect(Math.abs(model.transitions.data[j * classes + j] - (1 - noise))).toBeLessThan(0.025);
    }
    // What they are for: the plain posterior counts the noise twice.
    expect(documented.suspicion.reduce((a, b) => a + b, 0) / wrong).toBeLessThan(0.75);
  });

  it('mean what they say: of the rows near each probability, about that share is wrong', () => {
    const rows = drawRows(20_000, 6, 0.1, 12);
    const { calibrated } = suspect(rows);
    for (const [from, to] of [
      [0, 0.1],
      [0.1, 0.5],
      [0.5, 0.9],
      [0.9, 1.01],
    ]) {
      let count = 0;
      let mean = 0;
      let share = 0;
      calibrated.suspicion.forEach((value, i) => {
        if (value < from || value >= to) return;
        count++;
        mean += value;
        if (rows.labels[i] !== rows.truth[i]) share++;
      });
      expect(count).toBeGreaterThan(50);
      expect(Math.abs(share - mean) / count).toBeLessThan(0.15);
    }
  });

  it.each([0.02, 0.1, 0.2])('are careful, not wild, where P knows the noise perfectly: a share of %d', (noise) => {
    // Then "no noise, and P is the truth" explains the labels as well as the noise does: no method could tell.
    const { documented, expected, wrong } = suspect(drawRows(4000, 8, noise, 11, Number.POSITIVE_INFINITY));
    expect(expected / wrong).toBeLessThan(1.3);
    expect(expected).toBeGreaterThan(0.95 * documented.suspicion.reduce((a, b) => a + b, 0));
  });

  it('do not take overlapping classes for wrong labels', () => {
    const { expected, flagged, model, calibrated } = suspect(drawRows(4000, 1, 0, 13, Number.POSITIVE_INFINITY));
    expect(model.exponent).toBeGreaterThanOrEqual(0.7);
    expect(model.exponent).toBeLessThanOrEqual(1.5);
    expect(expected / 4000).toBeLessThan(0.06);
    expect(flagged / 4000).toBeLessThan(0.005);
    expect(calibrated.slope).toBeLessThan(2);
  });

  it('keep the order of the documented log-odds, and agree with their own log-odds and suggestions', () => {
    const rows = drawRows(500, 4, 0.1, 14);
    const { documented, calibrated } = suspect(rows);
    const order = Array.from(rows.labels.keys()).sort((a, b) => documented.logOdds[a] - documented.logOdds[b]);
    for (let at = 1; at < order.length; at++) {
      expect(calibrated.logOdds[order[at]]).toBeGreaterThanOrEqual(calibrated.logOdds[order[at - 1]]);
      expect(calibrated.suspicion[order[at]]).toBeGreaterThanOrEqual(calibrated.suspicion[order[at - 1]]);
    }
    let disagreements = 0;
    rows.labels.forEach((label, i) => {
      expect(calibrated.suspicion[i]).toBeCloseTo(logistic(calibrated.logOdds[i]), 12);
      if (calibrated.suggested[i] === label) return;
      disagreements++;
      expect(calibrated.suspicion[i]).toBeGreaterThan(0.5);
    });
    expect(disagreements).toBeGreaterThan(20);
  });

  it('leave rows without a label without a suspicion, and do not learn from rows without weight', () => {
    const rows = drawRows(600, 4, 0.1, 15);
    const weights = Float64Array.from(rows.labels, (_, i) => (i < 300 ? 1 : 0));
    const labels = rows.labels.slice();
    labels[590] = -1;
    const others = labels.map((label, i) => (i < 300 ? label : (label + 1) % classes));
    others[590] = -1;
    const fit = (given: Int32Array): ReturnType<typeof calibrateSuspicions> =>
      calibrateSuspicions(
        rows.mixture,
        given,
        weights,
        computeSuspicions(rows.mixture, given, classes, estimateTransitions(rows.mixture, given, weights, classes)),
        fitNoiseModel(rows.mixture, given, weights, classes),
      );
    const first = fit(labels);
    const second = fit(others);
    expect(first.suspicion[590]).toBeNaN();
    expect(first.logOdds[590]).toBeNaN();
    expect(first.suggested[590]).toBe(
      [0, 1, 2].reduce((a, b) => (rows.mixture[3 * 590 + b] > rows.mixture[3 * 590 + a] ? b : a)),
    );
    expect([second.slope, second.intercept]).toEqual([first.slope, first.intercept]);
    expect(second.suspicion.slice(0, 300)).toEqual(first.suspicion.slice(0, 300));
  });

  it('stay numbers for probabilities of 0 and 1, for few rows and for a class without rows', () => {
    const mixture = Float32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0);
    const labels = Int32Array.of(0, 1, 1, 1, 0);
    const weights = new Float64Array(5).fill(1);
    const model = fitNoiseModel(mixture, labels, weights, classes);
    const documented = computeSuspicions(
      mixture,
      labels,
      classes,
      estimateTransitions(mixture, labels, weights, classes),
    );
    const { suspicion, logOdds } = calibrateSuspicions(mixture, labels, weights, documented, model);
    for (let i = 0; i < 5; i++) {
      expect(suspicion[i]).toBeGreaterThanOrEqual(0);
      expect(suspicion[i]).toBeLessThanOrEqual(1);
      expect(Number.isFinite(logOdds[i])).toBe(true);
    }
    expect(suspicion[1]).toBeGreaterThan(suspicion[0]);
  });

  it('take the τ and the T with the largest likelihood, computed as they are defined', () => {
    const n = 600;
    const rows = drawRows(n, 3, 0.15, 18);
    const model = fitNoiseModel(rows.mixture, rows.labels, new Float64Array(n).fill(1), classes);
    const found = exponents.map((exponent) => fitPlainly(rows, exponent));
    const best = found.reduce((a, b) => (b.likelihood > a.likelihood ? b : a));
    expect(model.exponent).toBe(best.exponent);
    best.transitions.forEach((value, at) => expect(model.transitions.data[at]).toBeCloseTo(value, 5));
  });

  it('search τ on a part of many rows, with the same outcome', () => {
    const rows = drawRows(45_000, 6, 0.1, 16);
    const weights = new Float64Array(45_000).fill(1);
    let steps = 0;
    const many = fitNoiseModel(rows.mixture, rows.labels, weights, classes, () => steps++);
    const part = weights.map((_, i) => (i < 20_000 ? 1 : 0));
    const few = fitNoiseModel(rows.mixture, rows.labels, part, classes);
    expect(exponents).toContain(many.exponent);
    expect(Math.abs(Math.log2(many.exponent / few.exponent))).toBeLessThanOrEqual(0.5 + 1e-12);
    expect(steps).toBeGreaterThan(noiseModelSteps / 3);
    expect(steps).toBeLessThan(noiseModelSteps * 3);
    for (let at = 0; at < 9; at++) {
      expect(Math.abs(many.transitions.data[at] - few.transitions.data[at])).toBeLessThan(0.02);
    }
  });
});

/** Log-likelihood and T of one τ by 300 steps of EM, as calibrateSuspicion.ts and labelNoise.ts define them. */
function fitPlainly(
  { mixture, labels }: Noisy,
  exponent: number,
): { readonly exponent: number; readonly likelihood: number; readonly transitions: number[] } {
  const n = labels.length;
  const a = (0.03 * n) / classes;
  const pi = Array.from({ length: n }, (_, i) => {
    const powers = [0, 1, 2].map((c) => mixture[i * classes + c] ** exponent);
    const sum = powers[0] + powers[1] + powers[2];
    return powers.map((value) => value / sum);
  });
  let t = [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8];
  let likelihood = 0;
  for (let step = 0; step < 300; step++) {
    const counts = t.map((_, at) => (at % 4 === 0 ? a : 0) + a / 20);
    likelihood = t.reduce((sum, value, at) => sum + counts[at] * Math.log(value), 0);
    for (let i = 0; i < n; i++) {
      const q = [0, 1, 2].map((j) => pi[i][j] * t[j * classes + labels[i]]);
      const sum = q[0] + q[1] + q[2];
      likelihood += Math.log(sum);
      for (let j = 0; j < classes; j++) counts[j * classes + labels[i]] += q[j] / sum;
    }
    t = counts.map((value, at) => {
      const first = classes * Math.floor(at / classes);
      return value / (counts[first] + counts[first + 1] + counts[first + 2]);
    });
  }
  return { exponent, likelihood, transitions: t };
}

describe('the monotone logistic map', () => {
  const random = createRandom(17);
  const z = Float64Array.from({ length: 3000 }, () => 4 * random.normal());
  const weights = new Float64Array(3000).fill(1);

  it('finds slope and intercept that made the targets', () => {
    const map = fitMonotoneLogistic(
      z,
      z.map((value) => logistic(2.5 * value - 1.5)),
      weights,
    );
    expect(map.slope).toBeCloseTo(2.5, 3);
    expect(map.intercept).toBeCloseTo(-1.5, 3);
  });

  it('sums to the targets, also where scores separate them or run against them', () => {
    const step = z.map((value) => (value > 1 ? 1 : 0));
    for (const target of [step, step.map((value) => 1 - value), z.map((_, i) => (i % 10 === 0 ? 1 : 0))]) {
      const { slope, intercept } = fitMonotoneLogistic(z, target, weights);
      expect(slope).toBeGreaterThan(0);
      const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
      expect(Math.abs(sum(z.map((value) => logistic(slope * value + intercept))) - sum(target))).toBeLessThan(0.1);
    }
  });

  it('takes log-odds as far out as they come', () => {
    const far = Float64Array.of(-744, -80, -60, 3, 85, 744);
    const { slope, intercept } = fitMonotoneLogistic(far, Float64Array.of(0, 0, 0, 0.9, 1, 1), weights);
    expect(slope).toBeGreaterThan(0);
    expect(Number.isFinite(intercept)).toBe(true);
    expect(logistic(-744)).toBeGreaterThan(0);
    expect(logistic(744)).toBe(1);
  });
});
