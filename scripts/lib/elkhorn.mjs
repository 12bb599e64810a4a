import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './project.mjs'

const READY_LIMIT_MS = 120_000
const PASSWORD = 'scripts-password'

/**
 * Starts the built Elkhorn with an empty data folder, free ports and without the sample factory.
 *
 * @param {string[]} settings `key=value` each
 * @returns {Promise<{ url: string, user: string, password: string, data: string, ports: Record<string, number>, stop: () => Promise<void> }>}
 */
export async function startElkhorn(settings = []) {
  const data = mkdtempSync(join(tmpdir(), 'elkhorn-script-'))
  const free = ['api', 'ui', 'mqtt', 'beats', 'monitoring'].map((name) => `${name}.port=0`)
  const args = ['bin/elkhorn', 'start', '--no-sample', '--data', data, ...[...free, ...settings].flatMap((one) => ['--set', one])]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ELASTIC_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const exit = new Promise((resolve) => child.on('exit', resolve))
  const file = join(data, 'run', 'ports.json')
  const startedAt = performance.now()
  while (!existsSync(file)) {
    if (child.exitCode !== null || performance.now() - startedAt > READY_LIMIT_MS) {
      child.kill('SIGKILL')
      throw new Error(`elkhorn did not get as far as serving:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const ports = JSON.parse(readFileSync(file, 'utf8'))
  return {
    url: `http://127.0.0.1:${ports.api}`,
    user: 'elastic',
    password: PASSWORD,
    data,
    ports,
    stop: async () => {
      child.kill('SIGTERM')
      await exit
      rmSync(data, { recursive: true, force: true })
    },
  }
}
