import type { Matrix } from '../../src/core/base/matrix';
import type { Effects } from '../../src/core/influence/effects/computeEffects';
import { computeEffects } from '../../src/core/influence/effects/computeEffects';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import { prepareMeasurements } from '../../src/core/influence/measurements/prepareMeasurements';
import { computeRowInfluence } from '../../src/core/influence/rows/rowInfluence';
import { createHeadProblem } from '../../src/core/models/headProblem';
import type { StoredArray } from '../../src/worker/store/storeTypes';
import { readLabels, readMatrix, readVector } from './arrays';
import type { AssayTask, TaskInputs } from './task';
import { numberOf, vector } from './task';

/**
 * From θ̂ and λ: Hessian, factor, leverages, effects of all rows on the margins of the validation rows by IF and RIF.
 * As in a dataset, the validation rows are rows of the features that have no weight.
 */
export async function createEffectsTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const { linalg } = backend;
  const train = await readMatrix(data, 'features');
  const validation = await readMatrix(data, 'validation');
  const theta = await readVector(data, 'theta');
  const validationLabels = await readLabels(data, 'validationLabels');
  const features = stacked(train, validation);
  const problem = createHeadProblem(
    {
      kind: 'logistic',
      classes: 2,
      features,
      rows: linalg.loadRows(features),
      labels: joined(await readLabels(data, 'labels'), validationLabels),
      weights: new Float64Array(features.rows).fill(1, 0, train.rows),
      l2: numberOf(settings, 'l2'),
      unpenalised: [],
    },
    linalg,
  );
  const margins = Array.from(validationLabels, (_, at) => ({ kind: 'margin' as const, row: train.rows + at }));
  const none = new Int32Array(0);
  const sets = { train: none, validation: none, test: none };
  let effects: Effects | undefined;
  let leverage: Float64Array | undefined;
  return {
    run() {
      const model = createFittedModel(problem, theta, linalg);
      const influence = computeRowInfluence(model);
      const measurements = prepareMeasurements(model, margins, sets);
      effects = computeEffects(model, measurements, { methods: ['if', 'rif'], influence });
      leverage = influence.leverage;
      for (const measurement of measurements) measurement.dispose();
      return { precision: model.precision.description };
    },
    outputs() {
      if (effects?.byIf === undefined || effects.byRif === undefined || leverage === undefined) return {};
      return {
        if: onLogits(effects.byIf, train.rows, validationLabels),
        rif: onLogits(effects.byRif, train.rows, validationLabels),
        leverage: vector(leverage.subarray(0, train.rows)),
      };
    },
  };
}

/** Rows of two matrices, one below the other. */
export function stacked(above: Matrix, below: Matrix): Matrix {
  const data = new Float64Array(above.data.length + below.data.length);
  data.set(above.data);
  data.set(below.data, above.data.length);
  return { rows: above.rows + below.rows, columns: above.columns, data };
}

export function joined(above: Int32Array, below: Int32Array): Int32Array {
  const labels = new Int32Array(above.length + below.length);
  labels.set(above);
  labels.set(below, above.length);
  return labels;
}

/** The first n rows, on the logits of class 1: a margin is the logit of the row's own class. */
function onLogits({ columns: m, data }: Matrix, n: number, labels: Int32Array): StoredArray {
  const signed = data.slice(0, n * m);
  for (let at = 0; at < signed.length; at++) if (labels[at % m] === 0) signed[at] = -signed[at];
  return { data: signed, shape: [n, m] };
}
