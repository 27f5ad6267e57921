import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildPrograms } from '../../bench/kills/programs';
import { runKills } from '../../bench/kills/runKills';

const root = resolve(__dirname, '../..');
const built = join(root, 'node_modules', '.cache', 'assay-tests', `kills-${process.pid}`);
const folder = mkdtempSync(join(tmpdir(), 'assay-kills-'));
afterAll(() => [built, folder].forEach((path) => rmSync(path, { recursive: true, force: true })));

// `node bench/run.mjs kills` does the same a hundred times.
it(
  'kills at random moments lose nothing acknowledged and leave nothing half written',
  { timeout: 300_000 },
  async () => {
    const programs = await buildPrograms(root, built);
    const report = await runKills({
      programs,
      folder,
      seed: 5,
      commandKills: 4,
      engineKills: 4,
      decisions: 50,
      rows: 1_000,
    });
    expect(report.faults).toEqual([]);
    expect(report.decisionsAcknowledged).toBeGreaterThanOrEqual(50);
  },
);
