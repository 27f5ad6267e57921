import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, truncateSync } from 'node:fs';
import { ftruncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BugError, StorageError } from '../../../core/base/errors';
import { temporaryFolders } from '../../datasets/testFiles';
import { isPartName } from '../files/partFile';
import { readNpy, writeNpy } from './npy';
import { formatNpyHeader, npyTypeNamed } from './npyFormat';
import { NpyRows } from './npyRows';
import { NpyRowsWriter } from './npyWriter';

const folder = temporaryFolders();
const numpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

function numbers(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => Math.fround(Math.sin(k) * 1000));
}

/** Comparing large arrays one by one with `toEqual` takes many seconds. */
function sameBits(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytesOf = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

describe('NpyRows', () => {
  it('reads any range of either type into either type, shared or not', async () => {
    const place = folder();
    await fc.assert(
      fc.asyncProperty(
        fc.record({ rows: fc.integer({ min: 1, max: 60 }), columns: fc.integer({ min: 1, max: 9 }) }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        fc.nat(),
        async ({ rows, columns }, stored64, out64, shared, a, b) => {
          const data = numbers(rows * columns);
          await writeNpy(join(place, 'x.npy'), {
            data: stored64 ? data : Float32Array.from(data),
            shape: [rows, columns],
          });
          const from = a % rows;
          const count = b % (rows - from + 1);
          const bytes = (count * columns + 2) * (out64 ? 8 : 4);
          const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
          const out = (out64 ? new Float64Array(buffer) : new Float32Array(buffer)).fill(-7);
          const stored = NpyRows.open(join(place, 'x.npy'));
          try {
            expect(stored).toMatchObject({ rows, columns, element: stored64 ? 'float64' : 'float32' });
            stored.read(from, count, out);
            expect([...out]).toEqual([...data.subarray(from * columns, (from + count) * columns), -7, -7]);
          } finally {
            stored.close();
          }
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it('reads more than its buffer holds', async () => {
    const file = join(folder(), 'x.npy');
    const data = numbers(3 * 333_337);
    await writeNpy(file, { data: Float32Array.from(data), shape: [333_337, 3] });
    const stored = NpyRows.open(file);
    const out = new Float64Array(data.length);
    stored.read(0, 333_337, out);
    stored.close();
    expect(sameBits(out, data)).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('finds rows beyond 2 GiB and 4 GiB', () => {
    const file = join(folder(), 'sparse.npy');
    const shape = { rows: 700_000, columns: 1000 };
    const header = formatNpyHeader(npyTypeNamed('float64'), [shape.rows, shape.columns]);
    const handle = openSync(file, 'w');
    // Rows that hold the bytes 2³¹ and 2³², and the last one.
    const marked = [0, Math.floor(2 ** 31 / 8000), Math.floor(2 ** 32 / 8000), shape.rows - 1];
    try {
      ftruncateSync(handle, header.length + shape.rows * shape.columns * 8);
      writeSync(handle, header, 0, header.length, 0);
      for (const row of marked) {
        const values = Float64Array.from({ length: 1000 }, (_, k) => row + k / 1000);
        writeSync(handle, new Uint8Array(values.buffer), 0, 8000, header.length + row * 8000);
      }
    } finally {
      closeSync(handle);
    }
    const stored = NpyRows.open(file);
    const out = new Float64Array(3000);
    for (const row of marked) {
      const first = Math.min(Math.max(0, row - 1), shape.rows - 3);
      stored.read(first, 3, out);
      const expected = new Float64Array(3000);
      for (let k = 0; k < 1000; k++) expected[(row - first) * 1000 + k] = row + k / 1000;
      expect(sameBits(out, expected)).toBe(true);
    }
    stored.close();
  });

  it.skipIf(!numpy)('reads what NumPy writes, in versions 1 and 2 of the format', () => {
    const place = folder();
    const script = [
      'import numpy as n',
      'a = n.arange(12, dtype="float32").reshape(4, 3)',
      'n.lib.format.write_array(open("one.npy", "wb"), a, version=(1, 0))',
      'n.lib.format.write_array(open("two.npy", "wb"), a, version=(2, 0))',
      'n.save("fortran.npy", n.asfortranarray(a))',
      'n.save("half.npy", a.astype("float16"))',
    ];
    execFileSync('python3', ['-c', script.join('\n')], { cwd: place });
    for (const name of ['one.npy', 'two.npy']) {
      const stored = NpyRows.open(join(place, name));
      const out = new Float64Array(6);
      stored.read(2, 2, out);
      stored.close();
      expect([...out]).toEqual([6, 7, 8, 9, 10, 11]);
    }
    expect(() => NpyRows.open(join(place, 'fortran.npy'))).toThrow(/column by column/);
    expect(() => NpyRows.open(join(place, 'half.npy'))).toThrow(/type <f2/);
  });

  it('refuses files that are missing, cut short, too long or of another type', async () => {
    const file = join(folder(), 'x.npy');
    const open = (): NpyRows => NpyRows.open(file);
    expect(open).toThrow(StorageError);
    expect(open).toThrow(/is missing/);
    await writeNpy(file, { data: new Float64Array(12), shape: [4, 3] });
    truncateSync(file, 128 + 95);
    expect(open).toThrow(/cut short \(223 bytes instead of 224\)/);
    appendFileSync(file, 'xx');
    expect(open).toThrow(/longer than its header says/);
    for (const text of [
      '',
      'not an array, but long enough',
      '\x93NUMPY\x01\x00\xff\xff{',
      '\x93NUMPY\x09\x00\x10\x00{}',
    ]) {
      writeFileSync(file, text, 'latin1');
      expect(open).toThrow(/damaged/);
    }
    await writeNpy(file, { data: new Int32Array(12), shape: [4, 3] });
    expect(open).toThrow(/float32 or float64 are needed/);
    await writeNpy(file, { data: new Float64Array(12), shape: [12] });
    expect(open).toThrow(/float32 or float64 are needed/);
  });

  it('notices that the file changed under it, but not that another took its name', async () => {
    const file = join(folder(), 'x.npy');
    const out = new Float64Array(12);
    await writeNpy(file, { data: numbers(12), shape: [4, 3] });
    const before = NpyRows.open(file);
    await writeNpy(file, { data: new Float64Array(12), shape: [4, 3] });
    before.read(0, 4, out);
    expect(out).toEqual(numbers(12));
    before.close();

    const stored = NpyRows.open(file);
    stored.read(0, 4, out);
    utimesSync(file, 1, 1);
    expect(() => stored.read(0, 1, out)).toThrow(/was changed while it was in use/);
    truncateSync(file, 130);
    expect(() => stored.read(0, 4, out)).toThrow(StorageError);
    stored.close();
    expect(() => stored.read(0, 1, out)).toThrow(BugError);
    expect(() => NpyRows.openReference({ kind: 'npy', path: file, rows: 4, columns: 3, element: 'float64' })).toThrow(
      /cut short/,
    );
  });

  it('opens a reference only while the file is what it says', async () => {
    const file = join(folder(), 'x.npy');
    await writeNpy(file, { data: numbers(12), shape: [4, 3] });
    const stored = NpyRows.open(file);
    const { reference } = stored;
    stored.close();
    expect(reference).toEqual({ kind: 'npy', path: file, rows: 4, columns: 3, element: 'float64' });
    NpyRows.openReference(reference).close();
    await writeNpy(file, { data: numbers(12), shape: [3, 4] });
    expect(() => NpyRows.openReference(reference)).toThrow(/was changed/);
  });

  it('refuses ranges beyond the rows and arrays too small', async () => {
    const file = join(folder(), 'x.npy');
    await writeNpy(file, { data: numbers(12), shape: [4, 3] });
    const stored = NpyRows.open(file);
    expect(() => stored.read(3, 2, new Float64Array(6))).toThrow(BugError);
    expect(() => stored.read(-1, 1, new Float64Array(6))).toThrow(BugError);
    expect(() => stored.read(0, 3, new Float64Array(8))).toThrow(BugError);
    stored.close();
  });
});

describe('NpyRowsWriter', () => {
  it('writes block by block what is read back, in either type', async () => {
    const place = folder();
    for (const element of ['float64', 'float32'] as const) {
      const file = join(place, `${element}.npy`);
      const data = numbers(700_001 * 2);
      const writer = await NpyRowsWriter.create(file, { rows: 700_001, columns: 2, element });
      await writer.append(data.subarray(0, 2));
      await writer.append(Float32Array.from(data.subarray(2, 8)));
      const shared = new Float64Array(new SharedArrayBuffer(8 * 1_200_000));
      shared.set(data.subarray(8, 1_200_008));
      await writer.append(shared);
      await writer.append(data.subarray(1_200_008));
      expect(existsSync(file)).toBe(false);
      expect(readdirSync(place).filter(isPartName)).toHaveLength(1);
      const reference = await writer.finish();
      expect(reference).toEqual({ kind: 'npy', path: file, rows: 700_001, columns: 2, element });
      NpyRows.openReference(reference).close();
      expect(sameBits(Float64Array.from((await readNpy(file)).data), data)).toBe(true);
      await writer.abort();
      expect(existsSync(file)).toBe(true);
    }
  });

  it('leaves nothing when it is aborted, and what was there before', async () => {
    const place = folder();
    const file = join(place, 'x.npy');
    await writeNpy(file, { data: numbers(4), shape: [2, 2] });
    const writer = await NpyRowsWriter.create(file, { rows: 10, columns: 2, element: 'float64' });
    await writer.append(new Float64Array(6));
    await writer.abort();
    expect(readdirSync(place)).toEqual(['x.npy']);
    expect((await readNpy(file)).data).toEqual(numbers(4));
    await expect(writer.append(new Float64Array(2))).rejects.toBeInstanceOf(BugError);
  });

  it('refuses parts of rows, rows too many and an early end', async () => {
    const place = folder();
    const writer = await NpyRowsWriter.create(join(place, 'x.npy'), { rows: 2, columns: 2, element: 'float64' });
    await expect(writer.append(new Float64Array(3))).rejects.toBeInstanceOf(BugError);
    await expect(writer.append(new Float64Array(6))).rejects.toBeInstanceOf(BugError);
    await expect(writer.finish()).rejects.toThrow(/0 of 2 rows/);
    expect(readdirSync(place)).toEqual([]);
    const nowhere = NpyRowsWriter.create(join(place, 'no', 'x.npy'), { rows: 2, columns: 2, element: 'float64' });
    await expect(nowhere).rejects.toBeInstanceOf(StorageError);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)('leaves nothing on a full disk', async () => {
    const disk = join(folder(), 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      const shape = { rows: 100, columns: 4000, element: 'float64' } as const;
      const writer = await NpyRowsWriter.create(join(disk, 'x.npy'), shape);
      const write = async (): Promise<void> => {
        for (let k = 0; k < 100; k++) await writer.append(new Float64Array(4000));
      };
      await expect(write()).rejects.toThrow(/disk that holds .* is full/);
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
