import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { createFloat64LinearAlgebra } from '../../core/linalg/float64LinearAlgebra';
import type { BackendName, LinearAlgebra } from '../../core/linalg/linearAlgebra';
import type { BackendFactories } from './chooseBackend';
import { createLinearAlgebra } from './chooseBackend';

function named(name: BackendName): { linalg: LinearAlgebra; tensorflow: null } {
  return { linalg: { ...createFloat64LinearAlgebra(), name }, tensorflow: null };
}

function factories(missing: readonly BackendName[]): BackendFactories {
  const make = (name: BackendName) => () => {
    if (missing.includes(name)) throw new Error(`no ${name} here.\nRequire stack:\n- somewhere`);
    return named(name);
  };
  return { native: make('native'), wasm: make('wasm'), float64: make('float64') };
}

describe('createLinearAlgebra', () => {
  it('takes the best that works and says why not a better one', async () => {
    const chosen = await Promise.all(
      [[], ['native'], ['native', 'wasm']].map((missing) =>
        createLinearAlgebra('auto', factories(missing as BackendName[])),
      ),
    );
    expect(chosen.map(({ linalg }) => linalg.name)).toEqual(['native', 'wasm', 'float64']);
    expect(chosen.map(({ reason }) => reason)).toEqual([
      '',
      'Native TensorFlow cannot be used: no native here.',
      'Native TensorFlow cannot be used: no native here. WebAssembly cannot be used: no wasm here.',
    ]);
  });

  it('gives what was asked for by name or says that it cannot be used', async () => {
    expect((await createLinearAlgebra('wasm', factories([]))).linalg.name).toBe('wasm');
    const failure = createLinearAlgebra('native', factories(['native']));
    await expect(failure).rejects.toThrow(InputError);
    await expect(failure).rejects.toThrow('Native TensorFlow cannot be used here: no native here. Choose the backend');
  });

  it('builds the real backends', async () => {
    expect((await createLinearAlgebra('float64')).linalg.description).toMatch(/plain TypeScript/);
    expect((await createLinearAlgebra('wasm')).linalg.description).toMatch(/WebAssembly/);
  });
});
