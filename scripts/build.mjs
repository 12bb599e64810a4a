// Builds the server into dist/ and the pages into dist/web/. What is fresh is skipped; --force builds all of it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleServer } from './lib/bundle.mjs'
import { fingerprint, has, root, run, tool } from './lib/project.mjs'

const stampFile = join(root, 'dist', '.built.json')

/** One part each: what it is made of, what makes it. A part whose `when` file is absent is not built. */
const parts = [
  {
    name: 'server',
    when: 'src/main.ts',
    inputs: ['src', 'scripts/lib/bundle.mjs', 'package-lock.json'],
    output: 'dist/programs.js',
    build: () => timed(bundleServer),
  },
  {
    name: 'pages',
    when: 'web/vite.config.ts',
    inputs: ['web', 'src/core', 'src/query', 'src/ui-api/wire', 'tsconfig.base.json', 'package-lock.json'],
    output: 'dist/web/index.html',
    build: () => run(tool('vite'), ['build', 'web', '--logLevel', 'warn']),
  },
]

/** As `run` answers, of a function: what it throws is told and makes the code 1. */
async function timed(work) {
  const started = performance.now()
  let code = 0
  try {
    await work()
  } catch (error) {
    console.error(error.message)
    code = 1
  }
  return { code, seconds: (performance.now() - started) / 1000 }
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {} // no build yet, or one that was interrupted: build everything
  }
}

/** @returns whether everything is built now */
export async function build({ force = false } = {}) {
  const stamps = force ? {} : readStamps()
  for (const part of parts) {
    if (!has(part.when)) continue
    const fresh = fingerprint(part.inputs)
    if (stamps[part.name] === fresh && existsSync(join(root, part.output))) continue
    mkdirSync(join(root, 'dist'), { recursive: true })
    const { code, seconds } = await part.build()
    if (code !== 0) return false
    stamps[part.name] = fresh
    writeFileSync(stampFile, JSON.stringify(stamps))
    console.log(`built ${part.name} in ${seconds.toFixed(1)} s`)
  }
  return true
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exit((await build({ force: process.argv.includes('--force') })) ? 0 : 1)
}
