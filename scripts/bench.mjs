// `npm run bench -- NAME [options]`: runs bench/NAME.ts. Without a name it lists what there is.
import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { ensureDependencies } from './lib/dependencies.mjs'
import { root, run, tool } from './lib/project.mjs'

const names = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => name.slice(0, -'.ts'.length))
const [name, ...args] = process.argv.slice(2)
if (!name || !names.includes(name)) {
  console.error(`npm run bench -- NAME [options], where NAME is one of ${names.join(', ')}; --help tells the options of each`)
  process.exit(name ? 1 : 0)
}
if (!(await ensureDependencies()) || !(await build())) process.exit(1)
const { code } = await run(tool('tsc'), ['-p', 'tsconfig.bench.json'])
// Modules find their files beside `src`.
const content = join(root, 'dist/.bench/content')
if (code === 0 && !existsSync(content)) symlinkSync(join(root, 'content'), content, 'dir')
process.exit(code === 0 ? (await run(process.execPath, [join(root, 'dist/.bench/bench', `${name}.js`), ...args])).code : 1)
