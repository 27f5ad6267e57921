import { InputError } from '../../core/base/errors';
import { createFloat64LinearAlgebra } from '../../core/linalg/float64LinearAlgebra';
import type { BackendName, LinearAlgebra } from '../../core/linalg/linearAlgebra';
import { createNativeLinearAlgebra } from './native/nativeLinearAlgebra';
import type { Tensorflow } from './native/tensorflowBinding';
import { loadTensorflow } from './native/tensorflowBinding';
import { createWasmLinearAlgebra } from './wasm/wasmLinearAlgebra';

export type RequestedBackend = 'auto' | BackendName;

export interface ChosenBackend {
  readonly linalg: LinearAlgebra;
  /** Native TensorFlow itself, for what goes beyond the LinearAlgebra port; null on the other backends. */
  readonly tensorflow: Tensorflow | null;
  /** Why it is not a better one, in words; '' when it is the best there is or was asked for by name. */
  readonly reason: string;
}

type Candidate = Pick<ChosenBackend, 'linalg' | 'tensorflow'>;
export type BackendFactories = Readonly<Record<BackendName, () => Candidate | Promise<Candidate>>>;

const factories: BackendFactories = {
  native: () => {
    const tensorflow = loadTensorflow();
    return { linalg: createNativeLinearAlgebra(tensorflow), tensorflow };
  },
  wasm: async () => ({ linalg: await createWasmLinearAlgebra(), tensorflow: null }),
  float64: () => ({ linalg: createFloat64LinearAlgebra(), tensorflow: null }),
};

const titles: Readonly<Record<BackendName, string>> = {
  native: 'Native TensorFlow',
  wasm: 'WebAssembly',
  float64: 'Plain TypeScript',
};

/**
 * The backend asked for; `auto` takes the fastest that works here: native, else wasm, else float64.
 * @throws InputError when a backend was asked for by name and cannot be used.
 */
export async function createLinearAlgebra(
  requested: RequestedBackend,
  make: BackendFactories = factories,
): Promise<ChosenBackend> {
  if (requested !== 'auto') {
    try {
      return { ...(await make[requested]()), reason: '' };
    } catch (error) {
      throw new InputError(
        `${titles[requested]} cannot be used here: ${firstLine(error)}. Choose the backend "auto" to compute with what there is.`,
        { details: { backend: requested }, cause: error },
      );
    }
  }
  const reasons: string[] = [];
  for (const name of ['native', 'wasm'] as const) {
    try {
      return { ...(await make[name]()), reason: reasons.join(' ') };
    } catch (error) {
      reasons.push(`${titles[name]} cannot be used: ${firstLine(error)}.`);
    }
  }
  return { ...(await make.float64()), reason: reasons.join(' ') };
}

/** Loader errors list the whole chain of requires: the first line says what is missing. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0].trim().replace(/\.$/, '');
}
