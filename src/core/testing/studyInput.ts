import { splitCodes } from '../base/splitCodes';
import type { HeadInput } from '../head/openHead';
import type { HeadKind } from '../models/headKind';
import { syntheticRows } from './testData';

/** Rows of `studyInput`. */
export const studyRows = 120;

/**
 * For unit tests only: a head to study. Every fifth row validates, row 0 has no label; responses of a ridge head are
 * the labels plus a wave.
 */
export function studyInput(kind: HeadKind): HeadInput {
  const n = studyRows;
  const data = syntheticRows({ rows: n, features: 6, classes: kind === 'softmax' ? 3 : 2, seed: 9, signal: 0.8 });
  const split = Uint8Array.from({ length: n }, (_, row) => (row % 5 === 4 ? splitCodes.validation : splitCodes.train));
  const numbers = Float64Array.from(data.labels, (y, i) => y + 0.2 * Math.cos(i));
  // Unlabelled rows take no part.
  const labels = kind === 'ridge' ? numbers : data.labels.slice();
  labels[0] = kind === 'ridge' ? Number.NaN : -1;
  return { features: data.features, labels, classes: data.classes, split, unpenalised: [5], kind, l2: 1e-2 };
}
