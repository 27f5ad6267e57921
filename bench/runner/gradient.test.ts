import { describe, expect, it } from 'vitest';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { fitHead } from '../../src/core/models/fitting/fitHead';
import { problemOf, syntheticRows } from '../../src/core/testing/testData';
import { relativeGradientNorm } from './gradient';

describe('relativeGradientNorm', () => {
  const data = syntheticRows({ rows: 120, features: 5, classes: 2, seed: 3 });
  const features = { data: data.features.data, shape: [120, 5] };
  const labels = { data: data.labels, shape: [120] };

  it('is 1 at zero, as long as that gradient is not small', () => {
    expect(relativeGradientNorm(features, labels, new Float64Array(5), 0.1)).toBeCloseTo(1, 12);
  });

  it('agrees with finite differences of the objective', () => {
    const theta = Float64Array.of(0.3, -0.2, 0.5, 0.1, -0.4);
    const objective = (at: Float64Array): number => {
      let sum = 0.5 * 120 * 0.1 * at.reduce((total, value) => total + value * value, 0);
      for (let i = 0; i < 120; i++) {
        let z = 0;
        for (let j = 0; j < 5; j++) z += at[j] * data.features.data[5 * i + j];
        sum += Math.log1p(Math.exp(z)) - data.labels[i] * z;
      }
      return sum;
    };
    const slopeAt = (at: Float64Array, j: number): number => {
      const [up, down] = [at.slice(), at.slice()];
      up[j] += 1e-5;
      down[j] -= 1e-5;
      return (objective(up) - objective(down)) / 2e-5;
    };
    const norm = (at: Float64Array): number => Math.hypot(...Array.from(at.keys()).map((j) => slopeAt(at, j)));
    const expected = norm(theta) / norm(new Float64Array(5));
    expect(relativeGradientNorm(features, labels, theta, 0.1)).toBeCloseTo(expected, 7);
  });

  it('is next to nothing at the optimum, and not beside it', () => {
    const linalg = createFloat64LinearAlgebra();
    const problem = problemOf(data, linalg, { kind: 'logistic', l2: 0.1, unpenalised: [] });
    const { theta } = fitHead(problem, linalg).state;
    expect(relativeGradientNorm(features, labels, theta, 0.1)).toBeLessThan(1e-9);
    expect(relativeGradientNorm(features, labels, theta, 0.2)).toBeGreaterThan(1e-3);
  });
});
