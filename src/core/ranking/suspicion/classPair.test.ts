import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { suspectClassPair } from './classPair';
import { fitTwoClassNoise, suspectTwoClasses } from './twoClassNoise';

/** Two classes; a third of the rows of class 0 are called 1, and the experts have learnt it. */
function drawPair(n: number): { readonly mixture: Float32Array; readonly labels: Int32Array } {
  const random = createRandom(4);
  const mixture = new Float32Array(2 * n);
  const labels = Int32Array.from({ length: n }, (_, i) => {
    const truth = i % 2;
    const own = 1 / (1 + Math.exp(-(2 + random.normal())));
    const one = truth === 1 ? own : 1 - own;
    mixture[2 * i + 1] = one + (1 - one) / 3;
    mixture[2 * i] = 1 - mixture[2 * i + 1];
    return truth === 0 && random.uniform() < 1 / 3 ? 1 : truth;
  });
  return { mixture, labels };
}

/** The same rows as classes 0 and 2 of three; the last row is the only one of class 1. */
function beside(mixture: Float32Array, labels: Int32Array) {
  const n = labels.length;
  const wide = new Float32Array(3 * (n + 1));
  for (let i = 0; i < n; i++) wide.set([0.99 * mixture[2 * i], 0.01, 0.99 * mixture[2 * i + 1]], 3 * i);
  wide.set([0.7, 0.1, 0.2], 3 * n);
  return { mixture: wide, labels: Int32Array.from([...labels.map((label) => 2 * label), 1]) };
}

const quiet = () => (): void => undefined;

describe('suspectClassPair', () => {
  const n = 600;
  const { mixture, labels } = drawPair(n);
  const weights = new Float64Array(n).fill(1);

  it('is the model of two classes where there are two', () => {
    const found = suspectClassPair(mixture, labels, weights, 2, quiet);
    const model = fitTwoClassNoise(mixture, labels, weights);
    expect(found).toMatchObject(suspectTwoClasses(mixture, labels, model));
    expect(found?.transitions).toEqual(model.transitions);
  });

  it('judges two classes as if a third of one row were not there, and that row by the mixture', () => {
    const alone = suspectClassPair(mixture, labels, weights, 2, quiet);
    const three = beside(mixture, labels);
    const found = suspectClassPair(three.mixture, three.labels, new Float64Array(n + 1).fill(1), 3, quiet);
    if (alone === null || found === null) throw new Error('There are two classes.');
    let listed = 0;
    for (let i = 0; i < n; i++) {
      expect(found.suspicion[i]).toBeCloseTo(alone.suspicion[i], 3);
      if (Math.abs(alone.suspicion[i] - 0.5) > 0.01) expect(found.suggested[i]).toBe(2 * alone.suggested[i]);
      if (alone.suspicion[i] >= 0.5) listed++;
    }
    expect(listed).toBeGreaterThan(n / 20);
    expect(found.suspicion[n]).toBeCloseTo(0.9, 6);
    expect(found.suggested[n]).toBe(0);
    const { data } = found.transitions;
    expect([...data.subarray(3, 6)]).toEqual([0, 1, 0]);
    expect(data[2]).toBeCloseTo(alone.transitions.data[1], 3);
    expect(data[6] + data[8]).toBeCloseTo(1, 12);
  });

  it('is not for three classes of several rows, nor for one', () => {
    const three = labels.map((label, i) => (i < 2 ? 2 : label));
    const even = new Float32Array(3 * n).fill(1 / 3);
    expect(suspectClassPair(even, three, weights, 3, quiet)).toBeNull();
    expect(
      suspectClassPair(
        even,
        labels.map((_, i) => (i === 0 ? 1 : 2)),
        weights,
        3,
        quiet,
      ),
    ).toBeNull();
  });
});
