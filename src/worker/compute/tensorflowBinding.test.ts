import { afterEach, describe, expect, it } from 'vitest';
import { configureTensorflow } from './tensorflowBinding';

const name = 'TF_CPU_ALLOCATOR_USE_BFC';
const before = process.env[name];
const versions = process.versions;

function pretendElectron(): void {
  Object.defineProperty(process, 'versions', { value: { ...versions, electron: '22.3.25' }, configurable: true });
}

describe('configureTensorflow', () => {
  afterEach(() => {
    Object.defineProperty(process, 'versions', { value: versions, configurable: true });
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });

  it("gives TensorFlow an allocator of its own in Electron, where malloc is Chromium's, and nowhere else", () => {
    delete process.env[name];
    configureTensorflow();
    expect(process.env[name]).toBeUndefined();
    pretendElectron();
    configureTensorflow();
    expect(process.env[name]).toBe('1');
  });

  it('leaves what somebody has set', () => {
    process.env[name] = '0';
    pretendElectron();
    configureTensorflow();
    expect(process.env[name]).toBe('0');
  });
});
