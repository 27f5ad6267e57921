import { createWasmLinearAlgebra } from '../../src/worker/compute/wasmLinearAlgebra';
import { goldenSuite } from '../golden/goldenSuite';

goldenSuite(() => createWasmLinearAlgebra(), { relative: 1e-4 });
