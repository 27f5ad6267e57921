import type { RowRoles } from '../audit/checkInput';
import { checkAuditInput } from '../audit/checkInput';
import { BugError } from '../base/errors';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import type { EditMeasure } from '../influence/removal/editMeasure';
import { createEditMeasure } from '../influence/removal/editMeasure';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import { modelTrust } from '../influence/trust/trustReport';
import type { ModelTrust } from '../influence/trust/trustTypes';
import type { JobContext } from '../job/jobContext';
import { createHeadProblem } from '../models/headProblem';
import { chooseHeadRows } from '../models/rowSpace';
import type { AuditSessionInput } from './sessionTypes';

/** What the answers of a session are made from. */
export interface SessionModel {
  readonly input: AuditSessionInput;
  readonly model: FittedModel;
  readonly roles: RowRoles;
  readonly splits: MeasuredSplits;
  /** undefined: there are no validation rows. */
  readonly measure: EditMeasure | undefined;
  /** Asked in every pass; throws CancelledError. */
  readonly onBlock: () => void;
  /** n×K RIF coefficients and n leverages. Computed at the first call, O(n·d²K²/2), and kept. */
  rowInfluence(): { readonly rifCoefficients: Float64Array; readonly leverage: Float64Array };
  /** With the leverages where they are known. */
  trust(): ModelTrust;
  dispose(): void;
}

/** Rebuilds the factor of H at θ̂: see `openAuditSession`. */
export function openSessionModel(input: AuditSessionInput, context: JobContext): SessionModel {
  const onBlock = (): void => context.signal.throwIfCancelled();
  const roles = checkAuditInput(input, onBlock);
  const model = fittedModelOf(input, roles, context, onBlock);
  const rowsOf = (role: Float64Array): Int32Array => Int32Array.from(role.keys()).filter((row) => role[row] !== 0);
  const splits = { train: rowsOf(roles.train), validation: rowsOf(roles.validation), test: rowsOf(roles.test) };
  const measure = splits.validation.length === 0 ? undefined : createEditMeasure(model, splits.validation, onBlock);
  let influence: { readonly rifCoefficients: Float64Array; readonly leverage: Float64Array } | undefined;
  let trust: ModelTrust | undefined;
  return {
    input,
    model,
    roles,
    splits,
    measure,
    onBlock,
    rowInfluence: () => {
      if (influence === undefined) {
        const { rifCoefficients, leverage } = computePreciseInfluence(model, onBlock, context.log).influence;
        influence = { rifCoefficients, leverage };
        trust = undefined;
      }
      return influence;
    },
    trust: () => (trust ??= modelTrust(model, influence?.leverage ?? input.leverage)),
    dispose: () => {
      measure?.dispose();
      model.problem.rows.dispose();
    },
  };
}

function fittedModelOf(
  input: AuditSessionInput,
  roles: RowRoles,
  context: JobContext,
  onBlock: () => void,
): FittedModel {
  const { labels } = input;
  const { linalg } = context;
  const { features, unpenalised, reduce } = chooseHeadRows(
    { features: input.features, unpenalised: input.unpenalised, weights: roles.train },
    { ...context, rowSpace: input.rowSpace, onBlock },
  );
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
        unpenalised,
        featureCount: input.features.columns,
      },
      linalg,
      onBlock,
    );
    const parameters = problem.outputs * input.features.columns;
    if (input.theta.length !== parameters) {
      throw new BugError(`A head of ${parameters} parameters was given ${input.theta.length}.`);
    }
    const model = createFittedModel(problem, reduce(input.theta), linalg, onBlock);
    context.log(`precision of the session: ${model.precision.description}`);
    return model;
  } catch (error) {
    rows.dispose();
    throw error;
  }
}
