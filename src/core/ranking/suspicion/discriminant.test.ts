import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../base/errors';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import type { DiscriminantRows } from './discriminant';
import { discriminantExpert } from './discriminant';

const linalg = createFloat64LinearAlgebra();
const ignore = (): void => undefined;

/** Three clouds in d dimensions and a constant; a share of the labels is another class. */
function clouds(n: number, d: number, wrongShare: number): DiscriminantRows & { readonly truth: Int32Array } {
  const random = createRandom(5);
  const classes = 3;
  const centres = Float64Array.from({ length: classes * d }, () => 0.4 * random.normal());
  const truth = Int32Array.from({ length: n }, (_, i) => i % classes);
  const data = new Float64Array(n * (d + 1));
  truth.forEach((label, i) => {
    for (let j = 0; j < d; j++) data[i * (d + 1) + j] = centres[label * d + j] + random.normal();
    data[i * (d + 1) + d] = 1;
  });
  const labels = truth.map((label) => (random.uniform() < wrongShare ? (label + 1) % classes : label));
  const features = { rows: n, columns: d + 1, data };
  return { features, unpenalised: [d], labels, classes, kept: new Float64Array(n).fill(1), truth };
}

describe('discriminantExpert', () => {
  it('judges rows as if it had not learnt from them', () => {
    const rows = clouds(150, 6, 0.1);
    const all = discriminantExpert(rows, linalg, ignore).probabilities;
    for (const row of [3, 70, 149]) {
      const without = { ...rows, kept: rows.kept.map((one, i) => (i === row ? 0 : one)) };
      const plain = discriminantExpert(without, linalg, ignore).probabilities;
      // The classes' shares, λ and a of all rows have seen it.
      for (let c = 0; c < 3; c++) expect(Math.abs(plain[row * 3 + c] - all[row * 3 + c])).toBeLessThan(0.02);
    }
  });

  it('learns from no row that is not kept, whatever its label', () => {
    const rows = clouds(120, 5, 0);
    const kept = rows.kept.map((_, i) => (i < 100 ? 1 : 0));
    const some = discriminantExpert({ ...rows, kept }, linalg, ignore).probabilities;
    const labels = rows.labels.map((label, i) => (i < 100 ? label : -1));
    expect(discriminantExpert({ ...rows, kept, labels }, linalg, ignore).probabilities).toEqual(some);
  });

  it('finds the classes of clouds, also where features are as many as rows and labels are wrong', () => {
    const rows = clouds(150, 120, 0.15);
    const { probabilities } = discriminantExpert(rows, linalg, ignore);
    let right = 0;
    rows.truth.forEach((label, i) => {
      const own = probabilities.subarray(3 * i, 3 * i + 3);
      expect(own[0] + own[1] + own[2]).toBeCloseTo(1, 5);
      if (own.indexOf(Math.max(...own)) === label) right++;
    });
    expect(right).toBeGreaterThan(135);
  });

  it('says next to nothing of labels that have nothing to do with the features', () => {
    const random = createRandom(8);
    for (let draw = 0; draw < 5; draw++) {
      const rows = clouds(90, 100, 0);
      const labels = rows.labels.map(() => random.integer(3));
      const { probabilities } = discriminantExpert({ ...rows, labels }, linalg, ignore);
      let gain = 0;
      labels.forEach((label, i) => (gain += Math.log(3 * probabilities[3 * i + label])));
      expect(gain).toBeLessThan(6);
    }
  });

  it('gives a class without rows next to nothing, and refuses too few rows', () => {
    const rows = clouds(60, 4, 0);
    const kept = rows.kept.map((_, i) => (rows.labels[i] === 2 ? 0 : 1));
    const { probabilities } = discriminantExpert({ ...rows, kept }, linalg, ignore);
    for (let i = 0; i < 60; i++) expect(probabilities[3 * i + 2]).toBeLessThan(0.1);
    const few = rows.kept.map((_, i) => (i < 19 ? 1 : 0));
    expect(() => discriminantExpert({ ...rows, kept: few }, linalg, ignore)).toThrow(NumericalError);
  });
});
