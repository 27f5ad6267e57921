import { BugError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import { countBelow } from '../../core/base/statistics';
import type { LabelBeliefs } from '../../core/influence/measurements/measuredLabels';
import type { ValidationLabels } from '../../core/influence/measurements/validationLabels';
import { isLabelled, type RowLabels } from '../../core/models/headKind';
import { measureSpread, type RowSpread } from '../../core/validation/randomSets';
import type { ProjectStore } from '../store/projectStore';
import type { StoredArray } from '../store/storeTypes';

/** What is kept of an audit beside the session in the compute thread. */
export interface SessionFacts {
  /** Empty for numeric labels. */
  readonly classes: readonly string[];
  /** One code per row, −1 = unlabelled; of numeric labels the numbers, NaN = unlabelled. */
  readonly labels: RowLabels;
  /** One of `splitCodes` per row. */
  readonly split: Uint8Array;
  /** One per row, see `HeadInput.rowWeights`; undefined: all weigh the same. */
  readonly rowWeights: Float64Array | undefined;
  readonly validationRows: number;
  /** n×C, out-of-sample class probabilities; nothing for numeric labels. */
  readonly classProbabilities: Float32Array;
  readonly parameters: number;
  /** How the audit took the labels of validation rows. */
  readonly validationLabels: ValidationLabels;
  /** What the audit thinks of the labels; undefined where an earlier version did not keep it. */
  readonly beliefs: LabelBeliefs | undefined;
  /**
   * Share of training rows whose removal lowers validation loss by more than a row with this effect; null = no effect
   * known.
   */
  harmShare(valLossRif: number | null): number | null;
  /** Of the effects of removing single training rows on the validation loss, as the audit took its labels. */
  readonly spread: RowSpread;
}

/** The arrays of an audit's session, as `auditJob` stored them. */
export const sessionArrays = {
  features: 'features',
  labels: 'labels',
  /** Of numeric labels, which have neither class numbers nor probabilities. */
  responses: 'responses',
  split: 'split',
  theta: 'theta',
  classProbabilities: 'class-probabilities',
  valLossRif: 'val-loss-rif',
  suspicion: 'suspicion',
  otherLabels: 'other-labels',
  /** Of an audit in which rows do not all weigh the same. */
  rowWeights: 'row-weights',
} as const;

/** What measuring needs of the judgement on all rows, those of a validation file included. */
export function beliefArrays({ suspicion, others }: LabelBeliefs): Readonly<Record<string, StoredArray>> {
  return {
    [sessionArrays.suspicion]: { data: suspicion, shape: [suspicion.length] },
    [sessionArrays.otherLabels]: { data: others, shape: [others.length] },
  };
}

/** What measuring needs of the rows' weights, where they have any. */
export function weightArrays(weights: Float64Array | undefined): Readonly<Record<string, StoredArray>> {
  return weights === undefined ? {} : { [sessionArrays.rowWeights]: { data: weights, shape: [weights.length] } };
}

/** Reads what an audit left in the project. O(n·C) memory. */
export async function readSessionFacts(store: ProjectStore): Promise<SessionFacts> {
  const audit = store.audits.latest;
  if (audit === null) throw new BugError('There is no audit to read.');
  const isNumeric = audit.classes.length === 0;
  const labels = (await store.audits.readArray(isNumeric ? sessionArrays.responses : sessionArrays.labels)).data;
  const split = (await store.audits.readArray(sessionArrays.split)).data;
  const classProbabilities = isNumeric
    ? new Float32Array(0)
    : (await store.audits.readArray(sessionArrays.classProbabilities)).data;
  const effects = (await store.audits.readArray(sessionArrays.valLossRif)).data;
  if (
    !(labels instanceof Float64Array || labels instanceof Int32Array) ||
    labels instanceof Float64Array !== isNumeric ||
    !(split instanceof Uint8Array) ||
    !(classProbabilities instanceof Float32Array) ||
    !(effects instanceof Float64Array)
  ) {
    throw new BugError('The arrays of this audit are not of the kind they were written in.');
  }
  const rowWeights = await readRowWeights(store, labels);
  const isMeasured = (code: number, row: number): boolean =>
    code === splitCodes.validation && isLabelled(labels, row) && rowWeights?.[row] !== 0;
  const sorted = effects.filter((value) => !Number.isNaN(value)).sort();
  return {
    classes: audit.classes,
    labels,
    split,
    rowWeights,
    validationRows: split.reduce((sum, code, row) => sum + (isMeasured(code, row) ? 1 : 0), 0),
    classProbabilities,
    parameters: audit.summary.head.parameters,
    validationLabels: audit.summary.settings.validationLabels,
    beliefs: await readBeliefs(store, labels),
    harmShare: (value) => (value === null || sorted.length === 0 ? null : countBelow(sorted, value) / sorted.length),
    spread: measureSpread(sorted),
  };
}

async function readBeliefs({ audits }: ProjectStore, labels: RowLabels): Promise<LabelBeliefs | undefined> {
  const { suspicion: suspicionName, otherLabels } = sessionArrays;
  if (audits.latest?.arrayNames.includes(suspicionName) !== true) return undefined;
  const suspicion = (await audits.readArray(suspicionName)).data;
  const others = (await audits.readArray(otherLabels)).data;
  if (
    !(suspicion instanceof Float64Array) ||
    !(others instanceof Float64Array || others instanceof Int32Array) ||
    others instanceof Float64Array !== labels instanceof Float64Array ||
    suspicion.length !== labels.length ||
    others.length !== labels.length
  ) {
    throw new BugError('The arrays of this audit are not of the kind they were written in.');
  }
  return { labels, suspicion, others };
}

async function readRowWeights({ audits }: ProjectStore, labels: RowLabels): Promise<Float64Array | undefined> {
  const { rowWeights } = sessionArrays;
  if (audits.latest?.arrayNames.includes(rowWeights) !== true) return undefined;
  const { data } = await audits.readArray(rowWeights);
  if (data instanceof Float64Array && data.length === labels.length) return data;
  throw new BugError('The weights of this audit are not of the kind they were written in.');
}

/** The `limit` most probable classes of a row, highest first, and after them the given one where it is none of them. */
export function topClasses(
  facts: Pick<SessionFacts, 'classes' | 'labels' | 'classProbabilities'>,
  row: number,
  limit: number,
): { label: string; probability: number }[] {
  const { classes, labels, classProbabilities } = facts;
  const given = classes[labels[row]];
  return classes
    .map((label, index) => ({ label, probability: classProbabilities[row * classes.length + index] }))
    .sort((a, b) => b.probability - a.probability)
    .filter(({ label }, place) => place < limit || label === given);
}
