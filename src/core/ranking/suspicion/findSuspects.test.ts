import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import type { Expert } from './experts';
import { findSuspects } from './findSuspects';
import { fitPoolWeights } from './poolExperts';

const classes = 3;

/** Two experts that are sharp about the truth, and labels of which a share is wrong. */
function noisyRows(n: number, share: number, seed: number) {
  const random = createRandom(seed);
  const truth = Int32Array.from({ length: n }, () => random.integer(classes));
  const labels = truth.map((own) => (random.uniform() < share ? (own + 1 + random.integer(2)) % classes : own));
  const expertOf = (name: Expert['name'], sharpness: number): Expert => {
    const probabilities = new Float32Array(n * classes);
    for (let i = 0; i < n; i++) {
      const z = [0, 1, 2].map((c) => Math.exp(sharpness * (c === truth[i] ? 1 : 0) + random.normal()));
      z.forEach((value, c) => (probabilities[i * classes + c] = value / (z[0] + z[1] + z[2])));
    }
    return { name, probabilities };
  };
  const experts = [expertOf('head', 5), expertOf('neighbours10', 4)];
  return { truth, labels, experts, weights: new Float64Array(n).fill(1) };
}

describe('rows that are set aside', () => {
  it.each([600, 8000])('are the wrong ones, of %i rows', (n) => {
    const { truth, labels, experts, weights } = noisyRows(n, 0.12, 6);
    const aside = findSuspects(experts, labels, weights, classes);
    let set = 0;
    let right = 0;
    let wrong = 0;
    aside.forEach((value, i) => {
      const isWrong = labels[i] !== truth[i];
      wrong += isWrong ? 1 : 0;
      set += value;
      if (value === 1 && isWrong) right++;
    });
    expect(right / set).toBeGreaterThan(0.88);
    expect(right / wrong).toBeGreaterThan(0.8);
    expect(findSuspects(experts, labels, weights, classes)).toEqual(aside);
    const strengths = fitPoolWeights(experts, labels, weights, classes);
    const before = strengths.slice();
    expect(findSuspects(experts, labels, weights, classes, undefined, strengths)).toEqual(aside);
    expect(strengths).toEqual(before);
  });

  it('are hardly any where nothing is wrong', () => {
    const { labels, experts, weights } = noisyRows(2000, 0, 2);
    expect(findSuspects(experts, labels, weights, classes).reduce((a, b) => a + b, 0)).toBeLessThan(10);
  });

  it('are at most 40 % of a class, the most suspicious, and never all of it', () => {
    const n = 900;
    const { truth, labels, experts, weights } = noisyRows(n, 0, 3);
    // Of class 0 all but a fifth are really of class 1; one row alone is called 2.
    for (let i = 0; i < n; i++) labels[i] = truth[i] === 2 ? 1 : truth[i] === 1 && i % 5 !== 0 ? 0 : truth[i];
    const last = truth.findIndex((own) => own === 0);
    labels[last] = 2;
    const aside = findSuspects(experts, labels, weights, classes);
    const sizes = [0, 1, 2].map((c) => labels.filter((label) => label === c).length);
    const taken = [0, 1, 2].map((c) => aside.filter((value, i) => value === 1 && labels[i] === c).length);
    taken.forEach((count, c) => expect(count).toBeLessThanOrEqual(Math.floor(0.4 * sizes[c])));
    expect(Math.max(...taken.map((count, c) => count / sizes[c]))).toBeGreaterThan(0.35);
    expect(aside[last]).toBe(0);
  });

  it('are rows of weight only, and do not depend on the others', () => {
    const { labels, experts, weights } = noisyRows(800, 0.15, 4);
    const half = weights.map((_, i) => (i < 400 ? 1 : 0));
    const scrambled = labels.map((label, i) => (i < 400 ? label : i % 3 === 0 ? -1 : (label + 1) % classes));
    const aside = findSuspects(experts, scrambled, half, classes);
    expect(aside.slice(400).every((value) => value === 0)).toBe(true);
    expect(aside.slice(0, 400).some((value) => value === 1)).toBe(true);
    expect(findSuspects(experts, labels, half, classes)).toEqual(aside);
  });

  it('are found by one expert alone', () => {
    const { truth, labels, experts, weights } = noisyRows(600, 0.1, 5);
    const aside = findSuspects(experts.slice(0, 1), labels, weights, classes);
    const right = aside.filter((value, i) => value === 1 && labels[i] !== truth[i]).length;
    expect(right).toBeGreaterThan(40);
  });
});
