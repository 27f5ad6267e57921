import { afterEach, describe, expect, it } from 'vitest';
import { configureTensorflow } from './tensorflowBinding';

describe.each([
  { name: 'TF_CPU_ALLOCATOR_USE_BFC', ours: '1', other: '0' },
  { name: 'TF_ENABLE_ONEDNN_OPTS', ours: '0', other: '1' },
])('configureTensorflow and $name', ({ name, ours, other }) => {
  const before = process.env[name];

  afterEach(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });

  it(`sets it to ${ours}`, () => {
    delete process.env[name];
    configureTensorflow();
    expect(process.env[name]).toBe(ours);
  });

  it('leaves what somebody has set', () => {
    process.env[name] = other;
    configureTensorflow();
    expect(process.env[name]).toBe(other);
  });
});
