import { createFittedModel } from '../../src/core/influence/fittedModel';
import { fitHead } from '../../src/core/models/fitting/fitHead';
import type { HeadProblem } from '../../src/core/models/headProblem';
import { createHeadProblem } from '../../src/core/models/headProblem';
import { verifyRemoval } from '../../src/core/validation/verifyRemoval';
import { median } from '../runner/statistics';
import { readLabels, readMatrix } from './arrays';
import { joined, stacked } from './effects';
import type { AssayTask, TaskInputs } from './task';
import { benchContext, numberOf } from './task';

/** The 1 % of rows with the first numbers are removed: any set costs the same. */
export async function createVerifyTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const { linalg } = backend;
  const train = await readMatrix(data, 'features');
  const features = stacked(train, await readMatrix(data, 'validation'));
  const labels = joined(await readLabels(data, 'labels'), await readLabels(data, 'validationLabels'));
  const rows = linalg.loadRows(features);
  const sets = {
    train: Int32Array.from({ length: train.rows }, (_, i) => i),
    validation: Int32Array.from({ length: features.rows - train.rows }, (_, i) => train.rows + i),
    test: new Int32Array(0),
  };
  const weights = new Float64Array(features.rows).fill(1, 0, train.rows);
  const fit = (): { readonly problem: HeadProblem; readonly theta: Float64Array } => {
    const l2 = numberOf(settings, 'l2');
    const options = { kind: 'logistic', classes: 2, features, rows, labels, weights, l2, unpenalised: [] } as const;
    const problem = createHeadProblem(options, linalg);
    return { problem, theta: fitHead(problem, linalg).state.theta };
  };
  const { problem, theta } = fit();
  const model = createFittedModel(problem, theta, linalg);
  const removed = sets.train.subarray(0, Math.round(numberOf(settings, 'share') * train.rows));
  const verify = () =>
    verifyRemoval(
      model,
      sets,
      { rows: removed, repeats: numberOf(settings, 'repeats'), seed: 1 },
      benchContext(backend),
    );
  return {
    run() {
      const { measurements, retrainError } = verify();
      return {
        retrain_error: retrainError,
        measurements: measurements.map(({ name, predicted, actual }) => ({ name, predicted, actual })),
      };
    },
    outputs: () => ({}),
    more() {
      const fits: number[] = [];
      const verifications: number[] = [];
      for (let pair = 0; pair < numberOf(settings, 'pairs'); pair++) {
        const start = performance.now();
        fit();
        const middle = performance.now();
        verify();
        fits.push((middle - start) / 1000);
        verifications.push((performance.now() - middle) / 1000);
      }
      return {
        cold_fit_s: median(fits),
        verification_s: median(verifications),
        verification_to_cold_fit: median(verifications.map((seconds, pair) => seconds / fits[pair])),
      };
    },
  };
}
