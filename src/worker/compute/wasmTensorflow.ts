import type * as TfWasm from '@tensorflow/tfjs-backend-wasm';
import type * as TfCore from '@tensorflow/tfjs-core';
import { dirname, join, sep } from 'node:path';
import { moduleRequire } from './moduleRequire';

/** Products of float32 matrices on the WebAssembly backend of TensorFlow.js. */
export interface WasmTensorflow {
  readonly version: string;
  /** A·B for A m×k and B k×n, row-major. Both as they are: the backend's transposing product is a slow path. */
  multiply(a: Float32Array, b: Float32Array, m: number, k: number, n: number): Float32Array;
  /** Tensors alive: what a test of leaks compares. */
  tensorCount(): number;
}

let loading: Promise<WasmTensorflow> | undefined;

/**
 * Loads the WebAssembly backend, once a thread. Its .wasm files are read from node_modules; nothing comes from the network.
 * @throws Error when the packages are missing or WebAssembly does not start.
 */
export function loadWasmTensorflow(): Promise<WasmTensorflow> {
  loading ??= load();
  return loading;
}

async function load(): Promise<WasmTensorflow> {
  const require = moduleRequire();
  // The types are those of the packages; a plain require keeps them out of the bundle and lets them be missing.
  const core = require('@tensorflow/tfjs-core') as typeof TfCore;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof TfWasm;
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  wasm.setWasmPaths(join(folder, 'dist') + sep);
  const before = processHandlers();
  if (!(await core.setBackend('wasm'))) throw new Error('the WebAssembly backend of TensorFlow.js did not start');
  await core.ready();
  removeHandlersSince(before);
  return {
    version: wasm.version_wasm,
    multiply(a, b, m, k, n) {
      const left = core.tensor2d(a, [m, k]);
      const right = core.tensor2d(b, [k, n]);
      const product = core.matMul(left, right);
      try {
        // tensor2d copies into the backend's memory and dataSync copies out of it.
        return product.dataSync<'float32'>();
      } finally {
        left.dispose();
        right.dispose();
        product.dispose();
      }
    },
    tensorCount: () => core.memory().numTensors,
  };
}

const handlerEvents = ['uncaughtException', 'unhandledRejection'] as const;
type Handlers = ReadonlyMap<string, readonly unknown[]>;

function processHandlers(): Handlers {
  return new Map(handlerEvents.map((event) => [event, process.rawListeners(event)]));
}

/** Emscripten's start-up code installs handlers that would end the process on any stray rejection of ours: take them off. */
function removeHandlersSince(before: Handlers): void {
  for (const event of handlerEvents) {
    for (const handler of process.rawListeners(event)) {
      if (!before.get(event)?.includes(handler)) process.removeListener(event, handler as (...args: unknown[]) => void); // rawListeners types them as Function.
    }
  }
}
