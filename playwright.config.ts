import { defineConfig } from '@playwright/test';
import { testDisplays } from './e2e/support/displays';

export default defineConfig({
  testDir: 'e2e/specs',
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // One window a screen: focus is part of what is tested.
  workers: Math.max(1, testDisplays.length),
  fullyParallel: false,
  reporter: [['list']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
});
