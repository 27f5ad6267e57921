import { dirname, join, sep } from 'node:path';
import type * as TfWasm from '@tensorflow/tfjs-backend-wasm';
import type * as TfCore from '@tensorflow/tfjs-core';
import { BugError } from '../../../core/base/errors';
import { moduleRequire } from '../../moduleRequire';

/** A float32 matrix in the memory of the WebAssembly backend, row-major. */
export interface WasmMatrix {
  readonly rows: number;
  readonly columns: number;
  dispose(): void;
}

/** Products of float32 matrices on the WebAssembly backend of TensorFlow.js. */
export interface WasmTensorflow {
  readonly version: string;
  /** A copy of `data` in the backend's memory. */
  upload(data: Float32Array, rows: number, columns: number): WasmMatrix;
  /**
   * A·B. Both as they are: the backend's transposing product is a slow path. What it prepares of B is kept with B: use
   * the same one for several products.
   */
  multiply(a: WasmMatrix, b: WasmMatrix): Float32Array;
  /** Tensors alive: what a test of leaks compares. */
  tensorCount(): number;
}

let loading: Promise<WasmTensorflow> | undefined;

/**
 * Loads the WebAssembly backend, once a thread. Its .wasm files are read from node_modules; nothing comes from the
 * network.
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
    upload: (data, rows, columns) => new UploadedMatrix(core.tensor2d(data, [rows, columns])),
    multiply(a, b) {
      const product = core.matMul(tensorOf(a), tensorOf(b));
      try {
        return product.dataSync<'float32'>();
      } finally {
        product.dispose();
      }
    },
    tensorCount: () => core.memory().numTensors,
  };
}

class UploadedMatrix implements WasmMatrix {
  constructor(readonly tensor: TfCore.Tensor2D) {}

  get rows(): number {
    return this.tensor.shape[0];
  }

  get columns(): number {
    return this.tensor.shape[1];
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

function tensorOf(matrix: WasmMatrix): TfCore.Tensor2D {
  if (matrix instanceof UploadedMatrix) return matrix.tensor;
  throw new BugError('This matrix was not uploaded to the WebAssembly backend.');
}

const handlerEvents = ['uncaughtException', 'unhandledRejection'] as const;
type Handlers = ReadonlyMap<string, readonly unknown[]>;

function processHandlers(): Handlers {
  return new Map(handlerEvents.map((event) => [event, process.rawListeners(event)]));
}

/**
 * Emscripten's start-up code installs handlers that would end the process on any stray rejection of ours: take them
 * off.
 */
function removeHandlersSince(before: Handlers): void {
  for (const event of handlerEvents) {
    for (const handler of process.rawListeners(event)) {
      // rawListeners types them as Function.
      if (!before.get(event)?.includes(handler)) process.removeListener(event, handler as (...args: unknown[]) => void);
    }
  }
}
