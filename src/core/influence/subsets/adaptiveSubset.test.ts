import { expect, it } from 'vitest';
import { fittedHead } from '../../testing/fittedHeads';
import { computeRowInfluence } from '../rows/rowInfluence';
import { findAdaptiveSubset } from './adaptiveSubset';
import { predictRow } from './rowPrediction';
import { logitDifferenceTarget } from './setTarget';

it('computes H anew where the rows that leave have more curvature by now than H has of them', () => {
  const model = fittedHead({ kind: 'logistic', rows: 120, features: 8, seed: 1, l2: 1e-3, signal: 1 });
  const { rifCoefficients } = computeRowInfluence(model);
  const { predicted, runnerUp } = predictRow(model, 9);
  const target = logitDifferenceTarget(model, 9, predicted, runnerUp);
  const options = { size: 60, direction: 'lower', rifCoefficients } as const;
  // None of these refits is due.
  const { rows, effects, refits } = findAdaptiveSubset(model, target, { ...options, refitEvery: 1000 });
  expect(refits).toBeGreaterThan(0);
  expect(new Set(rows).size).toBe(60);
  expect(effects.every(Number.isFinite)).toBe(true);
});
