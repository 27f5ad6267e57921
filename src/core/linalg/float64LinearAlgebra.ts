import { BugError } from '../base/errors';
import type { LinearAlgebra } from './linearAlgebra';

/** The plain TypeScript backend: float64 throughout. */
export function createFloat64LinearAlgebra(): LinearAlgebra {
  throw new BugError('createFloat64LinearAlgebra is being written.');
}
