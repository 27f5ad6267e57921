import path from 'node:path';
import { bundle, entries } from '../../bundling';
import type { TemporaryFolder } from './temporaryFolder';
import { createTemporaryFolder } from './temporaryFolder';

/**
 * Bundles Assay's side, and the compute thread of which it may start one, as the application's engine is bundled: a
 * plain Node process runs it, with nothing of the tool that built it in its memory.
 */
export async function bundleAssaySide(
  benchFolder: string,
): Promise<{ readonly file: string; readonly folder: TemporaryFolder }> {
  const root = path.dirname(benchFolder);
  const folder = createTemporaryFolder(path.join(root, 'node_modules', '.cache', 'assay-bench'), 'side-');
  await bundle(root, { side: 'bench/assay/side.ts', compute: entries.compute }, folder.path);
  return { file: path.join(folder.path, 'side.js'), folder };
}
