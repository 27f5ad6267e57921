import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { chromeTarget, commonJs, entries, external, nodeTarget } from './bundling';

export default defineConfig({
  main: {
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      minify: false,
      sourcemap: true,
      rollupOptions: {
        external,
        input: { index: resolve('src/main/index.ts'), ...entries },
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
