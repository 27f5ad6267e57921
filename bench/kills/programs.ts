import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

/** What is killed: the command line, and an engine as the window has it. */
export interface Programs {
  readonly assay: string;
  readonly engine: string;
}

/** Bundles both and the compute thread into `folder`, which lies inside node_modules so that native packages are found. */
export async function buildPrograms(root: string, folder: string): Promise<Programs> {
  const outDir = join(folder, 'out', 'main');
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'assay', version: '0.0.0-kills' }));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: ['commander', 'zod', 'papaparse'] },
    build: {
      ssr: true,
      target: 'node16.17',
      outDir,
      minify: false,
      rollupOptions: {
        input: {
          assay: resolve(root, 'src/cli/assay.ts'),
          compute: resolve(root, 'src/worker/compute/thread/computeThread.ts'),
          engine: resolve(root, 'bench/kills/engineChild.ts'),
        },
        external: [/^@tensorflow\//, '@duckdb/node-api', 'usearch'],
        output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  });
  return { assay: join(outDir, 'assay.js'), engine: join(outDir, 'engine.js') };
}
