import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { goldenSuite } from './goldenSuite';

goldenSuite(createFloat64LinearAlgebra, { relative: 1e-6 });
