import { basename, join, resolve } from 'node:path';
import { build } from 'vite';

/** Bundles a thread's TypeScript as the application does (CommonJS for the oldest Node), inside node_modules so that its packages are found. */
export async function bundleThread(entry: string): Promise<string> {
  const root = resolve(__dirname, '../..');
  const name = basename(entry, '.ts');
  const outDir = join(root, 'node_modules', '.cache', 'assay-tests', `${name}-${process.pid}`);
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: resolve(root, entry),
      target: 'node16.17',
      outDir,
      emptyOutDir: true,
      minify: false,
      rollupOptions: {
        external: [/^@tensorflow\//, 'usearch'],
        output: { format: 'cjs', entryFileNames: `${name}.cjs` },
      },
    },
  });
  return join(outDir, `${name}.cjs`);
}
