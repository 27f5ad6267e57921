import type { HeadFit } from '../../src/core/models/fitting/fitHead';
import { fitHead } from '../../src/core/models/fitting/fitHead';
import { createHeadProblem } from '../../src/core/models/headProblem';
import { readLabels, readMatrix } from './arrays';
import type { AssayTask, TaskInputs } from './task';
import { numberOf, vector } from './task';

/** A binary head from zero, as an audit fits it: polishing included. */
export async function createFitTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const { linalg } = backend;
  const features = await readMatrix(data, 'features');
  const labels = await readLabels(data, 'labels');
  const rows = linalg.loadRows(features);
  const weights = new Float64Array(features.rows).fill(1);
  let fit: HeadFit | undefined;
  return {
    run() {
      const problem = createHeadProblem(
        {
          kind: 'logistic',
          classes: 2,
          features,
          rows,
          labels,
          weights,
          l2: numberOf(settings, 'l2'),
          unpenalised: [],
        },
        linalg,
      );
      fit = fitHead(problem, linalg, { tolerance: numberOf(settings, 'tolerance') });
      return { newton_steps: fit.newtonSteps, relative_gradient_norm: fit.relativeGradientNorm };
    },
    outputs: () => (fit === undefined ? {} : { theta: vector(fit.state.theta) }),
  };
}
