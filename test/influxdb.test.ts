import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createEvent } from '../src/core/event.ts'
import { Timestamp } from '../src/core/timestamp.ts'
import { codecs } from '../src/plugins/codecs/index.ts'
import { influxdb } from '../src/plugins/outputs/influxdb.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'
import { findFreePorts } from './support/free-port.ts'

// The output against InfluxDB as Debian has it.

const unpacked = await fetchDebianPackages('influxdb', ['influxdb'])
if (unpacked === undefined) process.stderr.write("skipped: Debian's package influxdb could not be had\n")

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-influxdb-'))
const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test.runIf(unpacked !== undefined)('points are written, with their tags, types and times', { timeout: 60_000 }, async () => {
  if (unpacked === undefined) return
  const [port, inner] = await findFreePorts(2)
  const config = join(folder, 'influxdb.conf')
  writeFileSync(
    config,
    `bind-address = "127.0.0.1:${inner}"\nreporting-disabled = true\n[meta]\n  dir = "${folder}/meta"\n[data]\n  dir = "${folder}/data"\n  wal-dir = "${folder}/wal"\n[http]\n  bind-address = "127.0.0.1:${port}"\n`,
  )
  running.push(spawn(join(unpacked.root, 'usr/bin/influxd'), ['-config', config], { env: unpacked.env, stdio: 'ignore' }))
  const query = async (q: string): Promise<unknown> => {
    const url = `http://127.0.0.1:${port}/query?${new URLSearchParams({ q, db: 'plant', epoch: 'ms' }).toString()}`
    return (await fetch(url, { method: 'POST' })).json()
  }
  const created = () =>
    query('CREATE DATABASE plant').then(
      () => true,
      () => false,
    )
  await expect.poll(created, { timeout: 40_000 }).toBe(true)

  const plain = codecs.find(({ name }) => name === 'plain')
  if (plain === undefined) throw new Error('no codec plain')
  const options = {
    host: '127.0.0.1',
    port,
    db: 'plant',
    measurement: 'climate, indoor',
    data_points: { device: '%{id}', t: '%{t}', n: '%{n}', note: '%{note}' },
    coerce_values: { t: 'float', n: 'integer' },
    send_as_tags: ['device'],
  }
  const output = influxdb.create(influxdb.config.parse(options), {
    ...testContext(),
    codec: plain.create(plain.config.parse({}), testContext()),
    signal: new AbortController().signal,
    deadLetter: (_, { reason }) => Promise.reject(new Error(reason)),
  })
  const at = new Timestamp(Date.UTC(2024, 4, 1))
  await output.write([createEvent({ '@timestamp': at, id: 'a b', t: 21.5, n: 3, note: 'say "hi" \\ bye' })])
  expect(await query('SELECT * FROM "climate, indoor"')).toMatchObject({
    results: [
      {
        series: [
          {
            columns: ['time', 'device', 'n', 'note', 't'],
            values: [[at.epochMillis, 'a b', 3, 'say "hi" \\ bye', 21.5]],
          },
        ],
      },
    ],
  })
})
