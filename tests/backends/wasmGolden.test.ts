import { createWasmLinearAlgebra } from '../../src/worker/compute/wasm/wasmLinearAlgebra';
import { goldenSuite } from '../golden/goldenSuite';

goldenSuite(() => createWasmLinearAlgebra(), { relative: 1e-4 });
