import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEncoders } from './encoders.mjs';
import { exists } from './files.mjs';
import { findPython } from './pip.mjs';
import { run } from './run.mjs';

let folder;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'assay-encoders-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

describe('findEncoders', () => {
  it('takes the links away where none are wanted', async () => {
    const links = path.join(folder, 'encoders');
    await fs.mkdir(links);
    expect(await findEncoders({ ASSAY_ENCODERS: 'none' }, links)).toMatchObject({ source: 'none' });
    expect(await exists(links)).toBe(false);
  });
});

describe('the converter of EfficientNet-lite0', () => {
  it('runs nothing that a pickle names', async () => {
    const python = await findPython();
    if (!python) return;
    const trap = path.join(folder, 'trap');
    const weights = path.join(folder, 'weights.pth');
    await fs.writeFile(weights, `cos\nmkdir\n(S'${trap}'\ntR.`);
    const script = path.join(import.meta.dirname, 'efficientnet_lite0_to_onnx.py');
    const target = path.join(folder, 'model.onnx');
    await expect(
      run(python[0], [...python.slice(1), script, weights, target], { log: 'encoder-convert-test' }),
    ).rejects.toThrow('os.mkdir is not part of a plain state dict');
    expect(await exists(trap)).toBe(false);
    expect(await exists(target)).toBe(false);
  });
});
