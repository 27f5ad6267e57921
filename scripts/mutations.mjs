import { spawnSync } from 'node:child_process';

/**
 * `node scripts/mutations.mjs [COUNT]`: reads that many mutated files (10,000) and says whether each was read or
 * refused in words.
 */
const count = Number(process.argv[2] ?? 10_000);
if (!Number.isInteger(count) || count < 1) {
  console.error('usage: node scripts/mutations.mjs [COUNT]');
  process.exit(2);
}
const { status } = spawnSync('npx', ['vitest', 'run', 'src/worker/datasets/mutations.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, ASSAY_MUTATIONS: String(count) },
});
process.exit(status ?? 1);
