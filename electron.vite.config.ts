import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

/** Packages with native code or files of their own: required at run time, everything else is bundled. */
const external = [
  'electron',
  '@duckdb/node-api',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-backend-wasm',
  'usearch',
];

/** The oldest runtime supported is Electron 22 (Node 16.17, Chromium 108): see docs in CONTRIBUTING.md. */
const nodeTarget = 'node16.17';
const chromeTarget = 'chrome108';

const commonJs = {
  format: 'cjs' as const,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
};

export default defineConfig({
  main: {
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      minify: false,
      sourcemap: true,
      rollupOptions: {
        external,
        input: {
          index: resolve('src/main/index.ts'),
          engine: resolve('src/worker/engine.ts'),
          compute: resolve('src/worker/compute/thread/computeThread.ts'),
          assay: resolve('src/cli/assay.ts'),
        },
        output: commonJs,
      },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      rollupOptions: { external: ['electron'], input: { index: resolve('src/preload/index.ts') }, output: commonJs },
    },
  },
  renderer: {
    root: resolve('src/renderer'),
    plugins: [vue()],
    build: {
      target: chromeTarget,
      // Inlined assets would be data: URLs, which the content security policy refuses.
      assetsInlineLimit: 0,
      sourcemap: true,
      rollupOptions: { input: resolve('src/renderer/index.html') },
    },
  },
});
