import { installSystemPackages } from './debian.mjs';
import { ask } from './run.mjs';

/**
 * Makes sure that strace is there, with which window tests count the network calls of every process. Where it cannot be
 * had the tests that need it say so and are skipped; the others run.
 */
export async function ensureStrace(reporter) {
  if (process.platform !== 'linux' || (await ask('sh', ['-c', 'command -v strace'])) !== undefined) return;
  try {
    await installSystemPackages(reporter, 'strace, with which tests count network calls', [['strace']]);
  } catch (error) {
    reporter.note(`Tests that count network calls will be skipped. ${error instanceof Error ? error.message : ''}`);
  }
}
