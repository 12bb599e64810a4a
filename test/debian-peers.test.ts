import { execFile, spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedPath } from './shared.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// Programs that others use, as Debian has them, send what they always send.

const rsyslog = await fetchDebianPackages('rsyslog', ['rsyslog', 'rsyslog-elasticsearch', 'libestr0', 'libfastjson4'])
const libcoap = await fetchDebianPackages('libcoap', ['libcoap3-bin', 'libcoap3'])
const softflowd = await fetchDebianPackages('softflowd', ['softflowd', 'libpcap0.8'])
const prometheus = await fetchDebianPackages('prometheus', ['prometheus'])
const capture = sharedPath('data/security/mqtt-pcaps/mqtt311-sub-userpass.pcap')
for (const [name, found] of Object.entries({ rsyslog, libcoap, softflowd, prometheus }))
  if (found === undefined) process.stderr.write(`skipped: Debian's package ${name} could not be had\n`)

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-peers-'))
const endings: (() => Promise<unknown>)[] = []
let elkhorn: RunningElkhorn

const PIPELINE = `
input {
  syslog { port => 0 id => "syslog" add_field => { "[@metadata][index]" => "syslog" } }
  udp { port => 0 id => "flows" codec => netflow add_field => { "[@metadata][index]" => "flows" } }
  coap { port => 0 id => "coap" add_field => { "[@metadata][index]" => "coap" } }
  prometheus { port => 0 id => "prometheus" add_field => { "[@metadata][index]" => "metrics" } }
}
output { elasticsearch { index => "%{[@metadata][index]}" } }
`

beforeAll(async () => {
  const pipelines = join(folder, 'pipelines')
  mkdirSync(pipelines)
  writeFileSync(join(pipelines, 'peers.conf'), PIPELINE)
  elkhorn = await startElkhorn(join(folder, 'data'), ['--no-sample', '--set', `pipelines.path=${pipelines}`])
}, 120_000)
afterAll(async () => {
  for (const end of endings) await end()
  await elkhorn?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const portOf = (input: string): number => elkhorn.ports[`peers/${input}`] ?? Number.NaN

type Source = Readonly<Record<string, unknown>>

/** The sources in an index, once there are as many as expected. */
async function sources(index: string, count: number, query = '*'): Promise<readonly Source[]> {
  let found: readonly Source[] = []
  await expect
    .poll(
      async () => {
        await elkhorn.call('POST', `/${index}/_refresh`)
        const { json } = await elkhorn.call('GET', `/${index}/_search?size=100&q=${encodeURIComponent(query)}`)
        const { hits } = json as { hits?: { hits: { _source: Source }[] } }
        found = hits?.hits.map(({ _source }) => _source) ?? []
        return found.length
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThanOrEqual(count)
  return found
}

/** Runs a program until the tests are over. */
function background(program: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const child = spawn(program, args, { env, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('close', resolve))
  endings.push(() => {
    child.kill('SIGTERM')
    return ended
  })
}

test.skipIf(!rsyslog)('rsyslog forwards in three ways, and writes to Elasticsearch', { timeout: 120_000 }, async () => {
  const { root, libraries, env } = rsyslog ?? { root: '', libraries: [], env: {} }
  const lines = join(folder, 'press.log')
  const config = join(folder, 'rsyslog.conf')
  const target = `type="omfwd" target="127.0.0.1" port="${portOf('syslog')}"`
  writeFileSync(
    config,
    `global(workDirectory="${folder}")
module(load="imfile")
module(load="omelasticsearch")
template(name="document" type="list" option.jsonf="on") {
  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
  property(outname="program" name="programname" format="jsonf")
}
input(type="imfile" file="${lines}" tag="press:" facility="local3" severity="crit")
action(${target} protocol="udp" template="RSYSLOG_TraditionalForwardFormat")
action(${target} protocol="tcp" template="RSYSLOG_SyslogProtocol23Format")
action(${target} protocol="tcp" template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted")
action(type="omelasticsearch" server="127.0.0.1" serverport="${elkhorn.ports['api']}" uid="elastic" pwd="${PASSWORD}"
  template="document" searchIndex="from-rsyslog" searchType="" bulkmode="on")
`,
  )
  writeFileSync(lines, 'bearing worn\n')
  const modules = libraries.map((library) => join(library, 'rsyslog')).join(':')
  background(join(root, 'usr/sbin/rsyslogd'), ['-n', '-f', config, '-i', join(folder, 'rsyslog.pid'), '-M', modules], env)
  appendFileSync(lines, 'temperature 81 °C, "hot"\n')

  const severity = { facility: { code: 19, name: 'local3' }, severity: { code: 2, name: 'Critical' } }
  const forwarded = await sources('syslog', 6)
  expect(forwarded).toHaveLength(6)
  for (const text of ['bearing worn', 'temperature 81 °C, "hot"']) {
    const same = forwarded.filter(({ message }) => String(message).trim() === text)
    expect(same).toHaveLength(3)
    for (const one of same) expect(one).toMatchObject({ log: { syslog: severity }, process: { name: 'press' } })
  }
  const direct = await sources('from-rsyslog', 2)
  expect(direct.map(({ message }) => String(message).trim()).toSorted()).toEqual(['bearing worn', 'temperature 81 °C, "hot"'])
})

test.skipIf(!libcoap)('coap-client sends bodies in blocks of all sizes', { timeout: 120_000 }, async () => {
  const { root, env } = libcoap ?? { root: '', env: {} }
  const body = 'reading '.repeat(400)
  const file = join(folder, 'body')
  writeFileSync(file, body)
  const address = `coap://127.0.0.1:${portOf('coap')}`
  const client = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(join(root, 'usr/bin/coap-client-notls'), ['-B', '60', ...args], { env })).stdout.trim()
  for (const size of ['16', '64', '256', '1024']) await client('-m', 'put', '-b', size, '-f', file, `${address}/blocks/${size}`)
  await client('-m', 'post', '-e', 'whole', `${address}/whole`)
  const found = await sources('coap', 5)
  const bodies = Object.fromEntries(found.map(({ message, url }) => [(url as { path: string }).path, message]))
  expect(bodies).toEqual({
    ...Object.fromEntries(['16', '64', '256', '1024'].map((size) => [`/blocks/${size}`, body])),
    '/whole': 'whole',
  })
})

test.skipIf(!softflowd || !capture)('softflowd exports NetFlow 9 and IPFIX', { timeout: 120_000 }, async () => {
  const { root, env } = softflowd ?? { root: '', env: {} }
  for (const version of ['9', '10']) {
    const to = ['-n', `127.0.0.1:${portOf('flows')}`, '-v', version]
    const own = ['-p', join(folder, 'softflowd.pid'), '-c', 'none']
    await promisify(execFile)(join(root, 'usr/sbin/softflowd'), ['-d', '-r', capture ?? '', ...to, ...own], { env })
  }
  const ports = ['l4_dst_port', 'l4_src_port', 'destinationTransportPort', 'sourceTransportPort']
  const ofMqtt = await sources('flows', 4, ports.map((port) => `netflow.${port}:1883`).join(' OR '))
  const flows = ofMqtt.map(({ netflow }) => netflow as Record<string, unknown>)
  expect(flows.find(({ l4_dst_port: port }) => port === 1883)).toMatchObject({
    version: 9,
    ipv6_src_addr: '::1',
    protocol: 6,
    in_bytes: 725,
    in_pkts: 9,
  })
  expect(flows.find(({ destinationTransportPort: port }) => port === 1883)).toMatchObject({
    version: 10,
    sourceIPv6Address: '::1',
    protocolIdentifier: 6,
    octetDeltaCount: 725,
    packetDeltaCount: 9,
  })
})

test.skipIf(!prometheus)('Prometheus reads metrics and writes them back remotely', { timeout: 120_000 }, async () => {
  const { root, env } = prometheus ?? { root: '', env: {} }
  const config = join(folder, 'prometheus.yml')
  writeFileSync(
    config,
    `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: api
    basic_auth: { username: elastic, password: ${PASSWORD} }
    static_configs: [ { targets: ["127.0.0.1:${elkhorn.ports['api']}"] } ]
  - job_name: pipelines
    basic_auth: { username: elastic, password: ${PASSWORD} }
    static_configs: [ { targets: ["127.0.0.1:${elkhorn.ports['monitoring']}"] } ]
remote_write:
  - url: http://127.0.0.1:${portOf('prometheus')}/api/v1/write
`,
  )
  const own = [`--storage.tsdb.path=${join(folder, 'prometheus')}`, '--web.listen-address=127.0.0.1:0']
  background(join(root, 'usr/bin/prometheus'), [`--config.file=${config}`, ...own], env)
  for (const job of ['api', 'pipelines']) {
    const [up] = await sources('metrics', 1, `prometheus.labels.job:${job} AND prometheus.name:up AND prometheus.value:1`)
    expect(up).toBeDefined()
  }
})
