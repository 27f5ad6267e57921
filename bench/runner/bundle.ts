import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle, entries } from '../../bundling';
import { InputError } from '../../src/core/base/errors';
import type { TemporaryFolder } from './temporaryFolder';
import { createTemporaryFolder } from './temporaryFolder';

/** One version of Assay, bundled. */
export interface AssayBundle {
  /** The process that is measured. */
  readonly side: string;
  /** The command line. */
  readonly command: string;
  readonly folder: TemporaryFolder;
}

/**
 * Bundles Assay's side, its command line, and the threads that both start, as the application's engine is bundled: a
 * plain Node process runs them, with nothing of the tool that built them in its memory. `benchFolder` may be that of
 * another version.
 * @throws InputError when there is no Assay.
 */
export async function bundleAssay(benchFolder: string): Promise<AssayBundle> {
  const root = path.dirname(benchFolder);
  const folder = createTemporaryFolder(path.join(root, 'node_modules', '.cache', 'assay-bench'), 'side-');
  // The command line finds its version two folders up.
  const outDir = path.join(folder.path, 'out', 'main');
  mkdirSync(outDir, { recursive: true });
  writeFileSync(path.join(folder.path, 'package.json'), JSON.stringify({ name: 'assay', version: '0.0.0-bench' }));
  const files = { side: 'bench/assay/side.ts', compute: findComputeThread(root), assay: entries.assay };
  // Earlier versions have none.
  const encoder = existsSync(path.join(root, entries.encoder)) ? { encoder: entries.encoder } : {};
  await bundle(root, { ...files, ...encoder }, outDir);
  // What set-up brought, encoders among it, is looked for beside the program.
  mkdirSync(path.join(folder.path, 'node_modules'));
  symlinkSync(path.join(root, 'node_modules', '.assay'), path.join(folder.path, 'node_modules', '.assay'), 'junction');
  return { side: path.join(outDir, 'side.js'), command: path.join(outDir, 'assay.js'), folder };
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
