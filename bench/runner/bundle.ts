import { readdirSync } from 'node:fs';
import path from 'node:path';
import { bundle } from '../../bundling';
import { InputError } from '../../src/core/base/errors';
import type { TemporaryFolder } from './temporaryFolder';
import { createTemporaryFolder } from './temporaryFolder';

/**
 * Bundles Assay's side, and the compute thread of which it may start one, as the application's engine is bundled: a
 * plain Node process runs it, with nothing of the tool that built it in its memory.
 * `benchFolder` may be that of another version.
 * @throws InputError when there is no Assay.
 */
export async function bundleAssaySide(
  benchFolder: string,
): Promise<{ readonly file: string; readonly folder: TemporaryFolder }> {
  const root = path.dirname(benchFolder);
  const folder = createTemporaryFolder(path.join(root, 'node_modules', '.cache', 'assay-bench'), 'side-');
  await bundle(root, { side: 'bench/assay/side.ts', compute: findComputeThread(root) }, folder.path);
  return { file: path.join(folder.path, 'side.js'), folder };
}

/** By its name: its folder was another in earlier versions. */
function findComputeThread(root: string): string {
  const compute = path.join('src', 'worker', 'compute');
  try {
    const found = readdirSync(path.join(root, compute), { recursive: true, encoding: 'utf8' });
    const file = found.find((name) => path.basename(name) === 'computeThread.ts');
    if (file !== undefined) return path.join(compute, file);
  } catch {
    // The same as without the file.
  }
  throw new InputError(`There is no version of Assay in ${root}: it has no ${compute}.`);
}
