import type { FittedModel } from '../../src/core/influence/fittedModel';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import { computeMeanLossEffects, computeRowInfluence } from '../../src/core/influence/rows/rowInfluence';
import { fitHead } from '../../src/core/models/fitting/fitHead';
import { createHeadProblem } from '../../src/core/models/headProblem';
import { median } from '../runner/statistics';
import { readLabels, readMatrix } from './arrays';
import type { AssayTask, TaskInputs } from './task';
import { numberOf } from './task';

/** Relative errors over the training rows. */
interface RowErrors {
  readonly median: number;
  readonly worst: number;
}

/**
 * A softmax head small enough for both: leverages and effects as for a head too large to form H (timed), then the same
 * from H itself, and how far the estimates are off.
 */
export async function createEstimateTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const { linalg } = backend;
  const features = await readMatrix(data, 'features');
  const labels = await readLabels(data, 'labels');
  const every = numberOf(settings, 'validationEvery');
  const validation = Float64Array.from(labels, (_, i) => (i % every === 0 ? 1 : 0));
  const problem = createHeadProblem(
    {
      kind: 'softmax',
      classes: numberOf(settings, 'classes'),
      features,
      rows: linalg.loadRows(features),
      labels,
      weights: validation.map((value) => 1 - value),
      l2: numberOf(settings, 'l2'),
      unpenalised: [],
    },
    linalg,
  );
  const { theta } = fitHead(problem, linalg).state;
  const measure = (model: FittedModel) => {
    const influence = computeRowInfluence(model);
    return { influence, effects: computeMeanLossEffects(model, validation, { labels }, influence.rifCoefficients) };
  };
  let estimated: ReturnType<typeof measure> | undefined;
  return {
    run() {
      const model = createFittedModel(problem, theta, linalg, undefined, { method: 'iterative' });
      estimated = measure(model);
      return { parameters: problem.parameters, stated: model.forms.error ?? null };
    },
    outputs: () => ({}),
    more() {
      if (estimated === undefined) return {};
      const exact = measure(createFittedModel(problem, theta, linalg, undefined, { method: 'exact' }));
      return {
        estimate_errors: {
          leverage: rowErrors(estimated.influence.leverage, exact.influence.leverage),
          leave_one_out_loss: rowErrors(estimated.influence.looLoss, exact.influence.looLoss),
          rif_effects: wholeError(estimated.effects.byRif, exact.effects.byRif),
          if_effects: wholeError(estimated.effects.byIf, exact.effects.byIf),
        },
      };
    },
  };
}

function rowErrors(values: Float64Array, truth: Float64Array): RowErrors {
  const errors: number[] = [];
  truth.forEach((value, i) => {
    if (!Number.isNaN(value)) errors.push(Math.abs(values[i] / value - 1));
  });
  return { median: median(errors), worst: Math.max(...errors) };
}

/** ‖a − b‖/‖b‖ over the training rows. */
function wholeError(values: Float64Array, truth: Float64Array): number {
  let difference = 0;
  let size = 0;
  truth.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    difference += (values[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / size);
}
