import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { rankRows } from '../rankRows';
import { computeReasons, reasonFlags } from '../reasons';
import type { Expert } from './experts';
import { headExpert, neighbourExpert } from './experts';
import { computeSuspicions, estimateTransitions } from './labelNoise';

const n = 4000;
const classes = 3;

/** True classes, sharp out-of-sample probabilities around them, and labels by a known transition matrix. */
function noisyLabels(): { truth: Int32Array; labels: Int32Array; expert: Expert } {
  const random = createRandom(3);
  const truth = new Int32Array(n);
  const labels = new Int32Array(n);
  const probabilities = new Float32Array(n * classes);
  for (let i = 0; i < n; i++) {
    truth[i] = random.integer(classes);
    // Class 0 is called 1 in 20 %, class 1 is called 2 in 10 %.
    const slips = random.uniform();
    labels[i] = truth[i] === 0 && slips < 0.2 ? 1 : truth[i] === 1 && slips < 0.1 ? 2 : truth[i];
    const sharp = 0.93 + 0.06 * random.uniform();
    for (let c = 0; c < classes; c++) probabilities[i * classes + c] = c === truth[i] ? sharp : (1 - sharp) / 2;
  }
  return { truth, labels, expert: { name: 'head', probabilities } };
}

describe('experts', () => {
  it('take label shares with one count spread over the classes', () => {
    const neighbours = {
      k: 3,
      rows: Int32Array.of(1, 2, 0, 0, 2, -1, 0, -1, -1),
      squaredDistances: new Float32Array(9),
      method: 'exact',
      recall: 1,
    } as const;
    const { probabilities } = neighbourExpert(
      neighbours,
      Int32Array.of(0, 1, 1),
      2,
      'neighbours10',
      new Float64Array(3).fill(1),
    );
    const expected = [1.5 / 4, 2.5 / 4, 1.5 / 3, 1.5 / 3, 1.5 / 2, 0.5 / 2];
    expected.forEach((value, at) => expect(probabilities[at]).toBeCloseTo(value, 6));
  });

  it('turn logits of both heads into probabilities that are never 0', () => {
    const logistic = headExpert({ kind: 'logistic', outputs: 1, classes: 2 }, Float64Array.of(2, -900));
    expect(logistic.probabilities[1]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(logistic.probabilities[3]).toBeGreaterThan(0);
  });
});

describe('the noise-aware posterior', () => {
  const { truth, labels, expert } = noisyLabels();
  const weights = new Float64Array(n).fill(1);
  const transitions = estimateTransitions(expert.probabilities, labels, weights, classes);

  it('learns which labels are called what, shrunk towards one rate of errors', () => {
    const t = transitions.data;
    for (let j = 0; j < 3; j++) expect(t[3 * j] + t[3 * j + 1] + t[3 * j + 2]).toBeCloseTo(1, 12);
    // .2 and .1 were planted; .3 of the mean class has the common rate of .1.
    expect(t[1]).toBeGreaterThan(0.12);
    expect(t[1]).toBeLessThan(0.2);
    expect(t[2]).toBeLessThan(0.03);
    expect(t[5]).toBeGreaterThan(0.05);
    expect(t[0]).toBeGreaterThan(0.78);
  });

  it('is where forty steps lead, as they are defined', () => {
    let t: Float64Array = Float64Array.from({ length: 9 }, (_, at) => (at % 4 === 0 ? 0.9 : 0.05));
    const m = (0.3 * n) / classes;
    for (let step = 0; step < 40; step++) {
      const counts = new Float64Array(9);
      for (let i = 0; i < n; i++) {
        const q = [0, 1, 2].map((j) => expert.probabilities[i * classes + j] * t[j * classes + labels[i]]);
        for (let j = 0; j < classes; j++) counts[j * classes + labels[i]] += q[j] / (q[0] + q[1] + q[2]);
      }
      const rate = 1 - (counts[0] + counts[4] + counts[8]) / n;
      counts.forEach((_, at) => (counts[at] += m * (at % 4 === 0 ? 1 - rate : rate / 2)));
      t = counts.map((value, at) => {
        const first = classes * Math.floor(at / classes);
        return value / (counts[first] + counts[first + 1] + counts[first + 2]);
      });
    }
    t.forEach((value, at) => expect(transitions.data[at]).toBeCloseTo(value, 12));
  });

  it('never names classes anew: each keeps half of its rows', () => {
    // All experts call every row of class 2 a row of class 1: T would explain it by calling 1 mostly 2.
    const swapped = Float32Array.from({ length: 3 * n }, (_, at) =>
      at % 3 === (truth[Math.floor(at / 3)] === 0 ? 0 : 1) ? 0.98 : 0.01,
    );
    const given = truth.map((own, i) => (own === 0 || i % 10 === 0 ? own : 2));
    const { data } = estimateTransitions(swapped, given, weights, classes);
    for (let j = 0; j < 3; j++) {
      expect(data[4 * j]).toBeGreaterThanOrEqual(0.5);
      expect(data[3 * j] + data[3 * j + 1] + data[3 * j + 2]).toBeCloseTo(1, 12);
    }
    expect(data[4]).toBe(0.5);
    expect(data[5]).toBeGreaterThan(0.45);
  });

  it('finds the rate of uniform errors, and none where there are none', () => {
    for (const rate of [0, 0.05, 0.2]) {
      const random = createRandom(8);
      const sharp = Float32Array.from({ length: 2 * n }, (_, at) =>
        at % 2 === Math.floor(at / 2) % 2 ? 0.999 : 0.001,
      );
      const given = Int32Array.from({ length: n }, (_, i) => (random.uniform() < rate ? 1 - (i % 2) : i % 2));
      const wrong = given.reduce((sum, label, i) => sum + (label === i % 2 ? 0 : 1), 0) / n;
      const { data } = estimateTransitions(sharp, given, weights, 2);
      expect((data[1] + data[2]) / 2).toBeCloseTo(Math.max(0.001, wrong), 2);
    }
  });

  it('learns from the training rows only', () => {
    const half = weights.map((_, i) => (i < n / 2 ? 1 : 0));
    const scrambled = labels.map((label, i) => (i < n / 2 ? label : (label + 1) % 3));
    const a = estimateTransitions(expert.probabilities, labels, half, classes);
    const b = estimateTransitions(expert.probabilities, scrambled, half, classes);
    expect(b.data).toEqual(a.data);
  });

  it('suspects the wrong labels and suggests the true ones', () => {
    const { suspicion, logOdds, suggested } = computeSuspicions(expert.probabilities, labels, classes, transitions);
    let wrongAbove = 0;
    let wrong = 0;
    let rightAbove = 0;
    for (let i = 0; i < n; i++) {
      expect(Math.abs(Math.log(suspicion[i] / (1 - suspicion[i])) - logOdds[i])).toBeLessThan(1e-6);
      if (labels[i] === truth[i]) {
        if (suspicion[i] >= 0.5) rightAbove++;
      } else {
        wrong++;
        if (suspicion[i] >= 0.5) wrongAbove++;
        expect(suggested[i]).toBe(truth[i]);
      }
    }
    expect(wrongAbove).toBe(wrong);
    expect(rightAbove).toBe(0);
  });

  it('keeps an order where suspicion rounds to 1, and has none without a label', () => {
    const mixture = Float32Array.of(1, 1e-30, 1, 1e-33, 0.4, 0.6);
    const { suspicion, logOdds, suggested } = computeSuspicions(mixture, Int32Array.of(1, 1, -1), 2, null);
    expect(suspicion[0]).toBe(1);
    expect(suspicion[1]).toBe(1);
    expect(logOdds[1]).toBeGreaterThan(logOdds[0]);
    expect(suspicion[2]).toBeNaN();
    expect(suggested[2]).toBe(1);
  });
});

describe('rankRows', () => {
  it('ranks by log-odds, then loss, then row number, and leaves unlabelled rows out', () => {
    const rank = rankRows(
      Float64Array.of(1, 3, 1, 1, Number.NaN, 3),
      Float64Array.of(0.5, 0, 0.9, 0.5, Number.NaN, 0),
      Int32Array.of(0, 0, 1, 1, -1, 0),
    );
    expect(Array.from(rank)).toEqual([4, 1, 3, 5, 0, 2]);
  });
});

describe('reasons', () => {
  it('name each flag for what it says', () => {
    const input = {
      labels: Int32Array.of(0, 1, 0, -1),
      classes: 2,
      trainWeights: Float64Array.of(1, 1, 1, 0),
      headProbabilities: Float32Array.of(0.1, 0.9, 0.2, 0.8, 0.52, 0.48, 0.5, 0.5),
      mixture: Float32Array.of(0.1, 0.9, 0.2, 0.8, 0.52, 0.48, 0.5, 0.5),
      neighbours: null,
      leverage: Float64Array.of(0.1, 0.9, 0.1, Number.NaN),
      valLossRif: Float64Array.of(0.2, 0.1, 0.3, Number.NaN),
    };
    const flags = computeReasons(input);
    const reasonsOf = (bits: number): string[] =>
      Object.entries(reasonFlags).flatMap(([reason, flag]) => ((bits & flag) === 0 ? [] : [reason]));
    expect(reasonsOf(flags[0])).toEqual(['headDisagrees', 'rareClass']);
    expect(reasonsOf(flags[1])).toEqual(['highLeverage', 'rareClass']);
    expect(reasonsOf(flags[2])).toEqual(['ambiguous', 'rareClass']);
    expect(reasonsOf(flags[3])).toEqual(['ambiguous']);
    // Nothing is called harmful while every removal raises the loss.
    expect(flags.some((bits) => (bits & reasonFlags.harmfulForValidation) !== 0)).toBe(false);
  });
});
