import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { collectLicenses, emitLicenses } from './vite/licenses';

// `npm run dev` shows the data of a server that runs beside it.
const server = process.env['SUAR_SERVER'] ?? 'http://127.0.0.1:6006';

export default defineConfig({
  base: './', // relative: the pages also work behind a proxy that adds a path
  plugins: [svelte(), collectLicenses(), emitLicenses()],
  worker: { format: 'es', plugins: () => [collectLicenses()] },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a Content-Security-Policy without data: addresses stays possible
    chunkSizeWarningLimit: 250,
  },
  server: { proxy: { '/api': server } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
