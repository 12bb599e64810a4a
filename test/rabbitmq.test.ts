import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createEvent } from '../src/core/event.ts'
import type { Output } from '../src/plugins/plugin.ts'
import { pluginTables } from '../src/plugins/tables.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { startInput, stopInputs } from '../src/plugins/test-input.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'
import { findFreePort } from './support/free-port.ts'

// Input and output against RabbitMQ as Debian has it.

const ERLANG = 'base crypto eldap inets mnesia os-mon parsetools public-key runtime-tools ssl syntax-tools tools xmerl asn1'
const unpacked = await fetchDebianPackages('rabbitmq', ['rabbitmq-server', ...ERLANG.split(' ').map((name) => `erlang-${name}`)])
if (unpacked === undefined) process.stderr.write("skipped: Debian's package rabbitmq-server could not be had\n")

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-rabbitmq-'))
let broker: ChildProcess | undefined
let nameServer: ChildProcess | undefined
const outputs: Output[] = []
afterEach(async () => {
  await stopInputs()
  for (const output of outputs.splice(0)) await output.close?.()
})
afterAll(async () => {
  await stopBroker()
  nameServer?.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function stopBroker(): Promise<void> {
  if (broker?.pid === undefined || broker.exitCode !== null) return
  const gone = once(broker, 'exit')
  process.kill(-broker.pid, 'SIGKILL') // shell and virtual machine
  await gone
}

/** Where Erlang's programs find each other; it would start as a daemon, and stay. @returns its port */
async function startNameServer(erlang: string): Promise<number> {
  nameServer?.kill()
  const port = await findFreePort()
  const [runtime = ''] = readdirSync(erlang).filter((name) => name.startsWith('erts-'))
  nameServer = spawn(join(erlang, runtime, 'bin/epmd'), ['-port', String(port), '-address', '127.0.0.1'], { stdio: 'ignore' })
  await expect
    .poll(async () => {
      const socket = connect(port, '127.0.0.1')
      const reached = await once(socket, 'connect').then(
        () => true,
        () => false,
      )
      socket.destroy()
      return reached
    })
    .toBe(true)
  return port
}

async function startBroker(port: number): Promise<void> {
  if (unpacked === undefined) throw new Error('there is no RabbitMQ')
  const erlang = join(unpacked.root, 'usr/lib/erlang')
  const names = await startNameServer(erlang)
  // Debian's `erl` looks for Erlang at its usual place alone.
  writeFileSync(
    join(folder, 'erl'),
    `#!/bin/sh\nexport ROOTDIR=${erlang} BINDIR=$(echo ${erlang}/erts-*/bin) EMU=beam PROGNAME=erl\nexec "$BINDIR/erlexec" "$@"\n`,
    { mode: 0o755 },
  )
  const programs = join(unpacked.root, 'usr/lib/rabbitmq/lib')
  const [release = ''] = readdirSync(programs).filter((name) => name.startsWith('rabbitmq_server-'))
  broker = spawn(join(programs, release, 'sbin/rabbitmq-server'), {
    detached: true,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      HOME: folder,
      PATH: `${folder}:${erlang}/bin:${process.env['PATH'] ?? ''}`,
      ERL_EPMD_PORT: String(names),
      RABBITMQ_DIST_PORT: String(await findFreePort()),
      RABBITMQ_NODENAME: `elkhorn-${process.pid}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_CONFIG_FILE: join(folder, 'none'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_LOGS: '-',
    },
  })
  let said = ''
  for (const stream of [broker.stdout, broker.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await expect.poll(() => broker?.exitCode !== null || said.includes('Server startup complete'), { timeout: 60_000 }).toBe(true)
  if (broker.exitCode !== null) throw new Error(said)
}

async function startOutput(options: Record<string, unknown>): Promise<Output> {
  const plugin = pluginTables.outputs.find(({ name }) => name === 'rabbitmq')
  const codec = pluginTables.codecs.find(({ name }) => name === 'plain')
  if (plugin === undefined || codec === undefined) throw new Error('no such output')
  const output = plugin.create(plugin.config.parse(options), {
    ...testContext(),
    codec: codec.create(codec.config.parse({ format: '%{message}' }), testContext()),
    signal: new AbortController().signal,
    deadLetter: () => Promise.reject(new Error('no dead letters here')),
  })
  outputs.push(output)
  await output.start?.()
  return output
}

const texts = (fields: readonly unknown[]): string[] => fields.map((one) => (one as { message: string }).message)

test.runIf(unpacked !== undefined)(
  'what is published is read, acknowledged when it is stored, and survives a fall of the broker',
  async () => {
    const port = await findFreePort()
    await startBroker(port)
    const queue = {
      host: '127.0.0.1',
      port,
      queue: 'presses',
      durable: true,
      exchange: 'plant',
      exchange_type: 'topic',
      key: 'device.#',
      prefetch_count: 2,
      metadata_enabled: 'basic',
      connect_retry_interval: 0.1,
    }
    const input = await startInput('rabbitmq', queue)
    const output = await startOutput({
      host: '127.0.0.1',
      port,
      exchange: 'plant',
      exchange_type: 'topic',
      key: 'device.%{id}',
      message_properties: { app_id: 'line-%{id}' },
      connect_retry_interval: 0.1,
    })
    // The queue is there when the first message has come.
    await expect
      .poll(
        async () => {
          await output.write([createEvent({ id: 1, message: 'first' })])
          return input.events.length
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0)
    expect(input.events[0]?.metadata).toMatchObject({
      rabbitmq_headers: {},
      rabbitmq_properties: { 'app-id': 'line-1', 'routing-key': 'device.1', exchange: 'plant', 'delivery-mode': 2 },
    })
    const before = input.events.length
    await output.write(Array.from({ length: 100 }, (_, n) => createEvent({ id: 2, message: `n${n}` })))
    await expect.poll(() => input.events.length).toBe(before + 100)

    input.outcome.error = new Error('the store is full')
    await output.write([createEvent({ id: 3, message: 'refused' })])
    await expect.poll(() => texts(input.fields()).filter((one) => one === 'refused').length).toBeGreaterThan(2)
    await stopInputs()

    await stopBroker()
    const written = output.write([createEvent({ id: 4, message: 'after the fall' })])
    await startBroker(port)
    await written
    const again = await startInput('rabbitmq', queue)
    await expect.poll(() => texts(again.fields()), { timeout: 20_000 }).toEqual(['refused', 'after the fall'])
  },
)
