import { execFileSync } from 'node:child_process'
import { closeSync, fdatasync, mkdtempSync, openSync, readFileSync, rmSync, write } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { silentLog } from '../../src/core/log.ts'
import { systemClock } from '../../src/core/time.ts'
import { Broker } from '../../src/plugins/inputs/mqtt-broker/broker.ts'
import { defaultLimits } from '../../src/plugins/inputs/mqtt-broker/limits.ts'
import { TcpListener } from '../../src/plugins/inputs/mqtt-broker/tcp-listener.ts'

/*
 * A process with nothing but the broker. What is published below `in/`, or what a filter given to it takes, is counted and, with QoS 1, written to a journal
 * and acknowledged after its sync, a batch each 5 ms. To any message of its parent it answers with its CPU seconds and counts.
 */

const BATCH_MS = 5
const writeAt = promisify(write)
const sync = promisify(fdatasync)

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-bench-mqtt-'))
const journal = openSync(join(folder, 'journal'), 'w')
process.on('exit', () => {
  closeSync(journal)
  rmSync(folder, { recursive: true })
})
let count = 0
let waiting: (() => void)[] = []
let payloads: Buffer[] = []

const broker = new Broker({
  clock: systemClock,
  log: silentLog,
  limits: { ...defaultLimits, receiveMaximum: 1000, maxOutboxBytes: 64 * 1024 * 1024 },
  newClientId: () => crypto.randomUUID(),
  authenticate: ({ clientId }) =>
    Promise.resolve({ allowed: true, principal: { name: clientId, kind: 'device', roles: [], realm: 'bench' } }),
})
broker.subscribeLocally({
  filters: [process.argv[2] ?? 'in/#'],
  receive({ payload }, settled) {
    count += 1
    if (settled === undefined) return true
    payloads.push(Buffer.from(payload))
    waiting.push(() => settled(undefined))
    return true
  },
  ready: () => Promise.resolve(),
})

async function keepBatch(): Promise<void> {
  if (waiting.length > 0) {
    const settled = waiting
    const bytes = Buffer.concat(payloads)
    waiting = []
    payloads = []
    await writeAt(journal, bytes, 0, bytes.length, null)
    await sync(journal)
    for (const settle of settled) settle()
  }
  setTimeout(() => void keepBatch(), BATCH_MS)
}

const listener = new TcpListener({ broker, host: '127.0.0.1', port: 0 })
await listener.start()
const tlsListener = new TcpListener({ broker, host: '127.0.0.1', port: 0, tls: certificate() })
await tlsListener.start()
void keepBatch()
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({
    cpuSeconds: (user + system) / 1e6,
    count,
    sent: broker.stats.messagesSent,
    residentBytes: process.memoryUsage.rss(),
    connections: broker.stats.connections,
  })
})
process.on('disconnect', () => process.exit())
process.send?.({ port: listener.port, tlsPort: tlsListener.port })

/** A key and a certificate that nobody vouches for. */
function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const key = join(folder, 'key.pem')
  const cert = join(folder, 'certificate.pem')
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', '-subj', '/CN=bench', '-days', '1', ...made], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}
