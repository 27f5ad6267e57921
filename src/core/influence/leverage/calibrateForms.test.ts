import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { fitHead } from '../../models/fitting/fitHead';
import type { SyntheticRows } from '../../testing/testData';
import { problemOf, relativeDistance } from '../../testing/testData';
import { createFittedModel } from '../fittedModel';
import { createKroneckerBasis } from '../ihvp/kroneckerBasis';
import { createKroneckerFactors } from '../ihvp/kroneckerFactors';
import type { RowInfluence } from '../rows/rowInfluence';
import { computeRowInfluence } from '../rows/rowInfluence';
import { calibrateForms } from './calibrateForms';
import type { FormCalibration } from './kroneckerForms';
import { createKroneckerForms } from './kroneckerForms';

const linalg = createFloat64LinearAlgebra();

/** Classes as clusters with a decaying spectrum and some wrong labels, as embeddings have them. */
function clusters(rows: number, d: number, classes: number, seed: number): SyntheticRows {
  const random = createRandom(seed);
  const centres = Float64Array.from({ length: classes * d }, () => random.normal());
  const data = new Float64Array(rows * d);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const own = random.integer(classes);
    for (let j = 0; j < d - 1; j++)
      data[i * d + j] = 0.8 * centres[own * d + j] + random.normal() * Math.sqrt(4 / (j + 1));
    data[i * d + d - 1] = 1;
    labels[i] = random.uniform() < 0.1 ? random.integer(classes) : own;
  }
  return { features: { rows, columns: d, data }, labels, classes };
}

describe('forms by Kronecker factors', () => {
  const problem = problemOf(clusters(400, 30, 6, 4), linalg, { kind: 'softmax', l2: 1e-3 });
  const { theta, logits } = fitHead(problem, linalg).state;
  const products = { problem, linalg, logits };
  const factors = createKroneckerFactors(products, createKroneckerBasis(products), { method: 'ekfac' });
  const calibrated = calibrateForms(products, factors);
  const model = createFittedModel(problem, theta, linalg);
  const exact = computeRowInfluence(model);
  const influenceOf = (calibration: FormCalibration): RowInfluence => {
    const forms = createKroneckerForms(problem, theta, linalg, factors, calibration);
    return computeRowInfluence({ ...model, forms });
  };
  const medianError = (values: Float64Array, truth: Float64Array): number => {
    const errors = values.map((value, i) => Math.abs(value / truth[i] - 1)).sort();
    return errors[errors.length >> 1];
  };

  it('give leverages whose error the calibration lowers and states', () => {
    const { error } = calibrated;
    const before = medianError(influenceOf({ scale: undefined, error: undefined }).leverage, exact.leverage);
    const after = medianError(influenceOf(calibrated).leverage, exact.leverage);
    expect(before).toBeLessThan(0.3);
    expect(after).toBeLessThan(0.65 * before);
    expect(error?.rows).toBe(32);
    // Stated from 32 rows, true over all.
    for (const [stated, actual] of [
      [error?.median, after],
      [error?.uncalibratedMedian, before],
    ] as const) {
      expect(stated).toBeGreaterThan(0.5 * actual);
      expect(stated).toBeLessThan(2 * actual);
    }
    expect(error?.worst).toBeGreaterThan(error?.median ?? Number.POSITIVE_INFINITY);
  });

  it('give leave-one-out losses and self-influences near the exact ones', () => {
    const estimated = influenceOf(calibrated);
    expect(medianError(estimated.looLoss, exact.looLoss)).toBeLessThan(0.02);
    expect(medianError(estimated.selfRif, exact.selfRif)).toBeLessThan(0.15);
    expect(medianError(estimated.selfIf, exact.selfIf)).toBeLessThan(0.1);
    const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum(estimated.looLoss) / sum(exact.looLoss) - 1)).toBeLessThan(0.2);
    expect(Math.abs(sum(estimated.leverage) / sum(exact.leverage) - 1)).toBeLessThan(0.12);
    expect(estimated.unstableRows).toBe(0);
  });

  it('are consistent: by those of H and by those of H without the row', () => {
    const forms = createKroneckerForms(problem, theta, linalg, factors, calibrated);
    const { computeLeftOut: _, ...closed } = forms;
    const through = computeRowInfluence({ ...model, forms });
    const solved = computeRowInfluence({ ...model, forms: closed });
    for (const name of ['leverage', 'selfIf', 'selfRif', 'looLoss', 'rifCoefficients', 'outOfSampleLogits'] as const) {
      expect(relativeDistance(through[name], solved[name])).toBeLessThan(1e-8);
    }
  });

  it('are calibrated the same way every time, by another sample for another seed', () => {
    expect(calibrateForms(products, factors)).toEqual(calibrated);
    expect(calibrateForms(products, factors, { seed: 6 })).not.toEqual(calibrated);
  });

  it('are exact for a logistic head, and say so', () => {
    const binary = problemOf(clusters(200, 8, 2, 2), linalg, { kind: 'logistic', l2: 1e-3 });
    const fit = fitHead(binary, linalg).state;
    const own = { problem: binary, linalg, logits: fit.logits };
    const ownFactors = createKroneckerFactors(own, createKroneckerBasis(own), { method: 'ekfac' });
    const calibration = calibrateForms(own, ownFactors);
    expect(calibration.scale).toBeUndefined();
    expect(calibration.error?.worst).toBeLessThan(1e-3);
    const truth = createFittedModel(binary, fit.theta, linalg);
    const forms = createKroneckerForms(binary, fit.theta, linalg, ownFactors, calibration);
    const [expected] = truth.forms.compute(binary.rows, binary.weights);
    forms
      .compute(binary.rows, binary.weights)[0]
      .forEach((value, i) => expect(Math.abs(value / expected[i] - 1)).toBeLessThan(1e-9));
  });
});
