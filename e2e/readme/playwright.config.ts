import { defineConfig } from '@playwright/test';

/** Makes the pictures of the window for README.md: see takePictures.spec.ts. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  timeout: 240_000,
  expect: { timeout: 15_000 },
  workers: 1,
  reporter: [['list']],
});
