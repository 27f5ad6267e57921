import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../src/core/base/errors';
import { symmetricEigen } from '../../src/core/linalg/symmetricEigen';
import { nativeEigen } from '../../src/worker/compute/native/nativeEigen';
import { loadTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { nativeSkipReason } from './installedTensorflow';
import { positiveDefinite } from './portConformance';

const reason = nativeSkipReason();

describe.skipIf(reason !== undefined)(`eigenvalues by TensorFlow${reason === undefined ? '' : ` (${reason})`}`, () => {
  it('agrees with the plain decomposition, and leaves no tensor behind', () => {
    const tensorflow = loadTensorflow();
    const before = tensorflow.tensorCount();
    const a = positiveDefinite(150, 3);
    // Only the lower triangle counts.
    for (let i = 0; i < 150; i++) for (let j = i + 1; j < 150; j++) a.data[i * 150 + j] = 7;
    const native = nativeEigen(tensorflow, a);
    const plain = symmetricEigen(a);
    expect(tensorflow.tensorCount()).toBe(before);
    for (let k = 0; k < 150; k++) {
      expect(Math.abs(native.values[k] / plain.values[k] - 1)).toBeLessThan(1e-12);
      let inner = 0;
      for (let i = 0; i < 150; i++) inner += native.vectors.data[k * 150 + i] * plain.vectors.data[k * 150 + i];
      expect(Math.abs(Math.abs(inner) - 1)).toBeLessThan(1e-8);
    }
    a.data[150] = Number.NaN;
    expect(() => nativeEigen(tensorflow, a)).toThrow(NumericalError);
  });

  it('is as near as it says in single precision, at any size of the numbers', () => {
    const tensorflow = loadTensorflow();
    const a = positiveDefinite(200, 5);
    const plain = symmetricEigen(a);
    for (const size of [1, 1e60, 1e-60]) {
      const scaled = { ...a, data: a.data.map((value) => size * value) };
      const { values, vectors } = nativeEigen(tensorflow, scaled, undefined, 'float32');
      for (let k = 0; k < 200; k++) {
        expect(Math.abs(values[k] / size - plain.values[k])).toBeLessThan(3e-5 * plain.values[199]);
        const own = vectors.data.subarray(200 * k, 200 * (k + 1));
        const next = vectors.data.subarray(200 * ((k + 1) % 200), 200 * ((k + 1) % 200) + 200);
        const inner = (b: Float64Array): number => own.reduce((sum, value, i) => sum + value * b[i], 0);
        expect(Math.abs(inner(own) - 1)).toBeLessThan(3e-5);
        expect(Math.abs(inner(next))).toBeLessThan(3e-5);
      }
    }
  });
});
