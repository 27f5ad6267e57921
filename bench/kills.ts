import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildPrograms } from './kills/programs';
import { runKills } from './kills/runKills';

/**
 * Kills at random moments, seeded: node bench/run.mjs kills [kills of commands] [kills of an engine] [decisions]
 * [seed]. Ends with code 1 when anything acknowledged was lost, anything was half written, or anything was left behind.
 */
export async function main(args: readonly string[]): Promise<void> {
  const [commandKills = 60, engineKills = 40, decisions = 1000, seed = 1] = args.map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'assay-kills-'));
  // bench/run.mjs runs this.
  const root = resolve(process.argv[1] ?? '', '../..');
  const built = join(root, 'node_modules/.cache/assay-bench', `kills-${process.pid}`);
  try {
    const programs = await buildPrograms(root, built);
    const report = await runKills({ programs, folder, seed, commandKills, engineKills, decisions, rows: 4_000 });
    console.table(report.kills);
    const killed = Object.values(report.kills).reduce((sum, count) => sum + count, 0);
    console.log(
      `${killed} killed, ${report.decisionsAcknowledged} decisions acknowledged, ${report.faults.length} faults`,
    );
    report.faults.forEach((fault) => console.log(`  ${fault}`));
    if (report.faults.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(built, { recursive: true, force: true });
  }
}
