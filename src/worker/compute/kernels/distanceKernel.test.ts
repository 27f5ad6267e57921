import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { squaredDistance } from '../../../core/ranking/neighbours/squaredDistance';
import { createDistanceKernel } from './distanceKernel';

describe.each(['float32', 'float64'] as const)('createDistanceKernel, %s', (element) => {
  it('gives the bits of squaredDistance, whatever the columns and the limit', () => {
    const random = createRandom(5);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const measure = createDistanceKernel(element, memory);
    const size = element === 'float32' ? 4 : 8;
    const numbers =
      element === 'float32' ? new Float32Array(memory.buffer, 16, 700) : new Float64Array(memory.buffer, 16, 700);
    for (let at = 0; at < numbers.length; at++) numbers[at] = random.normal();
    for (const d of [1, 3, 4, 7, 8, 31, 32, 33, 64, 77, 300]) {
      for (const limit of [Infinity, 2 * d, 0.5 * d, 0]) {
        const expected = squaredDistance(numbers, 5, numbers, 333, d, limit);
        expect(measure(16 + 5 * size, 16 + 333 * size, d, limit)).toBe(expected);
      }
    }
    expect(measure(16, 16, 90, Infinity)).toBe(0);
  });
});
