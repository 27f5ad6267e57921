import type { ValidationEffect } from '../audit/sessionTypes';
import type { FeatureRows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { gatherRows } from '../base/gatherRows';
import type { LinearAlgebra, RowBlocks } from '../linalg/linearAlgebra';
import { fillResidual, lossOfRow, parametersAsColumns } from '../models/evaluateHead';
import type { RowLabels } from '../models/headKind';
import { gatherLabels } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { indexOfLargest } from '../models/rowMath';

/** Labelled rows on which a parameter change is measured (the validation rows), with their logits at θ̂. */
export interface MeasuredRows {
  readonly features: Matrix;
  readonly rows: RowBlocks;
  readonly labels: RowLabels;
  /** m×K at θ̂. */
  readonly logits: Float64Array;
}

/** Copies the rows with the given numbers: m·d numbers. */
export function gatherMeasuredRows(
  features: FeatureRows,
  labels: RowLabels,
  theta: Float64Array,
  outputs: number,
  rowNumbers: Int32Array,
  linalg: LinearAlgebra,
): MeasuredRows {
  const gathered = gatherRows(features, rowNumbers);
  const rows = linalg.loadRows(gathered);
  return {
    features: gathered,
    rows,
    labels: gatherLabels(labels, rowNumbers),
    logits: linalg.multiply(rows, parametersAsColumns(theta, features.columns, outputs)).data,
  };
}

/** Mean loss, accuracy and predictions before and after θ̂ → θ̂ + Δ. One product, O(m·d·K). */
export function measureEffect(
  { kind, outputs }: Pick<HeadProblem, 'kind' | 'outputs'>,
  measured: MeasuredRows,
  change: Float64Array,
  linalg: LinearAlgebra,
): ValidationEffect {
  const { labels, logits } = measured;
  const m = labels.length;
  const moved = linalg.multiply(measured.rows, parametersAsColumns(change, measured.features.columns, outputs)).data;
  const after = logits.map((value, at) => value + moved[at]);
  const head = { kind, outputs, labels };
  const residual = new Float64Array(outputs);
  const counts = { rightBefore: 0, rightAfter: 0, changed: 0, becameRight: 0, becameWrong: 0 };
  let lossBefore = 0;
  let lossChange = 0;
  let linear = 0;
  for (let i = 0; i < m; i++) {
    const before = lossOfRow(head, logits, i);
    lossBefore += before;
    lossChange += lossOfRow(head, after, i) - before;
    fillResidual(head, logits, i, labels[i], residual, 0);
    for (let c = 0; c < outputs; c++) linear += residual[c] * moved[i * outputs + c];
    const predictedBefore = predictedClass(kind, logits, i, outputs);
    const predictedAfter = predictedClass(kind, after, i, outputs);
    const rightBefore = predictedBefore === labels[i];
    const rightAfter = predictedAfter === labels[i];
    if (rightBefore) counts.rightBefore++;
    if (rightAfter) counts.rightAfter++;
    if (predictedBefore !== predictedAfter) counts.changed++;
    if (rightAfter && !rightBefore) counts.becameRight++;
    if (rightBefore && !rightAfter) counts.becameWrong++;
  }
  return {
    rows: m,
    lossBefore: lossBefore / m,
    lossAfter: (lossBefore + lossChange) / m,
    lossChange: lossChange / m,
    lossChangeLinear: linear / m,
    accuracyBefore: counts.rightBefore / m,
    accuracyAfter: counts.rightAfter / m,
    changedPredictions: counts.changed,
    becameRight: counts.becameRight,
    becameWrong: counts.becameWrong,
  };
}

/** NaN, which nothing equals, for the ridge head: it predicts no class. */
function predictedClass(kind: HeadProblem['kind'], logits: Float64Array, row: number, outputs: number): number {
  if (kind === 'ridge') return Number.NaN;
  return kind === 'logistic' ? (logits[row] > 0 ? 1 : 0) : indexOfLargest(logits, row * outputs, outputs);
}
