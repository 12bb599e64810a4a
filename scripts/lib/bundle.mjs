// Bundles the server: a start reads a dozen files instead of two thousand, which is most of what it used to wait for.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { root } from './project.mjs'

/** Modules of `src/` that something outside of the bundle names: programs, and what the generated docs read. */
const entries = [
  'programs',
  'cli/main',
  'sample/main',
  'engine/embedded/child/main',
  'config/reference',
  'cli/reference',
  'api/reference',
  'plugins/reference',
  'ingest/reference',
  'query/reference',
  'index/reference',
  'plugins/tables',
]

/** Packages that bring files of their own (native code, WebAssembly, data): they stay where npm puts them. */
const external = [/^chdb/, /^@platformatic\//, /^@ruby\/prism/, /^vscode-oniguruma/, /^uap-core/]

/**
 * Modules find files of the repository (`content/`, `dist/web/`, programs) from their own place. In a bundle they keep the
 * place that they would have as files: `import.meta.url` of `src/a/b.ts` is that of `dist/a/b.js`, whatever chunk it is in.
 */
const ownPlaces = {
  name: 'own-places',
  transform: {
    filter: { id: /\.ts$/, code: /import\.meta\.url/ },
    handler(code, id) {
      const place = relative(join(root, 'src'), id).split(sep).join(posix.sep).replace(/\.ts$/, '.js')
      // Within the line, so that the lines of the source map stay right.
      return { code: code.replaceAll('import.meta.url', `new URL('${place}', __dist).href`), map: null }
    },
  },
}

/** `__dist` is the address of `dist/`, in every file of it that asks. */
const intro = ({ fileName }) =>
  `const __dist = new URL('${'../'.repeat(fileName.split('/').length - 1) || './'}', import.meta.url)`

/** Writes `dist/`, and removes what an earlier build left there. Throws where a module cannot be read or found. */
export async function bundleServer() {
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((name) => [name, join(root, 'src', `${name}.ts`)])),
    platform: 'node',
    external,
    plugins: [ownPlaces],
    checks: { pluginTimings: false },
  })
  const { output } = await bundle.write({
    dir: join(root, 'dist'),
    format: 'esm',
    sourcemap: true,
    comments: false,
    // V8 keeps the text of a module for as long as it runs, in two bytes a character if one of them is beyond Latin-1.
    minify: { compress: false, mangle: false, codegen: { asciiOnly: true, removeWhitespace: false } },
    intro,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  })
  await bundle.close()
  removeOrphans('', new Set(output.map(({ fileName }) => fileName)))
}

/** The pages and the benchmarks are built into folders of `dist/`, too. */
const KEPT = ['web', '.bench', '.built.json']

function removeOrphans(folder, written) {
  for (const entry of readdirSync(join(root, 'dist', folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name)
    if (KEPT.includes(path)) continue
    if (entry.isDirectory()) removeOrphans(path, written)
    else if (!written.has(path)) rmSync(join(root, 'dist', path))
  }
  const left = join(root, 'dist', folder)
  if (folder !== '' && existsSync(left) && readdirSync(left).length === 0) rmSync(left, { recursive: true })
}
