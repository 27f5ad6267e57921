import type { FeatureRows } from '../base/featureRows';
import { forEachRowBlock } from '../base/featureRows';
import { gatherRows } from '../base/gatherRows';
import type { FittedModel } from '../influence/fittedModel';
import { createRowSolver, fillClassProbabilities } from '../influence/rows/rowSolver';
import type { NearestRow, RowEvidence } from './sessionTypes';

interface ExplainedHead {
  readonly model: FittedModel;
  /** Those of the dataset, in which distances are measured; the model's may be other coordinates of the same rows. */
  readonly features: FeatureRows;
  /** H⁻¹ of the gradient of the mean validation loss; undefined without validation rows. */
  readonly validationDirection: Float64Array | undefined;
}

interface ExplainOptions {
  readonly row: number;
  readonly suggestedLabel: number;
  /** Nearest rows of each kind. */
  readonly neighbours: number;
  readonly onBlock: () => void;
}

/**
 * The evidence for one row: fitted and out-of-sample probabilities, its effect on the validation loss, the labelled
 * rows nearest to it with the given and with the suggested label. O(n·d + K²d²), one pass over the rows.
 */
export function explainRow(
  { model, features, validationDirection }: ExplainedHead,
  { row, suggestedLabel, neighbours, onBlock }: ExplainOptions,
): RowEvidence {
  const { problem, logits, linalg } = model;
  const { outputs, classes } = problem;
  const given = problem.labels[row];
  const isNumeric = problem.kind === 'ridge';
  const probabilities = new Float64Array(isNumeric ? 0 : classes);
  if (!isNumeric) fillClassProbabilities(problem, logits, row * outputs, probabilities, 0);
  const trained = problem.weights[row] !== 0;
  const labels = isNumeric ? 'any' : [...new Set([given, suggestedLabel])];
  const nearest = nearestByLabel({ model, features }, row, labels, neighbours, onBlock);
  const evidence = {
    row,
    givenLabel: given,
    probabilities,
    nearestGiven: (isNumeric ? nearest.get('any') : given >= 0 && nearest.get(given)) || [],
    nearestSuggested: nearest.get(suggestedLabel) ?? [],
  };
  if (!trained) {
    return {
      ...evidence,
      looProbabilities: probabilities.slice(),
      outOfSample: 'held out',
      valLossIf: null,
      valLossRif: null,
      leverage: null,
    };
  }
  const blocks = linalg.loadRows(gatherRows(problem.features, Int32Array.of(row)));
  const solver = createRowSolver(problem);
  try {
    const weight = Float64Array.of(problem.weights[row]);
    solver.solve(logits, row * outputs, given, model.forms.compute(blocks, weight), 0);
  } finally {
    blocks.dispose();
  }
  const looProbabilities = probabilities.slice();
  if (!isNumeric) fillClassProbabilities(problem, solver.looLogits, 0, looProbabilities, 0);
  const effects = validationDirection && alongDirection(model, validationDirection, row, solver);
  return {
    ...evidence,
    looProbabilities,
    outOfSample: 'leave-one-out',
    valLossIf: effects?.byIf ?? null,
    valLossRif: effects?.byRif ?? null,
    leverage: solver.leverage,
  };
}

function alongDirection(
  { problem }: FittedModel,
  direction: Float64Array,
  row: number,
  solver: { readonly residual: Float64Array; readonly coefficients: Float64Array },
): { readonly byIf: number; readonly byRif: number } {
  const d = problem.features.columns;
  const x = gatherRows(problem.features, Int32Array.of(row)).data;
  let byIf = 0;
  let byRif = 0;
  for (let c = 0; c < problem.outputs; c++) {
    let along = 0;
    for (let j = 0; j < d; j++) along += x[j] * direction[c * d + j];
    byIf += problem.weights[row] * along * solver.residual[c];
    byRif += problem.weights[row] * along * solver.coefficients[c];
  }
  return { byIf, byRif };
}

/**
 * The rows with each of some labels, or with any, nearest to a row, itself left out; ties by row number. One pass,
 * O(n·d).
 */
function nearestByLabel(
  { model: { problem }, features }: Pick<ExplainedHead, 'model' | 'features'>,
  row: number,
  labels: readonly number[] | 'any',
  count: number,
  onBlock: () => void,
): ReadonlyMap<number | 'any', NearestRow[]> {
  const d = features.columns;
  const own = gatherRows(features, Int32Array.of(row)).data;
  const groups = labels === 'any' ? [labels] : labels;
  const found = new Map<number | 'any', { row: number; label: number; distance: number }[]>(
    groups.map((group) => [group, []]),
  );
  forEachRowBlock(features, (block, from, rows) => {
    onBlock();
    for (let at = 0; at < rows; at++) {
      const i = from + at;
      if (i === row) continue;
      const label = problem.labels[i];
      const nearest = found.get(labels === 'any' ? labels : label);
      if (nearest === undefined) continue;
      const limit = nearest.length < count ? Number.POSITIVE_INFINITY : nearest[count - 1].distance;
      let squared = 0;
      for (let j = 0; j < d && squared < limit; j++) {
        const difference = own[j] - block[at * d + j];
        squared += difference * difference;
      }
      if (!(squared < limit)) continue;
      let place = nearest.length < count ? nearest.length : count - 1;
      while (place > 0 && nearest[place - 1].distance > squared) {
        nearest[place] = nearest[place - 1];
        place--;
      }
      nearest[place] = { row: i, label, distance: squared };
    }
  });
  for (const nearest of found.values()) for (const one of nearest) one.distance = Math.sqrt(one.distance);
  return found;
}
