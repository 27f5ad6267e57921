import { expect, it } from 'vitest';
import { gatherRows } from '../base/gatherRows';
import { predictRow } from '../influence/subsets/rowPrediction';
import { fitTestModel } from '../testing/fittedModel';
import { featureContributions } from './featureContributions';

it.each(['logistic', 'softmax'] as const)('what features add sums to the margin of a %s head', (kind) => {
  const { model } = fitTestModel({ kind, rows: 80, features: 5, l2: 0.02, seed: 4 });
  const none = new Float64Array(model.problem.parameters);
  for (const row of [0, 17, 90]) {
    const x = gatherRows(model.problem.features, Int32Array.of(row)).data;
    const { predicted, runnerUp, differenceAt } = predictRow(model, row);
    for (const [a, b] of [
      [predicted, runnerUp],
      [runnerUp, predicted],
    ]) {
      const adds = featureContributions({ kind, theta: model.theta }, x, a, b);
      expect(adds.reduce((sum, one) => sum + one, 0)).toBeCloseTo(differenceAt(none, a, b), 12);
    }
  }
});
