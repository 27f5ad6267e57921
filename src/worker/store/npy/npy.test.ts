import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StorageError } from '../../../core/base/errors';
import { temporaryFolders } from '../../datasets/testFiles';
import { readNpy, writeNpy } from './npy';

const folder = temporaryFolders();
const numpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

describe('npy files', () => {
  it('give back every number of every type and shape', async () => {
    const place = folder();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.float64Array({ maxLength: 24 }),
          fc.float32Array({ maxLength: 24 }),
          fc.int32Array({ maxLength: 24 }),
          fc.uint32Array({ maxLength: 24 }),
          fc.uint8Array({ maxLength: 24 }),
        ),
        fc.boolean(),
        async (data, shared) => {
          const shape = data.length % 2 === 0 ? [data.length / 2, 2] : [data.length];
          await writeNpy(join(place, 'a.npy'), { data, shape });
          const found = await readNpy(join(place, 'a.npy'), { shared });
          expect(found.shape).toEqual(shape);
          expect(Object.getPrototypeOf(found.data)).toBe(Object.getPrototypeOf(data));
          expect([...found.data].every((value, k) => Object.is(value, data[k]))).toBe(true);
          expect(found.data.buffer instanceof SharedArrayBuffer).toBe(shared);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
    expect(readdirSync(place)).toEqual(['a.npy']);
  });

  it('writes from shared memory, and more than one block', async () => {
    const data = new Float64Array(new SharedArrayBuffer(8 * 1_300_000)).map((_, k) => k / 3);
    const file = join(folder(), 'big.npy');
    await writeNpy(file, { data, shape: [data.length] });
    const found = await readNpy(file);
    expect(found.data).toHaveLength(data.length);
    expect(found.data.every((value, k) => value === data[k])).toBe(true);
  });

  it.skipIf(!numpy)('are what NumPy reads and writes', async () => {
    const place = folder();
    await writeNpy(join(place, 'a.npy'), { data: Float64Array.of(1.5, -2, 1e300, 0.1, 5, 6), shape: [2, 3] });
    const script =
      'import numpy as n,sys;a=n.load("a.npy");print(a.tolist(),a.dtype);n.save("b.npy",a.astype("float32"));n.save("c.npy",n.arange(4,dtype="int32"))';
    const out = execFileSync('python3', ['-c', script], { cwd: place, encoding: 'utf8' });
    expect(out.trim()).toBe('[[1.5, -2.0, 1e+300], [0.1, 5.0, 6.0]] float64');
    expect((await readNpy(join(place, 'b.npy'))).data).toEqual(Float32Array.of(1.5, -2, Infinity, 0.1, 5, 6));
    expect(await readNpy(join(place, 'c.npy'))).toEqual({ data: Int32Array.of(0, 1, 2, 3), shape: [4] });
  });

  it('are refused when missing, cut short or something else', async () => {
    const file = join(folder(), 'a.npy');
    await expect(readNpy(file)).rejects.toBeInstanceOf(StorageError);
    await writeNpy(file, { data: new Float64Array(100), shape: [100] });
    truncateSync(file, readFileSync(file).length - 1);
    await expect(readNpy(file)).rejects.toThrow(/damaged/);
    writeFileSync(file, 'not an array');
    await expect(readNpy(file)).rejects.toThrow(/damaged/);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'leave nothing on a full disk, and what was there before',
    async () => {
      const disk = join(folder(), 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
      try {
        const file = join(disk, 'a.npy');
        await writeNpy(file, { data: Int32Array.of(7), shape: [1] });
        const attempt = writeNpy(file, { data: new Float64Array(200_000), shape: [200_000] });
        await expect(attempt).rejects.toThrow(/disk that holds .* is full/);
        expect(readdirSync(disk)).toEqual(['a.npy']);
        expect((await readNpy(file)).data).toEqual(Int32Array.of(7));
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );
});
