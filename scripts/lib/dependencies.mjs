import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { has, root, run } from './project.mjs'

/** The packages of a lock file that must be there on every machine: `path → version`. */
function required(lock) {
  return Object.entries(lock.packages ?? {}).filter(
    ([path, entry]) => path.startsWith('node_modules/') && !entry.link && !entry.optional && !entry.devOptional,
  )
}

/**
 * Why `npm ci` is needed, or `undefined` when what is installed is what the lock file asks for. npm keeps what it
 * installed in `node_modules/.package-lock.json`; comparing versions is right where times of files are not (a checkout
 * makes the lock file new, a copied folder makes everything new).
 */
export function missingDependencies() {
  if (!has('node_modules/.package-lock.json')) return 'dependencies are not installed'
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const installed = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages ?? {}
  const stale = required(wanted).find(([path, entry]) => installed[path]?.version !== entry.version)
  return stale ? `${stale[0].slice('node_modules/'.length)} ${stale[1].version} is not installed` : undefined
}

/** Installs the dependencies where they are missing or older than the lock file. @returns whether they are there now */
export async function ensureDependencies() {
  const reason = missingDependencies()
  if (!reason) return true
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(`${reason}: node_modules is a link, run \`npm ci\` where it points to`)
    return false
  }
  console.log(`${reason}: npm ci`)
  // Errors only: npm's warnings are about packages of packages, and nothing that whoever starts Elkhorn can mend.
  const { code } = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (code !== 0) console.error('npm ci failed. It needs the npm registry once; afterwards Elkhorn needs no network.')
  return code === 0
}
