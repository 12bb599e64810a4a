import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './build/precompress.ts'

// Whoever builds, such as a test runner with an environment of its own: what is given out is React's production build.
process.env['NODE_ENV'] = 'production'

/** Builds the pages into `dist/web`, beside the server that gives them out. `npm run dev -w web` proxies to a running one. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompress()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy allows no inline data but images
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    manifest: true,
  },
  server: { proxy: { '/_ui': process.env['ELKHORN_UI'] ?? 'http://127.0.0.1:5601' } },
})
