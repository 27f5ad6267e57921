import { afterEach, describe, expect, it } from 'vitest';
import { configureTensorflow } from './tensorflowBinding';

const name = 'TF_CPU_ALLOCATOR_USE_BFC';
const before = process.env[name];

describe('configureTensorflow', () => {
  afterEach(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });

  it('gives TensorFlow an allocator of its own', () => {
    delete process.env[name];
    configureTensorflow();
    expect(process.env[name]).toBe('1');
  });

  it('leaves what somebody has set', () => {
    process.env[name] = '0';
    configureTensorflow();
    expect(process.env[name]).toBe('0');
  });
});
