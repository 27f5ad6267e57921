import { BugError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import { countBelow } from '../../core/base/statistics';
import type { ProjectStore } from '../store/projectStore';

/** What is kept of an audit beside the session in the compute thread. */
export interface SessionFacts {
  readonly classes: readonly string[];
  /** One code per row; −1 = unlabelled. */
  readonly labels: Int32Array;
  /** One of `splitCodes` per row. */
  readonly split: Uint8Array;
  readonly validationRows: number;
  /** n×C, out-of-sample class probabilities. */
  readonly classProbabilities: Float32Array;
  readonly parameters: number;
  /**
   * Share of training rows whose removal lowers validation loss by more than a row with this effect; null = no effect
   * known.
   */
  harmShare(valLossRif: number | null): number | null;
}

/** The arrays of an audit's session, as `auditJob` stored them. */
export const sessionArrays = {
  features: 'features',
  labels: 'labels',
  split: 'split',
  theta: 'theta',
  classProbabilities: 'class-probabilities',
  valLossRif: 'val-loss-rif',
} as const;

/** Reads what an audit left in the project. O(n·C) memory. */
export async function readSessionFacts(store: ProjectStore): Promise<SessionFacts> {
  const audit = store.audits.latest;
  if (audit === null) throw new BugError('There is no audit to read.');
  const labels = (await store.audits.readArray(sessionArrays.labels)).data;
  const split = (await store.audits.readArray(sessionArrays.split)).data;
  const classProbabilities = (await store.audits.readArray(sessionArrays.classProbabilities)).data;
  const effects = (await store.audits.readArray(sessionArrays.valLossRif)).data;
  if (
    !(labels instanceof Int32Array) ||
    !(split instanceof Uint8Array) ||
    !(classProbabilities instanceof Float32Array) ||
    !(effects instanceof Float64Array)
  ) {
    throw new BugError('The arrays of this audit are not of the kind they were written in.');
  }
  const sorted = effects.filter((value) => !Number.isNaN(value)).sort();
  return {
    classes: audit.classes,
    labels,
    split,
    validationRows: labels.reduce(
      (sum, label, row) => sum + (label >= 0 && split[row] === splitCodes.validation ? 1 : 0),
      0,
    ),
    classProbabilities,
    parameters: audit.summary.head.parameters,
    harmShare: (value) => (value === null || sorted.length === 0 ? null : countBelow(sorted, value) / sorted.length),
  };
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
