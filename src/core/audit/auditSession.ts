import { BugError, InputError } from '../base/errors';
import type { JobContext } from '../base/jobContext';
import type { MeasuredRows } from '../influence/editEffect';
import { gatherMeasuredRows, measureEffect } from '../influence/editEffect';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel, solveHessian } from '../influence/fittedModel';
import { computeRemovalChange } from '../influence/removalChange';
import { estimateRelabelChange } from '../influence/unlearning/relabelChange';
import { columnsAsParameters, fillResidual } from '../models/evaluateHead';
import { createHeadProblem } from '../models/headProblem';
import { retrain } from '../validation/retrain';
import { checkAuditInput } from './checkInput';
import { explainRow } from './explainRow';
import type { AuditSession, AuditSessionInput, EditEffect } from './sessionTypes';

/** Above this condition estimate a session leaves a single-precision backend for float64: 3e-8·cond would pass 1e-5. */
const largestSingleCondition = 300;

/**
 * Rebuilds the factor of H at θ̂ (one Hessian, one factorisation, one inverse) and answers questions from it. Reports no stage of its
 * own; `context.signal` is asked in every pass. Memory: 4p² numbers, n·K logits and a copy of the validation rows.
 * @throws InputError, NumericalError, CancelledError
 */
export function openAuditSession(input: AuditSessionInput, context: JobContext): AuditSession {
  const onBlock = (): void => context.signal.throwIfCancelled();
  const roles = checkAuditInput(input, onBlock);
  const { features, labels } = input;
  const open = (linalg: JobContext['linalg']): FittedModel => {
    const rows = linalg.loadRows(features);
    try {
      const problem = createHeadProblem(
        {
          kind: input.kind,
          classes: input.classes,
          features,
          rows,
          labels,
          weights: roles.train,
          l2: input.l2,
          unpenalised: input.unpenalised,
        },
        linalg,
        onBlock,
      );
      if (input.theta.length !== problem.parameters) {
        throw new BugError(`A head of ${problem.parameters} parameters was given ${input.theta.length}.`);
      }
      return createFittedModel(problem, input.theta, linalg, onBlock);
    } catch (error) {
      rows.dispose();
      throw error;
    }
  };
  let model = open(context.linalg);
  if (context.linalg.precision === 'float32' && model.conditionEstimate > largestSingleCondition) {
    model.problem.rows.dispose();
    context.log('the session computes in float64: the head is too ill-conditioned for single precision');
    model = open(context.linalg.inFloat64);
  }
  const { problem, linalg, theta } = model;
  const validationRows = Int32Array.from(labels.keys()).filter((row) => roles.validation[row] !== 0);
  const measured: MeasuredRows | undefined =
    validationRows.length === 0
      ? undefined
      : gatherMeasuredRows(features, labels, theta, problem.outputs, validationRows, linalg);
  const validationDirection = measured && directionOf(model, measured);

  /** Splits what was asked for into distinct training rows and the number of other rows. */
  const trainingRows = (rows: Int32Array): { readonly train: Int32Array; readonly others: number } => {
    const distinct = Int32Array.from(new Set(rows)).sort();
    for (const row of distinct) {
      if (!(row >= 0 && row < features.rows))
        throw new InputError(`There is no row ${row}; the rows are 0 to ${features.rows - 1}.`);
    }
    const train = distinct.filter((row) => roles.train[row] !== 0);
    return { train, others: distinct.length - train.length };
  };

  const effectOf = (
    method: EditEffect['method'],
    change: Float64Array,
    facts: Pick<EditEffect, 'trainRows' | 'otherRows' | 'maxLeverage' | 'relativeGradientNorm'>,
  ): EditEffect => ({
    method,
    ...facts,
    parameterChange: change,
    parameterChangeNorm: Math.sqrt(change.reduce((sum, value) => sum + value * value, 0)),
    ...(measured === undefined
      ? { validation: null, validationMissing: 'There are no validation rows to measure the effect on.' }
      : { validation: measureEffect(problem, measured, change, linalg) }),
  });

  return {
    parameters: problem.parameters,

    estimateRemovalEffect({ rows, method, ridgeConvention }) {
      const { train, others } = trainingRows(rows);
      const { change, maxLeverage } = computeRemovalChange(model, train, { method, ridgeConvention });
      return effectOf(method, change, { trainRows: train.length, otherRows: others, maxLeverage });
    },

    estimateRelabelEffect({ rows, labels: newLabels }) {
      if (rows.length !== newLabels.length) throw new BugError('As many labels as rows are needed.');
      const edited = labels.slice();
      rows.forEach((row, at) => {
        const label = newLabels[at];
        if (!(label >= 0 && label < input.classes)) throw new BugError(`There is no class ${label}.`);
        if (roles.train[row] !== 0) edited[row] = label;
      });
      const { train, others } = trainingRows(rows);
      const newOnes = train.map((row) => edited[row]);
      const refined = estimateRelabelChange(model, train, newOnes, onBlock);
      const { maxLeverage } = computeRemovalChange(model, train, { method: 'if' });
      return effectOf('relabel', refined.change, {
        trainRows: train.length,
        otherRows: others,
        maxLeverage,
        relativeGradientNorm: refined.relativeGradientNorm,
      });
    },

    retrainWithout({ rows, ridgeConvention }) {
      const { train, others } = trainingRows(rows);
      if (train.length === roles.trainRows) throw new InputError('Nothing would be left to train on.');
      const { change, maxLeverage } = computeRemovalChange(model, train, { method: 'rif', ridgeConvention });
      const truth = retrain(model, {
        removed: train,
        ridgeConvention,
        start: theta.map((value, at) => value + change[at]),
        onBlock,
      });
      return effectOf('retrain', truth.change, {
        trainRows: train.length,
        otherRows: others,
        maxLeverage,
        relativeGradientNorm: truth.fit.relativeGradientNorm,
      });
    },

    explainRow({ row, suggestedLabel, neighbours = 5 }) {
      if (!(row >= 0 && row < features.rows))
        throw new InputError(`There is no row ${row}; the rows are 0 to ${features.rows - 1}.`);
      return explainRow(model, validationDirection, labels, { row, suggestedLabel, neighbours, onBlock });
    },

    dispose() {
      measured?.rows.dispose();
      problem.rows.dispose();
    },
  };
}

/** H⁻¹∇f for the mean loss f of the measured rows. */
function directionOf(model: FittedModel, measured: MeasuredRows): Float64Array {
  const { problem, linalg } = model;
  const { outputs } = problem;
  const m = measured.labels.length;
  const residuals = new Float64Array(m * outputs);
  for (let i = 0; i < m; i++) fillResidual(problem, measured.logits, i, measured.labels[i], residuals, i * outputs);
  for (let at = 0; at < residuals.length; at++) residuals[at] /= m;
  const gradient = linalg.transposeMultiply(measured.rows, { rows: m, columns: outputs, data: residuals });
  return solveHessian(model, columnsAsParameters(gradient));
}
