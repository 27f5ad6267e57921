import path from 'node:path';
import { build } from 'vite';
import type { TemporaryFolder } from './temporaryFolder';
import { createTemporaryFolder } from './temporaryFolder';

/**
 * Bundles Assay's side, and the compute thread of which it may start one, as the application's engine is bundled, inside node_modules so that native packages are found: a plain Node process
 * runs it, with nothing of the tool that built it in its memory.
 */
export async function bundleAssaySide(
  benchFolder: string,
): Promise<{ readonly file: string; readonly folder: TemporaryFolder }> {
  const root = path.dirname(benchFolder);
  const parent = path.join(root, 'node_modules', '.cache', 'assay-bench');
  const folder = createTemporaryFolder(parent, 'side-');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20',
      outDir: folder.path,
      emptyOutDir: true,
      minify: false,
      rollupOptions: {
        external: [/^@tensorflow\//, 'usearch'],
        input: {
          side: path.join(benchFolder, 'assay', 'side.ts'),
          compute: path.join(root, 'src', 'worker', 'compute', 'computeThread.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  });
  return { file: path.join(folder.path, 'side.cjs'), folder };
}
