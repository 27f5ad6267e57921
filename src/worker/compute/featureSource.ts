import type { FeatureRows } from '../../core/base/featureRows';
import type { Matrix } from '../../core/base/matrix';
import type { NpyRowsReference } from '../store/npyRows';
import { NpyRows } from '../store/npyRows';

/**
 * Features as they cross to the compute thread: a matrix (in shared memory, or it is copied), or the file that holds them, which
 * the thread reads itself. Paths are made by the engine.
 */
export type FeatureSource = Matrix | NpyRowsReference;

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
