import type { FeatureRows } from '../../core/base/featureRows';
import type { Matrix } from '../../core/base/matrix';
import type { NpyRowsReference } from '../store/npy/npyRows';
import { NpyRows } from '../store/npy/npyRows';

/**
 * Features as they cross to the compute thread: a matrix (in shared memory, or it is copied), or the file that holds
 * them, which the thread reads itself. Paths are made by the engine.
 */
export type FeatureSource = Matrix | NpyRowsReference;

/**
 * Features of up to this many bytes (in float64) are held in memory; larger ones are read from disk in blocks, as often
 * as they are needed. Reading is far from being what a large audit waits for, so the limit is about not getting into
 * the way of other programs: 1 GiB is 174,000 rows of 768 features. The numbers are the same either way.
 */
export const largestMatrixBytes = 2 ** 30;

/** Features in the thread's hands; `close` them when nothing computes with them any more. */
export interface OpenFeatures {
  readonly rows: FeatureRows;
  close(): void;
}

/** @throws StorageError when the file is missing, damaged or not what the reference says. */
export function openFeatures(source: FeatureSource): OpenFeatures {
  if (!('kind' in source)) return { rows: source, close: () => undefined };
  const stored = NpyRows.openReference(source);
  return { rows: stored, close: () => stored.close() };
}
