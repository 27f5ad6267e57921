import { spawnSync } from 'node:child_process';

/**
 * `node scripts/mutations.mjs [COUNT] [tables|pictures|archives]`: reads that many mutated files (10,000) and says
 * whether each was read or refused in words.
 */
const tests = {
  tables: 'src/worker/datasets/mutations.test.ts',
  pictures: 'tests/pictures/mutations.test.ts',
  archives: 'src/worker/archives/mutations.test.ts',
};
const count = Number(process.argv[2] ?? 10_000);
const test = tests[process.argv[3] ?? 'tables'];
if (!Number.isInteger(count) || count < 1 || test === undefined) {
  console.error('usage: node scripts/mutations.mjs [COUNT] [tables|pictures|archives]');
  process.exit(2);
}
const { status } = spawnSync('npx', ['vitest', 'run', test], {
  stdio: 'inherit',
  env: { ...process.env, ASSAY_MUTATIONS: String(count) },
});
process.exit(status ?? 1);
