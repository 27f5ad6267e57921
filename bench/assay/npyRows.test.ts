import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageError } from '../../src/core/base/errors';
import { writeNpy } from '../../src/worker/store/npy';
import { openNpyRows } from './npyRows';

describe('openNpyRows', () => {
  let folder = '';
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'assay-npy-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = (): string => path.join(folder, 'x.npy');
  const numbers = Array.from({ length: 21 }, (_, i) => Math.fround(0.1 * i * i - 3));

  it.each([
    ['float32', Float32Array.from(numbers)],
    ['float64', Float64Array.from(numbers)],
  ] as const)('reads ranges of %s rows into either precision', async (element, data) => {
    await writeNpy(file(), { data, shape: [7, 3] });
    const rows = openNpyRows(file());
    expect([rows.rows, rows.columns, rows.element]).toEqual([7, 3, element]);
    for (const [from, count] of [
      [2, 3],
      [0, 7],
      [6, 1],
    ]) {
      const expected = numbers.slice(3 * from, 3 * (from + count));
      const double = new Float64Array(3 * count + 1).fill(9);
      rows.read(from, count, double);
      expect(Array.from(double)).toEqual([...expected, 9]);
      const single = new Float32Array(3 * count);
      rows.read(from, count, single);
      expect(Array.from(single)).toEqual(expected);
    }
    rows.close();
  });

  it('can end before the file does', async () => {
    await writeNpy(file(), { data: Float32Array.from(numbers), shape: [7, 3] });
    const rows = openNpyRows(file(), 5);
    expect(rows.rows).toBe(5);
    rows.close();
    expect(() => openNpyRows(file(), 8)).toThrow(/has 7 rows, not 8/);
  });

  it('refuses what it cannot read', async () => {
    await writeNpy(file(), { data: Int32Array.of(1, 2, 3), shape: [3] });
    expect(() => openNpyRows(file())).toThrow(StorageError);
    await writeNpy(file(), { data: Float32Array.from(numbers), shape: [7, 3] });
    fs.truncateSync(file(), fs.statSync(file()).size - 4);
    expect(() => openNpyRows(file())).toThrow(/cut short/);
    fs.writeFileSync(file(), 'not an array');
    expect(() => openNpyRows(file())).toThrow(/no \.npy file/);
  });
});
