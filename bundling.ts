import { resolve } from 'node:path';
import { build } from 'vite';

/** The oldest runtime supported is Electron 22 (Node 16.17, Chromium 108): see CONTRIBUTING.md. */
export const nodeTarget = 'node16.17';
export const chromeTarget = 'chrome108';

/** Packages with native code or files of their own: required at run time, everything else is bundled. */
export const external = [
  'electron',
  '@duckdb/node-api',
  '@napi-rs/canvas',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-backend-wasm',
  'onnxruntime-node',
  'usearch',
];

/** What runs beside Electron's main process, by the name of its bundle. */
export const entries = {
  engine: 'src/worker/engine.ts',
  compute: 'src/worker/compute/thread/computeThread.ts',
  encoder: 'src/worker/encoders/encoderThread.ts',
  assay: 'src/cli/assay.ts',
} as const;

export const commonJs = {
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
} as const;

/**
 * Bundles files of the project (by the name of what comes of them) into `outDir` as the application bundles its own,
 * for a plain Node process. The folder has to lie inside node_modules for the packages that are not bundled to be
 * found.
 */
export async function bundle(root: string, files: Readonly<Record<string, string>>, outDir: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external },
    build: {
      ssr: true,
      target: nodeTarget,
      outDir,
      emptyOutDir: false,
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, resolve(root, file)])),
        external,
        output: commonJs,
      },
    },
  });
}
