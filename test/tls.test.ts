import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts, PASSWORD, runElkhorn, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

const elkhorn = fileURLToPath(new URL('../bin/elkhorn', import.meta.url))
let folder: string
let running: RunningElkhorn | undefined
let withTls: readonly string[]

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false // the tests below are skipped
  }
})()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-tls-'))
  if (!hasOpenssl) return
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=plant',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      ...files,
    ],
    { stdio: 'ignore' },
  )
  const keys = { 'tls.certificate': 'cert.pem', 'tls.key': 'key.pem', 'mqtt.client_ca': 'cert.pem' }
  withTls = Object.entries(keys).flatMap(([key, file]) => ['--set', `${key}=${join(folder, file)}`])
  running = await startElkhorn(join(folder, 'data'), ['--no-sample', ...withTls])
})
afterAll(async () => {
  await running?.stop()
  await rm(folder, { recursive: true, force: true })
})

test.skipIf(!hasOpenssl)('with a certificate 9200 speaks TLS only', async () => {
  const ca = await readFile(join(folder, 'cert.pem'))
  const headers = { authorization: running?.authorization }
  const status = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: running?.ports['api'], path: '/', ca, headers }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on('error', reject)
      .end()
  })
  expect(status).toBe(200)
  await expect(fetch(`http://127.0.0.1:${running?.ports['api']}/`)).rejects.toThrow('fetch failed')
})

test.skipIf(!hasOpenssl)('the command line knows the certificate by its face', async () => {
  const users = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [elkhorn, 'users', 'list', '--data', join(folder, 'data'), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  expect(users(...withTls)).toContain('elastic')
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=plant',
      '-keyout',
      join(folder, 'key2.pem'),
      '-out',
      join(folder, 'cert2.pem'),
    ],
    { stdio: 'ignore' },
  )
  expect(() =>
    users('--set', `tls.certificate=${join(folder, 'cert2.pem')}`, '--set', `tls.key=${join(folder, 'key2.pem')}`),
  ).toThrow('it does not show the certificate that tls.certificate names')
})

test('files that are missing or wrong are named', async () => {
  const start = (...settings: readonly string[]) =>
    runElkhorn([...freePorts, '--data', join(folder, 'other'), '--no-sample', ...settings.flatMap((one) => ['--set', one])])
  const none = join(folder, 'none.pem')
  expect(await start(`tls.certificate=${none}`, `tls.key=${none}`)).toEqual({
    code: 1,
    output: `cannot read tls.certificate [${none}]: no such file\n`,
  })
  const text = join(folder, 'text.pem')
  await writeFile(text, 'no certificate')
  const { code, output } = await start(`tls.certificate=${text}`, `tls.key=${text}`)
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringContaining(`tls.certificate [${text}] and tls.key [${text}] cannot be used: `),
  })
})

test.skipIf(!hasOpenssl)('MQTT over TLS: with a secret, or with a certificate that stands for the device', async () => {
  const cert = await readFile(join(folder, 'cert.pem'))
  const common = { ca: cert, reconnectPeriod: 0, protocolVersion: 5 } as const
  const url = `mqtts://127.0.0.1:${running?.ports['mqtts']}`
  const bySecret = await mqtt.connectAsync(url, { ...common, username: 'elastic', password: PASSWORD })
  await bySecret.endAsync()
  const byCertificate = await mqtt.connectAsync(url, { ...common, cert, key: await readFile(join(folder, 'key.pem')) })
  await byCertificate.publishAsync('a', 'b', { qos: 1 })
  await byCertificate.endAsync()
  await expect(mqtt.connectAsync(url, common)).rejects.toThrow(/user ?name or password/i)
})

test.skipIf(!hasOpenssl)('a certificate of somebody else, and what is no TLS, are refused and told', async () => {
  const ca = await readFile(join(folder, 'cert.pem'))
  const names = { key: join(folder, 'stranger-key.pem'), cert: join(folder, 'stranger-cert.pem') }
  const files = ['-keyout', names.key, '-out', names.cert]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=stranger', ...files], {
    stdio: 'ignore',
  })
  const own = { cert: await readFile(names.cert), key: await readFile(names.key) }
  const port = running?.ports['mqtts']
  const options = { ca, ...own, reconnectPeriod: 0, protocolVersion: 5, username: 'elastic', password: PASSWORD } as const
  await expect(mqtt.connectAsync(`mqtts://127.0.0.1:${port}`, options)).rejects.toThrow(/not authorized/i)
  const plain = createConnection({ host: '127.0.0.1', port: port ?? 0 }, () => plain.write('no TLS at all'))
  await new Promise((resolve) => plain.on('error', resolve).on('close', resolve).resume())
  let reasons: string[] = []
  while (reasons.length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    const answer = await callOverTls('/logs-mqtt.audit-default/_search?size=100&ignore_unavailable=true', ca)
    const { hits } = JSON.parse(answer) as { hits: { hits: { _source: { event: { reason: string; outcome: string } } }[] } }
    reasons = hits.hits.map(({ _source }) => _source.event.reason).filter((reason) => /^TLS|certificate/.test(reason))
  }
  expect(reasons.toSorted()).toEqual([
    expect.stringMatching(/^TLS: .*wrong version number/i),
    expect.stringMatching(/^its certificate is not valid: /),
  ])
})

function callOverTls(path: string, ca: Buffer): Promise<string> {
  const headers = { authorization: running?.authorization }
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: running?.ports['api'], path, ca, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    })
      .on('error', reject)
      .end()
  })
}
