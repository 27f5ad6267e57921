import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Why the tests of the native backend may be skipped on this machine: only when set-up says that it found no native
 * TensorFlow. `undefined`: they must run, and fail loudly where it cannot be loaded.
 */
export function nativeSkipReason(): string | undefined {
  let text: string;
  try {
    text = readFileSync(resolve(__dirname, '../../node_modules/.assay/setup.json'), 'utf8');
  } catch {
    return undefined;
  }
  const setup = JSON.parse(text) as { tensorflow?: { source?: string; reason?: string } }; // Written by our own set-up.
  if (setup.tensorflow?.source !== 'none') return undefined;
  return `set-up found no native TensorFlow: ${setup.tensorflow.reason ?? 'no reason given'}`;
}
