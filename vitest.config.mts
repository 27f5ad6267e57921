import vue from '@vitejs/plugin-vue';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 60_000 };
// What Assay remembers of its outputs is the person's, not the tests'.
const env = { XDG_STATE_HOME: join(tmpdir(), 'assay-test-state') };

export default defineConfig({
  plugins: [vue()],
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // Half of the processor time of these went to loading the same modules in a new process for each file.
        test: { ...shared, name: 'source', include: ['src/**/*.test.ts'], isolate: false, env },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'whole',
          include: ['tests/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.mjs'],
          env,
        },
      },
    ],
  },
});
