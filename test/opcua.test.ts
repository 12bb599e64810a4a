import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OPCUACertificateManager } from 'node-opcua-certificate-manager'
import { DataType, Variant } from 'node-opcua-client'
import { OPCUAServer } from 'node-opcua-server'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../src/plugins/test-input.ts'
import { findFreePort } from './support/free-port.ts'

/** The server of the library whose client the input uses: over real sockets, with values that change. */

const cleanUp: (() => Promise<unknown>)[] = [stopInputs]
afterEach(async () => {
  await stopInputs()
  for (const step of cleanUp.splice(0).toReversed()) await step()
})

async function startServer(folder: string, port: number) {
  const server = new OPCUAServer({
    port,
    hostname: '127.0.0.1',
    serverCertificateManager: new OPCUACertificateManager({
      rootFolder: join(folder, 'server'),
      automaticallyAcceptUnknownCertificate: true,
    }),
    userManager: { isValidUser: (user: string, password: string) => user === 'plant' && password === 's3cret' },
  })
  await server.initialize()
  const space = server.engine.addressSpace?.getOwnNamespace()
  if (space === undefined) throw new Error('the server has no address space')
  const state = { temperature: 20.5, parts: 7 }
  const line = space.addObject({ organizedBy: 'RootFolder', browseName: 'Line1' })
  const variable = (name: keyof typeof state, dataType: 'Double' | 'UInt32') =>
    space.addVariable({
      componentOf: line,
      browseName: name,
      nodeId: `s=Line1.${name}`,
      dataType,
      minimumSamplingInterval: 10,
      value: { get: () => new Variant({ dataType: DataType[dataType], value: state[name] }) },
    })
  variable('temperature', 'Double')
  variable('parts', 'UInt32')
  await server.start()
  cleanUp.push(() => server.shutdown(0))
  return state
}

test.each([
  { name: 'anonymous and plain', options: {} },
  {
    name: 'a user, signed and encrypted',
    options: { user: 'plant', password: 's3cret', security_mode: 'sign_and_encrypt', security_policy: 'aes256_sha256_rsapss' },
  },
])('values that change become events: $name', async ({ options }) => {
  const folder = await mkdtemp(join(tmpdir(), 'opcua-'))
  cleanUp.push(() => rm(folder, { recursive: true }))
  const port = await findFreePort()
  const state = await startServer(folder, port)
  const { fields } = await startInput(
    'opcua',
    {
      endpoint: `opc.tcp://127.0.0.1:${port}`,
      nodes: { temperature: 'ns=1;s=Line1.temperature', '[line][parts]': 'ns=1;s=Line1.parts', none: 'ns=1;s=nowhere' },
      sampling_interval: '20 ms',
      publishing_interval: '20 ms',
      ...options,
    },
    { dataDir: folder },
  )
  await expect.poll(() => fields().length).toBeGreaterThanOrEqual(2)
  state.temperature = 22
  const status = { endpoint: `opc.tcp://127.0.0.1:${port}`, status: 'Good' }
  await expect
    .poll(() => fields())
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({ temperature: 20.5, opcua: { ...status, node: 'ns=1;s=Line1.temperature' } }),
        expect.objectContaining({ line: { parts: 7 }, opcua: { ...status, node: 'ns=1;s=Line1.parts' } }),
        expect.objectContaining({ temperature: 22 }),
      ]),
    )
})

test('a node id that is none is told', async () => {
  await expect(startInput('opcua', { endpoint: 'opc.tcp://127.0.0.1:1', nodes: { t: 'ns=x' } })).rejects.toThrow(
    'nodes: [t => "ns=x"] is no node id such as "ns=2;s=Line1.Temperature"',
  )
})
