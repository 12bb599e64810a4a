import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { seededRandom } from '../src/sample/random.ts'
import { mountSmallDisk } from './support/small-disk.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

const KILLS = 4
const MESSAGES_BETWEEN_KILLS = 300

let elkhorn: RunningElkhorn | undefined
const clients: MqttClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)))
  elkhorn?.kill('SIGKILL')
  await elkhorn?.exit
  elkhorn = undefined
})

function client(clientId: string, options: IClientOptions = {}): MqttClient {
  const made = mqtt.connect(`mqtt://127.0.0.1:${elkhorn?.ports['mqtt']}`, {
    clientId,
    username: 'elastic',
    password: PASSWORD,
    clean: false,
    reconnectPeriod: 100,
    ...options,
  })
  made.on('error', () => undefined) // it tries again
  clients.push(made)
  return made
}

const until = async (reached: () => boolean): Promise<void> => {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 20))
}

test.for([4, 5] as const)('kill -9 under load: every message arrives, of QoS 2 once, level %i', async (protocolVersion) => {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-mqtt-kill-'))
  elkhorn = await startElkhorn(folder)
  const port = elkhorn.ports['mqtt']
  const version: IClientOptions =
    protocolVersion === 5 ? { protocolVersion, properties: { sessionExpiryInterval: 3600 } } : { protocolVersion }
  const reader = client('reader', version)
  const seen = new Map<string, number>()
  reader.on('message', (_, payload) => {
    const text = payload.toString()
    seen.set(text, (seen.get(text) ?? 0) + 1)
  })
  await reader.subscribeAsync('load/#', { qos: 2 })
  const writer = client('writer', version)
  await until(() => writer.connected)
  const random = seededRandom(`kill -9 of the broker, level ${protocolVersion}`)
  const acknowledged: Promise<unknown>[] = []
  let acks = 0
  for (let kill = 0; kill <= KILLS; kill++) {
    for (let i = 0; i < MESSAGES_BETWEEN_KILLS; i++) {
      const qos = random() < 0.5 ? 1 : 2
      const text = `qos${qos} ${kill}-${i}`
      acknowledged.push(writer.publishAsync(`load/${i % 10}`, text, { qos }).then(() => (acks += 1)))
    }
    if (kill === KILLS) break
    // Somewhere between the first and the last acknowledgement.
    const killAt = acks + Math.floor(random() * MESSAGES_BETWEEN_KILLS)
    await until(() => acks >= killAt || acks >= acknowledged.length)
    elkhorn.kill('SIGKILL')
    await elkhorn.exit
    elkhorn = await startElkhorn(folder, ['--no-sample', '--set', `mqtt.port=${port}`])
  }
  await Promise.all(acknowledged)
  await until(() => seen.size === acknowledged.length)
  const twice = [...seen].filter(([text, times]) => times > 1 && text.startsWith('qos2'))
  expect(twice).toEqual([])
  await elkhorn.stop()
  await rm(folder, { recursive: true })
})

test('on a full disk, messages for who is away are refused with a reason, until there is room', async ({ skip }) => {
  const disk = mountSmallDisk('160m')
  if (disk === undefined) {
    skip('takes root on Linux to mount a small file system')
    return
  }
  try {
    elkhorn = await startElkhorn(join(disk.path, 'data'))
    const reader = client('reader', { protocolVersion: 5, properties: { sessionExpiryInterval: 3600 } })
    await reader.subscribeAsync('for/reader', { qos: 1 })
    await reader.endAsync()
    const writer = client('writer', { protocolVersion: 5, reconnectPeriod: 0 })
    await writer.publishAsync('for/reader', 'before', { qos: 1 })

    fill(disk.path)
    // The last block of the journal's file may still have room.
    let kept = 0
    let refused: unknown
    for (; refused === undefined; kept += refused === undefined ? 1 : 0) {
      refused = await refusal(writer, 'x'.repeat(5000))
    }
    expect(refused).toMatchObject({ code: 0x97 })
    const old = client('old', { protocolVersion: 4, reconnectPeriod: 0 })
    const unanswered = old.publishAsync('for/reader', 'never acknowledged', { qos: 1 })
    const closed = new Promise<void>((resolve) => old.once('close', () => resolve()))
    await Promise.race([closed, unanswered.then(() => expect.fail('acknowledged'))])
    // What has to be kept nowhere still works.
    await writer.publishAsync('for/nobody', 'x', { qos: 1 })

    rmSync(join(disk.path, 'filler'))
    while ((await refusal(writer, 'after')) !== undefined) await new Promise((resolve) => setTimeout(resolve, 50))
    elkhorn.kill('SIGKILL')
    await elkhorn.exit
    elkhorn = await startElkhorn(join(disk.path, 'data'))
    const got: string[] = []
    const again = client('reader', { protocolVersion: 5, properties: { sessionExpiryInterval: 3600 } })
    again.on('message', (_, payload) => got.push(payload.toString()))
    await until(() => got.includes('after'))
    expect(got).toContain('before')
    expect(got.filter((text) => text.startsWith('xxx'))).toHaveLength(kept)
  } finally {
    elkhorn?.kill('SIGKILL')
    await elkhorn?.exit
    disk.unmount()
  }
})

/** Why a message for the reader is refused, or nothing. */
const refusal = (writer: MqttClient, payload: string): Promise<unknown> =>
  writer.publishAsync('for/reader', payload, { qos: 1 }).then(
    () => undefined,
    (error: unknown) => error,
  )

/** Takes what is free on the disk. */
function fill(path: string): void {
  const file = openSync(join(path, 'filler'), 'w')
  try {
    for (const size of [256 * 1024, 4096]) writeUntilFull(file, Buffer.alloc(size))
  } finally {
    closeSync(file)
  }
}

function writeUntilFull(file: number, chunk: Buffer): void {
  try {
    for (;;) writeSync(file, chunk)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
