import { describe, expect, it } from 'vitest';
import { createWasmLinearAlgebra } from '../../src/worker/compute/wasm/wasmLinearAlgebra';
import { loadWasmTensorflow } from '../../src/worker/compute/wasm/wasmTensorflow';
import { describeConformance } from './portConformance';

describe('WebAssembly', () => {
  it('leaves no handler of uncaught errors behind', async () => {
    const before = process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException');
    await loadWasmTensorflow();
    expect(process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException')).toBe(before);
  });

  describeConformance('wasm', {
    create: () => createWasmLinearAlgebra(),
    exact: 1e-14,
    fast: 1e-6,
    tensorCount: async () => (await loadWasmTensorflow()).tensorCount(),
  });
});
