// Completes package-lock.json: every optional dependency of every package gets an entry. npm leaves out those of other
// platforms when it cannot ask for them at that moment; `npm ci` then refuses the file, or a Mac gets no engine.
// Run it after `npm install`; a test compares. With --check it writes nothing and fails where something is missing.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/project.mjs'

const file = join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** What a package like `@x/binding-linux-arm64-gnu` runs on, read from its name. */
function platformOf(name) {
  const parts = name.split(/[-/]/)
  const os = systems.find((one) => parts.includes(one))
  const cpu = processors.find((one) => parts.includes(one))
  const libc =
    os === 'linux'
      ? parts.some((part) => part.startsWith('musl'))
        ? 'musl'
        : parts.some((part) => part.startsWith('gnu'))
          ? 'glibc'
          : undefined
      : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

/** Where npm would find `name` from the package at `path`: in its own node_modules or in those further up. */
function isLocked(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true
    if (!at.includes('/node_modules/')) return at === '' ? false : Boolean(lock.packages[`node_modules/${name}`])
  }
}

const added = []
for (const [path, { version, license, dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    if (isLocked(path, name)) continue
    const platform = platformOf(name)
    if (!/^\d/.test(range) || !platform.cpu) throw new Error(`cannot add ${name}@${range}, wanted by ${path} ${version}`)
    lock.packages[`node_modules/${name}`] = {
      version: range,
      ...(platform.cpu && { cpu: platform.cpu }),
      ...(dev && { dev }),
      ...(platform.libc && { libc: platform.libc }),
      license,
      optional: true,
      ...(platform.os && { os: platform.os }),
    }
    added.push(`${name}@${range}`)
  }
}

if (added.length === 0) process.exit(0)
if (process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${added.length} optional packages (${added[0]} …): node scripts/complete-lock.mjs`)
  process.exit(1)
}
const compare = (a, b) => a[0].localeCompare(b[0], 'en')
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(compare))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`added ${added.length} entries`)
