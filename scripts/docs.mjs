// `npm run docs`: writes the generated pages of docs/reference. With --check it writes nothing and fails when one is stale.
// The texts come from the built program (`dist/`), which is where the schemas are.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from './build.mjs'
import { deviations } from './lib/deviations.mjs'
import { root } from './lib/project.mjs'
import { thirdPartyNotices } from './lib/notices.mjs'

/** Every generated page, and the function that makes its text. */
const pages = [
  { path: 'docs/reference/config.md', text: async () => (await built('config/reference.js')).configReference() },
  { path: 'docs/reference/cli.md', text: async () => (await built('cli/reference.js')).commandReference() },
  { path: 'docs/reference/plugins.md', text: pluginReference },
  {
    path: 'docs/reference/processors.md',
    text: async () => (await built('ingest/reference.js')).processorReference(),
  },
  { path: 'docs/reference/search.md', text: async () => (await built('query/reference.js')).searchReference() },
  { path: 'docs/reference/mappings.md', text: async () => (await built('index/reference.js')).mappingReference() },
  { path: 'docs/reference/rest.md', text: async () => (await built('api/reference.js')).restReference() },
  { path: 'docs/reference/devices.md', text: async () => (await built('api/reference.js')).deviceReference() },
  { path: 'docs/reference/deviations.md', text: async () => deviations() },
  { path: 'THIRD-PARTY-NOTICES.md', text: async () => thirdPartyNotices() },
]

async function pluginReference() {
  const { pluginTables } = await built('plugins/tables.js')
  return (await built('plugins/reference.js')).pluginReference(pluginTables)
}

const built = (module) => import(join(root, 'dist', module))
const read = (path) => {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined // not written yet
  }
}

if (!(await build())) process.exit(1)
const check = process.argv.includes('--check')
let stale = 0
for (const { path, text } of pages) {
  const wanted = await text()
  if (read(path) === wanted) continue
  stale++
  if (check) {
    console.error(`${path} is not what the code says: npm run docs`)
  } else {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), wanted)
    console.log(`wrote ${path}`)
  }
}
process.exit(check && stale > 0 ? 1 : 0)
