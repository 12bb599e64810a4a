// `npm start`: everything between a fresh clone and a running Elkhorn. Only Node and npm are needed, so nothing is
// imported from packages here, and nothing at all before Node's version is known to be good enough.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Elkhorn needs Node.js 20.19 or newer; this is ${process.versions.node}. https://nodejs.org has it.`)
  process.exit(1)
}

const { spawn } = await import('node:child_process')
const { constants } = await import('node:os')
const { ensureDependencies } = await import('./lib/dependencies.mjs')
const { root } = await import('./lib/project.mjs')

if (!(await ensureDependencies())) process.exit(1)
const { build } = await import('./build.mjs')
if (!(await build())) process.exit(1)

const child = spawn(process.execPath, [`${root}bin/elkhorn`, 'start', ...process.argv.slice(2)], { stdio: 'inherit' })
// The terminal sends Ctrl-C to the whole group; other senders know only this process. Either way the child decides when.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15)))
