import { defineConfig } from '@playwright/test';
import { testDisplays } from './e2e/support/displays';

export default defineConfig({
  testDir: 'e2e/specs',
  outputDir: 'test-results',
  // Two windows share two processors: the longest test takes 50 s by itself, and 90 s beside another long one.
  timeout: 240_000,
  expect: { timeout: 15_000 },
  // One window a screen: focus is part of what is tested.
  workers: Math.max(1, testDisplays.length),
  fullyParallel: false,
  reporter: [['list']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
});
