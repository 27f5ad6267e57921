import { norm, relativeDistance } from '../../base/vectors';
import { countOfWeight } from '../../base/weights';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import type { RemovalChange } from '../removal/removalChange';
import { leverageOfRows } from '../removal/removalChange';
import { describeTrust, selfDeterminedLeverage } from './trustSentences';
import type { MethodEffects, MethodGap, ModelTrust, SetTrust, TrustReport } from './trustTypes';

/** `leverage`: of all n rows where it is known (NaN off the training set). O(n). */
export function modelTrust(model: FittedModel, leverage: Float64Array | undefined): ModelTrust {
  const { problem, linalg } = model;
  const trainRows = countOfWeight(problem.weights);
  let effectiveDof = 0;
  let selfDeterminedRows = 0;
  leverage?.forEach((value, row) => {
    if (problem.weights[row] === 0) return;
    effectiveDof += value;
    if (value > selfDeterminedLeverage) selfDeterminedRows++;
  });
  const columns = problem.featureCount ?? problem.features.columns;
  const features = columns - problem.unpenalised.length;
  return {
    trainRows,
    features,
    parameters: problem.outputs * columns,
    featuresPerRow: features / trainRows,
    l2: problem.l2,
    conditionEstimate: model.conditionEstimate,
    precision: linalg.precision,
    precisionChoice: model.precision.description,
    solveError: model.precision.solveError,
    solver: model.inverse.description,
    rescaling: model.forms.description,
    exactLeverages: model.forms.method === 'exact',
    effectiveDof: leverage === undefined ? null : effectiveDof,
    selfDeterminedRows: leverage === undefined ? null : selfDeterminedRows,
  };
}

/** What is known about a set; the parameter changes are Δ by each method. */
interface SetEvidence {
  readonly rows: Int32Array;
  readonly changes: {
    readonly if: RemovalChange;
    readonly rif: RemovalChange;
    readonly newton: RemovalChange | undefined;
  };
  /** The same Δ on a measurement: f(θ̂) and evaluated changes. */
  readonly measured?: { readonly name: string; readonly value: number; readonly effects: MethodEffects } | undefined;
  readonly onBlock?: OnBlock | undefined;
}

/** Below this share of f(θ̂) a change is rounding: relative gaps of it mean nothing. */
const negligibleShare = 1e-9;

/** O(|S|·K²d²/2) for the leverages of the set. */
export function setTrust(model: FittedModel, evidence: SetEvidence): SetTrust {
  const { rows, changes, measured, onBlock } = evidence;
  const leverage = leverageOfRows(model, rows, onBlock);
  const reference = changes.newton ?? changes.rif;
  const parameterGap: MethodGap = {
    if: gapBetween(changes.if.change, reference.change),
    rif: changes.newton === undefined ? null : gapBetween(changes.rif.change, reference.change),
    against: changes.newton === undefined ? 'rif' : 'newton',
  };
  return {
    rows: rows.length,
    share: rows.length / countOfWeight(model.problem.weights),
    maxLeverage: changes.if.maxLeverage,
    selfDeterminedRows: leverage.reduce((count, value) => count + (value > selfDeterminedLeverage ? 1 : 0), 0),
    measurement: measured?.name ?? null,
    effects: measured?.effects ?? null,
    effectGap: measured === undefined ? null : gapOf(measured.effects, measured.value),
    parameterGap,
    residual:
      [changes.newton, changes.rif, changes.if].find((one) => one !== undefined && !Number.isNaN(one.residual))
        ?.residual ?? Number.NaN,
  };
}

function gapOf({ if: byIf, rif, newton }: MethodEffects, value: number): MethodGap | null {
  const reference = newton ?? rif;
  if (!(Math.abs(reference) > negligibleShare * Math.abs(value))) return null;
  const gap = (estimate: number): number => Math.abs(estimate - reference) / Math.abs(reference);
  return newton === null
    ? { if: gap(byIf), rif: null, against: 'rif' }
    : { if: gap(byIf), rif: gap(rif), against: 'newton' };
}

/** Where nothing changes there is no gap. */
function gapBetween(estimate: Float64Array, reference: Float64Array): number {
  return norm(reference) === 0 ? 0 : relativeDistance(estimate, reference);
}

/** The report on a head, or on a set of its rows. */
export function reportTrust(model: ModelTrust, set: SetTrust | null): TrustReport {
  return { model, set, sentences: describeTrust(model, set) };
}
