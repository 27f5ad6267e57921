import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { fitHead } from '../../models/fitting/fitHead';
import { problemOf, relativeDistance } from '../../testing/testData';
import type { FittedModel } from '../fittedModel';
import { createFittedModel } from '../fittedModel';
import { createKroneckerBasis } from '../ihvp/kroneckerBasis';
import { createKroneckerFactors } from '../ihvp/kroneckerFactors';
import { calibrateForms } from '../leverage/calibrateForms';
import { createKroneckerForms } from '../leverage/kroneckerForms';
import { prepareMeasurements } from '../measurements/prepareMeasurements';
import { computeEffects } from './computeEffects';
import { computeRemovalCoefficients, computeRemovalCoefficientsOf } from './removalCoefficients';

const linalg = createFloat64LinearAlgebra();
const n = 1500;
const d = 40;
const classes = 15;

/** 600 parameters; clusters with a decaying spectrum and some wrong labels, as embeddings have them. */
function largeHead(): FittedModel {
  const random = createRandom(8);
  const centres = Float64Array.from({ length: classes * d }, () => random.normal());
  const data = new Float64Array(n * d);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const own = random.integer(classes);
    for (let j = 0; j < d; j++) {
      data[i * d + j] = j === d - 1 ? 1 : 0.8 * centres[own * d + j] + random.normal() * Math.sqrt(4 / (j + 1));
    }
    labels[i] = random.uniform() < 0.1 ? random.integer(classes) : own;
  }
  const weights = Float64Array.from({ length: n }, (_, i) => (i % 7 === 6 ? 0 : 1));
  const rows = { features: { rows: n, columns: d, data }, labels, classes };
  const problem = problemOf(rows, linalg, { kind: 'softmax', l2: 1e-3, weights });
  return createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
}

describe('RIF coefficients of a head too large to invert H', () => {
  const exact = largeHead();
  const { problem, theta, logits } = exact;
  const products = { problem, linalg, logits };
  const factors = createKroneckerFactors(products, createKroneckerBasis(products), { method: 'ekfac' });
  const forms = createKroneckerForms(problem, theta, linalg, factors, calibrateForms(products, factors));
  const refuse = (): never => {
    throw new Error('Forms of H were asked for.');
  };
  /** Its forms of H itself are not to be needed. */
  const leftOut: FittedModel = { ...exact, forms: { ...forms, compute: refuse } };
  const { computeLeftOut: _, ...closedForms } = forms;
  const closed: FittedModel = { ...exact, forms: closedForms };
  const rows = Int32Array.of(0, 3, 200, 450, 698);

  it.each(['fixed', 'mean'] as const)('need no forms of H, and are those that these give (%s)', (ridgeConvention) => {
    const options = { method: 'rif', ridgeConvention } as const;
    const all = computeRemovalCoefficients(leftOut, options).coefficients;
    expect(relativeDistance(all, computeRemovalCoefficients(closed, options).coefficients)).toBeLessThan(1e-8);
    const some = computeRemovalCoefficientsOf(leftOut, rows, options).coefficients;
    expect(some).toHaveLength(rows.length * classes);
    rows.forEach((row, s) => {
      const own = all.subarray(row * classes, (row + 1) * classes);
      expect(relativeDistance(some.slice(s * classes, (s + 1) * classes), own.slice())).toBeLessThan(1e-10);
    });
  });

  it.each(['fixed', 'mean'] as const)('give effects near the exact ones, nearer than IF (%s)', (ridgeConvention) => {
    const train = Int32Array.from(Array.from({ length: n }, (_, i) => i).filter((i) => problem.weights[i] !== 0));
    const held = Int32Array.from(Array.from({ length: n }, (_, i) => i).filter((i) => problem.weights[i] === 0));
    const sets = { train, validation: held, test: new Int32Array(0) };
    const prepared = prepareMeasurements(exact, [{ kind: 'meanLoss', rows: 'validation' }], sets);
    const methods = ['if', 'rif'] as const;
    const truth = computeEffects(exact, prepared, { methods, ridgeConvention });
    const estimate = computeEffects(leftOut, prepared, { methods, ridgeConvention });
    const of = (data: Float64Array | undefined): Float64Array =>
      Float64Array.from(train, (row) => data?.[row] ?? Number.NaN);
    const byRif = of(truth.byRif?.data);
    const error = relativeDistance(of(estimate.byRif?.data), byRif);
    expect(error).toBeLessThan(0.1);
    expect(error).toBeLessThan(0.25 * relativeDistance(of(truth.byIf?.data), byRif));
  });
});
