import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { mantineStyles } from './scripts/mantine-styles.ts';

export default defineConfig({
  plugins: [react(), mantineStyles()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': 'http://127.0.0.1:8403' } },
  build: {
    target: 'es2022',
    // scripts/size.mjs reads from it what each page loads.
    manifest: true,
    modulePreload: { polyfill: false },
    // The policy of the page allows no data: address for fonts or scripts; nothing is inlined.
    assetsInlineLimit: 0,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing.ts'],
    // One document for all tests of a worker: making one for each file takes longer than the tests.
    isolate: false,
  },
});
