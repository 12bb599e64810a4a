import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

/** What each folder of `src/` may import; the same table as in ARCHITECTURE.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ['core'],
  script: ['core'],
  protocols: ['core'],
  plugins: ['core', 'script', 'protocols'],
  pipeline: ['core', 'config', 'script', 'plugins'],
  ingest: ['core', 'script', 'plugins'],
  query: ['core', 'script'],
  engine: ['core', 'query'],
  index: ['core', 'config', 'script', 'ingest', 'query', 'engine'],
  security: ['core', 'config', 'index'],
  detect: ['core', 'config', 'script', 'plugins', 'query', 'index'],
  api: ['core', 'config', 'script', 'protocols', 'plugins', 'ingest', 'query', 'engine', 'index', 'security', 'detect'],
  'ui-api': ['core', 'config', 'script', 'plugins', 'ingest', 'query', 'engine', 'index', 'security', 'detect'],
  agent: ['core', 'config', 'script', 'protocols', 'plugins', 'pipeline'],
  runtime: ['core', 'config'],
  cli: ['core', 'config', 'runtime'],
  sample: ['core'],
}

const root = new URL('..', import.meta.url).pathname

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) yield path
  }
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map((match) => join(dirname(file), match[1] ?? ''))
}

const folderOf = (file: string): string => relative(join(root, 'src'), file).split(sep)[0] ?? ''

test('every import stays on the map', () => {
  const strays: string[] = []
  for (const file of sources(join(root, 'src'))) {
    const from = folderOf(file)
    if (from.endsWith('.ts') || from === 'compose') continue // they put the others together
    const allowed = MAY_IMPORT[from]
    if (!allowed) strays.push(`${relative(root, file)}: the folder ${from} is not on the map`)
    for (const target of imports(file)) {
      const to = folderOf(target)
      if (to !== from && !allowed?.includes(to)) strays.push(`${relative(root, file)} imports ${relative(root, target)}`)
    }
  }
  expect(strays).toEqual([])
})

test('the pages import only what is pure', () => {
  const strays: string[] = []
  for (const file of sources(join(root, 'web'))) {
    for (const target of imports(file)) {
      const path = relative(root, target)
      if (!path.startsWith('web') && !/^src\/(core|query|ui-api\/wire)\//.test(path))
        strays.push(`${relative(root, file)} imports ${path}`)
    }
  }
  expect(strays).toEqual([])
})
