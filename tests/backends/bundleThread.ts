import { basename, join, resolve } from 'node:path';
import { bundle } from '../../bundling';

/**
 * Bundles a thread's or a program's TypeScript as the application does; returns the bundle's path, alone in its folder.
 */
export async function bundleThread(entry: string): Promise<string> {
  const root = resolve(__dirname, '../..');
  const name = basename(entry, '.ts');
  const outDir = join(root, 'node_modules', '.cache', 'assay-tests', `${name}-${process.pid}`);
  await bundle(root, { [name]: entry }, outDir);
  return join(outDir, `${name}.js`);
}
