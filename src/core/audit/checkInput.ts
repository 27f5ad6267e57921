import { BugError, InputError } from '../base/errors';
import { forEachRowBlock, isStored } from '../base/featureRows';
import { splitCodes } from '../base/splitCodes';
import { isAllFinite } from '../base/vectors';
import type { OnBlock } from '../linalg/linearAlgebra';
import { isLabelled, type RowLabels } from '../models/headKind';
import type { AuditInput } from './auditTypes';

/** Which rows do what in an audit. */
export interface RowRoles {
  /** n: 1 for labelled rows of every split, 0 otherwise: those whose labels are judged, and that judge. */
  readonly labelled: Float64Array;
  /** n: the weight of each labelled row in the heads, 0 for others. `labelled` itself where every row weighs 1. */
  readonly weights: Float64Array;
  /** n: the same for the training rows alone; likewise validation and test. */
  readonly train: Float64Array;
  readonly validation: Float64Array;
  readonly test: Float64Array;
  readonly labelledRows: number;
  /** Those of weight 0 are none; likewise below. */
  readonly trainRows: number;
  readonly validationRows: number;
  readonly testRows: number;
  readonly unlabelledRows: number;
}

/**
 * Checks sizes, labels, weights and that every feature is finite. O(n·d).
 * @throws InputError when there is nothing to fit; BugError when arrays do not fit together.
 */
export function checkAuditInput(
  input: Pick<AuditInput, 'features' | 'classes' | 'split' | 'unpenalised' | 'rowWeights'> & {
    readonly labels: RowLabels;
  },
  onBlock?: OnBlock,
): RowRoles {
  const { features, labels, split, rowWeights } = input;
  const n = features.rows;
  const d = features.columns;
  if (labels.length !== n || split.length !== n || (!isStored(features) && features.data.length !== n * d)) {
    throw new BugError(`Features (${n}×${d}), labels (${labels.length}) and split (${split.length}) differ in length.`);
  }
  if (d === 0) throw new InputError('There are no features. Give at least one column a feature role.');
  for (const j of input.unpenalised) if (!(j >= 0 && j < d)) throw new BugError(`There is no feature ${j}.`);
  forEachRowBlock(features, (block, from, count) => {
    const at = isAllFinite(block) ? -1 : block.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const row = from + Math.floor(at / d);
      throw new InputError(`Feature ${(at % d) + 1} of row ${row} is not a finite number.`, {
        details: { row, feature: at % d },
      });
    }
    onBlock?.(from + count, n);
  });
  checkWeights(rowWeights, n);
  const labelled = new Float64Array(n);
  const weights = rowWeights === undefined ? labelled : new Float64Array(n);
  const roles = { train: new Float64Array(n), validation: new Float64Array(n), test: new Float64Array(n) };
  const counts = { train: 0, validation: 0, test: 0, unlabelled: 0 };
  let first = Number.NaN;
  let differ = false;
  for (let i = 0; i < n; i++) {
    const label = labels[i];
    if (!isLabelled(labels, i)) {
      counts.unlabelled++;
      continue;
    }
    checkLabel(input, i);
    const code = split[i];
    const role = code === splitCodes.train ? 'train' : code === splitCodes.validation ? 'validation' : 'test';
    if (role === 'test' && code !== splitCodes.test) throw new BugError(`Row ${i} has split code ${code}.`);
    labelled[i] = 1;
    const weight = rowWeights?.[i] ?? 1;
    if (weight === 0) continue;
    weights[i] = weight;
    roles[role][i] = weight;
    counts[role]++;
    if (role !== 'train') continue;
    if (Number.isNaN(first)) first = label;
    differ ||= label !== first;
  }
  if (counts.train === 0) {
    throw new InputError(
      rowWeights === undefined
        ? 'There are no labelled training rows. Check the label column and the split column.'
        : 'There are no labelled training rows of a weight above 0. Check the label column, the split column and the weights.',
    );
  }
  if (!differ) {
    throw new InputError(
      `All labelled training rows${rowWeights === undefined ? '' : ' of a weight above 0'} have the same label; an audit needs at least two ${labels instanceof Int32Array ? 'classes' : 'numbers'}.`,
    );
  }
  return {
    ...roles,
    labelled,
    weights,
    labelledRows: n - counts.unlabelled,
    trainRows: counts.train,
    validationRows: counts.validation,
    testRows: counts.test,
    unlabelledRows: counts.unlabelled,
  };
}

/** A class number, or a finite number. @throws BugError */
function checkLabel({ labels, classes }: { readonly labels: RowLabels; readonly classes: number }, row: number): void {
  const label = labels[row];
  if (!(labels instanceof Int32Array)) {
    if (!Number.isFinite(label)) throw new BugError(`Row ${row} has the label ${label}, which is not finite.`);
  } else if (!(label >= 0 && label < classes)) {
    throw new BugError(`Row ${row} has label ${label} of ${classes} classes.`);
  }
}

/** @throws BugError */
function checkWeights(weights: Float64Array | undefined, rows: number): void {
  if (weights === undefined) return;
  if (weights.length !== rows) throw new BugError(`${weights.length} weights for ${rows} rows.`);
  const row = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (row >= 0) throw new BugError(`Row ${row} has the weight ${weights[row]}.`);
}
