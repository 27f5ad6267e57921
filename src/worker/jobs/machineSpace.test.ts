import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { askDf, measureSpace } from './machineSpace';

it('measures memory and disk', async () => {
  const { memoryBytes, diskBytes } = await measureSpace(tmpdir());
  expect(memoryBytes).toBeGreaterThan(2 ** 20);
  expect(diskBytes).toBeGreaterThan(2 ** 20);
});

it.skipIf(process.platform === 'win32')('measures the same disk by df where Node has no statfs', async () => {
  const { diskBytes } = await measureSpace('/');
  const byDf = await askDf('/');
  // Others write to the disk meanwhile.
  expect(Math.abs((byDf ?? 0) / (diskBytes ?? 1) - 1)).toBeLessThan(0.05);
  expect(await askDf('/nowhere/at/all')).toBeNull();
});
