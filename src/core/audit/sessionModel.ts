import { BugError } from '../base/errors';
import type { JobContext } from '../base/jobContext';
import type { EditMeasure } from '../influence/editEffect';
import { createEditMeasure } from '../influence/editEffect';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { computeRowInfluence } from '../influence/rowInfluence';
import type { ModelTrust } from '../influence/trust/trustReport';
import { modelTrust } from '../influence/trust/trustReport';
import { createHeadProblem } from '../models/headProblem';
import type { RowRoles } from './checkInput';
import { checkAuditInput } from './checkInput';
import type { AuditSessionInput } from './sessionTypes';

/** Above this condition estimate a session leaves a single-precision backend for float64: 3e-8·cond would pass 1e-5. */
const largestSingleCondition = 300;

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
        const { rifCoefficients, leverage } = computeRowInfluence(model, onBlock);
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
  const model = open(context.linalg);
  if (context.linalg.precision === 'float64' || model.conditionEstimate <= largestSingleCondition) return model;
  model.problem.rows.dispose();
  context.log('the session computes in float64: the head is too ill-conditioned for single precision');
  return open(context.linalg.inFloat64);
}
