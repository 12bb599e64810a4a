import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import { defineConfig } from 'vite'
import type { Rolldown } from 'vite'
import { precompress } from './build/precompress.ts'

// Whoever builds, such as a test runner with an environment of its own: what is given out is React's production build.
process.env['NODE_ENV'] = 'production'

const ICONS = '/lucide-react/dist/esm/icons/'
/** What comes with a click alone, whoever shares it. */
const LATER = /\/(?:ChoiceList|MenuParts|PopoverParts|(?:Menu|Popover|ChoiceList)\.module)\.\w+$/

/**
 * Small modules that first views share come as two files, not as twenty: each file costs a request, and what is packed
 * together packs better. `base` is everything that the entry needs, `data-page` what both kinds of data page need. Everything
 * else is split where the pages import it.
 */
const groups: Rolldown.CodeSplittingGroup[] = [
  { name: (id, context) => (isInEntry(id, context) ? 'base' : null), debugName: 'base', priority: 2 },
  {
    name: 'data-page',
    test: (id) => /\/web\/src\/(?!panels|pages)|\/src\/core\/|\/icons\//.test(id) && !LATER.test(id),
    minShareCount: 2,
    priority: 1,
  },
]

let entryModules: ReadonlySet<string> | undefined

/** Whether the entry imports a module, itself or by others, without waiting. Icons come by a file that imports all of them. */
function isInEntry(id: string, modules: Rolldown.ChunkingContext): boolean {
  if (entryModules === undefined) {
    const found = new Set([join(import.meta.dirname, 'src/main.tsx')])
    for (const each of found)
      for (const imported of modules.getModuleInfo(each)?.importedIds ?? []) if (!imported.includes(ICONS)) found.add(imported)
    entryModules = found
  }
  return entryModules.has(id)
}

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
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: { proxy: { '/_ui': process.env['ELKHORN_UI'] ?? 'http://127.0.0.1:5601' } },
})
