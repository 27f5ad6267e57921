import type { Matrix } from '../base/matrix';
import { computeAttribution } from '../influence/attributions/computeAttribution';
import type { Effects } from '../influence/effects/computeEffects';
import { computeEffects } from '../influence/effects/computeEffects';
import { computeEvaluatedEffects, computeEvaluatedEffectsOf } from '../influence/effects/evaluatedEffects';
import type { EffectMethod } from '../influence/effects/removalCoefficients';
import type { FittedModel } from '../influence/fittedModel';
import { createInverseHessian } from '../influence/ihvp/createInverseHessian';
import type { PreparedMeasurement } from '../influence/measurements/measurement';
import { isRowMeasurement } from '../influence/measurements/measurement';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { prepareMeasurements } from '../influence/measurements/prepareMeasurements';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import type { RowInfluence } from '../influence/rows/rowInfluence';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { OnBlock } from '../linalg/linearAlgebra';
import type { OriginalFeatures } from './featureInverse';
import { createFeatureInverse, isFeatureMethod } from './featureInverse';
import type { InfluenceAnswer, InfluenceColumn, InfluenceQuestion } from './influenceQuestion';

/** The model that is asked, and the features it stands for where its own are other coordinates of the same rows. */
interface StudiedModel {
  readonly model: FittedModel;
  readonly original?: OriginalFeatures | undefined;
}

/**
 * Effects of all training rows on all measurements, by each method and attribution. Cost: that of `computeEffects`;
 * evaluated mean losses and accuracies cost a solve and a measurement for every row. Reports the stage `effects`.
 */
export function answerInfluence(
  head: StudiedModel,
  splits: MeasuredSplits,
  question: InfluenceQuestion,
  context: Pick<JobContext, 'signal' | 'progress'>,
): InfluenceAnswer {
  const { model } = head;
  const progress = new StageProgress(studyStages.influence, context);
  progress.begin(0, 0.1, 'measurements');
  const prepared = prepareMeasurements(model, question.measurements, splits, progress.onBlock);
  const found: Findings = { rows: splits.train, columns: [], notes: [] };
  let solving: ReturnType<typeof withInverse> | undefined;
  try {
    solving = withInverse(head, question, progress.onBlock);
    const influence = rowInfluenceFor(model, question, progress, found);
    progress.begin(0.4, 0.7, question.methods.join(', '));
    addEffects(solving.model, splits, question, prepared, influence, progress, found);
    if (influence !== undefined) addRowFigures(model, question, influence, found);
    addAttributions(model, question, prepared, progress, found);
    progress.finish();
    return found;
  } finally {
    solving?.dispose();
    for (const measurement of prepared) measurement.dispose();
  }
}

/** The answer while it is put together. */
interface Findings {
  readonly rows: Int32Array;
  readonly columns: InfluenceColumn[];
  readonly notes: string[];
}

function addColumn({ rows, columns }: Findings, name: string, valueOf: (row: number) => number): void {
  columns.push({ name, values: Float64Array.from(rows, valueOf) });
}

/** Leverages and RIF, where something that was asked for is made from them. */
function rowInfluenceFor(
  model: FittedModel,
  { methods, attributions }: InfluenceQuestion,
  progress: StageProgress,
  { notes }: Findings,
): RowInfluence | undefined {
  if (!methods.includes('rif') && !attributions.includes('self') && !attributions.includes('loo')) return undefined;
  progress.begin(0.1, 0.4, 'leverage');
  const { influence } = computePreciseInfluence(model, progress.onBlock);
  if (influence.unstableRows > 0) {
    notes.push(
      `${influence.unstableRows} rows determine their own prediction within rounding: their rescaled effects are not to be trusted.`,
    );
  }
  return influence;
}

/** What does not depend on a measurement. */
function addRowFigures(
  { forms }: FittedModel,
  { attributions }: InfluenceQuestion,
  { selfIf, selfRif, leverage, looLoss }: RowInfluence,
  found: Findings,
): void {
  if (attributions.includes('self')) {
    addColumn(found, 'self_influence_if', (row) => selfIf[row]);
    addColumn(found, 'self_influence_rif', (row) => selfRif[row]);
  }
  if (attributions.includes('loo')) {
    addColumn(found, 'leverage', (row) => leverage[row]);
    addColumn(found, 'loo_loss', (row) => looLoss[row]);
    if (forms.method !== 'exact') found.notes.push(`leverage, loo_loss: ${forms.description}.`);
  }
}

/** The attributions that the literature compares with, on the measurements that have a gradient. */
function addAttributions(
  model: FittedModel,
  { attributions, seed }: InfluenceQuestion,
  prepared: readonly PreparedMeasurement[],
  progress: StageProgress,
  found: Findings,
): void {
  const linear = prepared.filter(({ gradient }) => gradient !== undefined);
  const addMatrix = (effects: Matrix | undefined, suffix: string): void => {
    if (effects === undefined) return;
    linear.forEach(({ name }, t) =>
      addColumn(found, `${name}_${suffix}`, (row) => effects.data[row * effects.columns + t]),
    );
  };
  const others = attributions.filter((name) => name !== 'self' && name !== 'loo');
  others.forEach((method, at) => {
    progress.begin(0.7 + (0.3 * at) / others.length, 0.7 + (0.3 * (at + 1)) / others.length, method);
    const { effects, standardErrors, remarks } = computeAttribution(model, linear, {
      method,
      seed,
      onBlock: progress.onBlock,
    });
    addMatrix(effects, method);
    addMatrix(standardErrors, `${method}_error`);
    found.notes.push(...remarks.map((remark) => `${method}: ${remark}`));
  });
}

/** The columns of IF and RIF, in the order of the measurements. */
function addEffects(
  model: FittedModel,
  splits: MeasuredSplits,
  { methods, evaluated, ridgeConvention }: InfluenceQuestion,
  prepared: readonly PreparedMeasurement[],
  influence: RowInfluence | undefined,
  { onBlock }: StageProgress,
  out: Findings,
): void {
  if (methods.length === 0) return;
  const options = { methods, influence, ridgeConvention, onBlock };
  const wayOf = (measurement: PreparedMeasurement): 'linear' | 'row' | 'set' => {
    if (!evaluated && measurement.gradient !== undefined) return 'linear';
    return isRowMeasurement(measurement.measurement) ? 'row' : 'set';
  };
  const found = new Map<PreparedMeasurement, Partial<Record<EffectMethod, Float64Array>>>();
  for (const way of ['linear', 'row', 'set'] as const) {
    const own = prepared.filter((measurement) => wayOf(measurement) === way);
    if (own.length === 0) continue;
    const effects =
      way === 'linear'
        ? describeResiduals(model, computeEffects(model, own, options), out.notes)
        : way === 'row'
          ? computeEvaluatedEffects(model, own, options)
          : computeEvaluatedEffectsOf(model, own, splits.train, options);
    // Effects of chosen rows stand at their place among them, others at the row's number.
    const columnOf = (matrix: Matrix | undefined, t: number): Float64Array | undefined =>
      matrix &&
      Float64Array.from(splits.train, (row, place) => matrix.data[(way === 'set' ? place : row) * matrix.columns + t]);
    own.forEach((measurement, t) => {
      const [byIf, byRif] = [columnOf(effects.byIf, t), columnOf(effects.byRif, t)];
      found.set(measurement, {
        ...(byIf === undefined ? {} : { if: byIf }),
        ...(byRif === undefined ? {} : { rif: byRif }),
      });
    });
  }
  for (const measurement of prepared) {
    for (const method of methods) {
      const values = found.get(measurement)?.[method];
      if (values !== undefined) out.columns.push({ name: `${measurement.name}_${method}`, values });
    }
  }
}

/** The model with the inverse that was asked for. */
function withInverse(
  { model, original }: StudiedModel,
  { ihvp, seed }: InfluenceQuestion,
  onBlock: OnBlock,
): { readonly model: FittedModel; readonly dispose: () => void } {
  if (ihvp === undefined) return { model, dispose: () => undefined };
  const { method, ...asked } = ihvp;
  const options = { ...asked, seed, onBlock };
  if (original !== undefined && isFeatureMethod(method)) {
    const { inverse, dispose } = createFeatureInverse(method, model, original, options);
    return { model: { ...model, inverse }, dispose };
  }
  const { problem, linalg, logits } = model;
  const inverse = createInverseHessian(method, { problem, linalg, logits }, options);
  return { model: { ...model, inverse }, dispose: () => undefined };
}

function describeResiduals(model: FittedModel, effects: Effects, notes: string[]): Effects {
  const { residuals } = effects;
  if (residuals !== undefined) {
    const worst = residuals.reduce((most, value) => (value > most ? value : most), 0);
    notes.push(`H⁻¹ by ${model.inverse.description}: relative residual at most ${worst.toExponential(1)}.`);
  }
  return effects;
}
