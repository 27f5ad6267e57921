import type { Matrix } from '../../src/core/base/matrix';
import type { FittedModel } from '../../src/core/influence/fittedModel';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import { computeRowInfluence } from '../../src/core/influence/rowInfluence';
import { ifCoefficients } from '../../src/core/influence/effects/removalCoefficients';
import { createHeadProblem } from '../../src/core/models/headProblem';
import { readLabels, readMatrix, readVector } from './arrays';
import type { AssayTask, TaskInputs } from './task';
import { numberOf, vector } from './task';

/** From θ̂ and λ: Hessian, factor, leverages, effects of all rows on the validation rows' logits by IF and RIF. */
export async function createEffectsTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const { linalg } = backend;
  const features = await readMatrix(data, 'features');
  const validation = await readMatrix(data, 'validation');
  const theta = await readVector(data, 'theta');
  const problem = createHeadProblem(
    {
      kind: 'logistic',
      classes: 2,
      features,
      rows: linalg.loadRows(features),
      labels: await readLabels(data, 'labels'),
      weights: new Float64Array(features.rows).fill(1),
      l2: numberOf(settings, 'l2'),
      unpenalised: [],
    },
    linalg,
  );
  let effects: LogitEffects | undefined;
  return {
    run() {
      const model = createFittedModel(problem, theta, linalg);
      effects = computeLogitEffects(model, validation);
      return { condition_estimate: model.conditionEstimate };
    },
    outputs() {
      if (effects === undefined) return {};
      const shape = [features.rows, validation.rows];
      return {
        if: { data: effects.byIf, shape },
        rif: { data: effects.byRif, shape },
        leverage: vector(effects.leverage),
      };
    },
  };
}

/** n×m, n×m and n. */
interface LogitEffects {
  readonly byIf: Float64Array;
  readonly byRif: Float64Array;
  readonly leverage: Float64Array;
}

/** One pass for the leverages, one for X·H⁻¹x of all validation rows at once. */
function computeLogitEffects(model: FittedModel, validation: Matrix): LogitEffects {
  const { problem, linalg } = model;
  const n = problem.features.rows;
  const m = validation.rows;
  const influence = computeRowInfluence(model);
  const directions = model.inverse.solve(validation).vectors;
  const along = linalg.multiply(problem.rows, transposed(directions)).data;
  const residuals = ifCoefficients(model);
  const byIf = new Float64Array(n * m);
  const byRif = new Float64Array(n * m);
  for (let i = 0, at = 0; i < n; i++) {
    const [r, s] = [residuals[i], influence.rifCoefficients[i]];
    for (const end = at + m; at < end; at++) {
      byIf[at] = r * along[at];
      byRif[at] = s * along[at];
    }
  }
  return { byIf, byRif, leverage: influence.leverage };
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return { rows: columns, columns: rows, data: out };
}
