import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../core/log.ts'
import { memoryMetadataStore } from '../../index/metadata-store.ts'
import { createSecurity, ensureElasticPassword, type Security } from '../../security/security.ts'
import type { SecurityEvent } from '../../security/security-event.ts'
import { createApiServer, type ApiServer } from '../http/server.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { Devices } from '../../compose/devices.ts'
import { deviceRoutes } from './devices.ts'
import { elkhornRoutes } from './elkhorn.ts'
import { securityRoutes } from './security.ts'

const now = Date.parse('2026-11-01T00:00:00Z')
const events: SecurityEvent[] = []
let security: Security
let server: ApiServer

const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const elastic = basic('elastic', 'elastic-password')

async function call(
  method: string,
  path: string,
  body?: unknown,
  authorization = elastic,
): Promise<{ status: number; json: Record<string, never> }> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, never> }
}

beforeAll(async () => {
  const metadata = memoryMetadataStore()
  const clock = { now: () => now }
  security = createSecurity({
    metadata,
    clock,
    events: (event) => events.push(event),
    localToken: 'token',
    config: { session_idle_timeout: 1e6, session_lifespan: 1e7, max_failures: 100, failure_window: 1000 },
  })
  await ensureElasticPassword(security.users, 'elastic-password')
  const sample = {
    describe: () => Promise.resolve({ faults: ['clone:dev-12'], kinds: {} }),
    switchFault: () => Promise.resolve(),
  }
  server = createApiServer({
    routes: [
      ...securityRoutes(security),
      ...apiKeyRoutes(security),
      ...deviceRoutes(
        security,
        new Devices({ metadata, credentials: security.devices, clock, log: silentLog, config: { offline_after: 1000, max: 10 } }),
      ),
      ...elkhornRoutes(security, sample),
    ],
    context: undefined,
    security: {
      authenticate: (authorization, origin) => security.authenticator.authenticate(authorization, origin),
      refused: ({ principal }, reason, origin) =>
        security.events({ kind: 'access_denied', at: now, origin, user: principal.name, realm: principal.realm, reason }),
    },
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
  })
  await server.start()
})
afterAll(() => server.stop())

test('who one is', async () => {
  expect(await call('GET', '/_security/_authenticate')).toEqual({
    status: 200,
    json: {
      username: 'elastic',
      roles: ['superuser'],
      full_name: null,
      email: null,
      metadata: { _reserved: true },
      enabled: true,
      authentication_realm: { name: 'reserved', type: 'reserved' },
      lookup_realm: { name: 'reserved', type: 'reserved' },
      authentication_type: 'realm',
    },
  })
})

test('the role and the user of the parcel tracking guide', async () => {
  const role = {
    indices: [{ names: ['logs-*-pt'], privileges: ['create_index', 'create_doc', 'index', 'create', 'write', 'read'] }],
  }
  expect(await call('PUT', '/_security/role/logstash_writer_pt', role)).toEqual({
    status: 200,
    json: { role: { created: true } },
  })
  expect(await call('PUT', '/_security/role/logstash_writer_pt', role)).toEqual({
    status: 200,
    json: { role: { created: false } },
  })
  const user = { password: 'PASSWORD', roles: ['logstash_writer_pt'], full_name: 'Logstash writer for PT data streams' }
  expect(await call('POST', '/_security/user/logstash_writer', user)).toEqual({ status: 200, json: { created: true } })
  expect((await call('GET', '/_security/user/logstash_writer')).json).toEqual({
    logstash_writer: {
      username: 'logstash_writer',
      roles: ['logstash_writer_pt'],
      full_name: user.full_name,
      email: null,
      metadata: {},
      enabled: true,
    },
  })
  expect((await call('GET', '/_security/role/logstash_writer_pt')).json).toEqual({
    logstash_writer_pt: {
      cluster: [],
      ...role,
      indices: [{ ...role.indices[0], allow_restricted_indices: false }],
      applications: [],
      run_as: [],
      metadata: {},
      transient_metadata: { enabled: true },
    },
  })
  const writer = basic('logstash_writer', 'PASSWORD')
  const question = { cluster: ['monitor'], index: [{ names: ['logs-app-pt', 'other'], privileges: ['create_doc'] }] }
  expect((await call('POST', '/_security/user/_has_privileges', question, writer)).json).toEqual({
    username: 'logstash_writer',
    has_all_requested: false,
    cluster: { monitor: false },
    index: { 'logs-app-pt': { create_doc: true }, other: { create_doc: false } },
    application: {},
  })
  const refused = await call('GET', '/_security/user', undefined, writer)
  expect(refused).toMatchObject({
    status: 403,
    json: {
      error: {
        type: 'security_exception',
        reason:
          'action [cluster:admin/xpack/security/user/get] is unauthorized for user [logstash_writer] with effective roles [logstash_writer_pt], this action is granted by the cluster privileges [read_security,manage_security,all]',
      },
    },
  })
  expect(events.at(-1)).toMatchObject({
    kind: 'access_denied',
    user: 'logstash_writer',
    origin: { request: 'GET /_security/user' },
  })
  expect(await call('DELETE', '/_security/user/logstash_writer')).toEqual({ status: 200, json: { found: true } })
  expect(await call('DELETE', '/_security/user/logstash_writer')).toEqual({ status: 404, json: { found: false } })
  expect((await call('GET', '/_security/_authenticate', undefined, writer)).status).toBe(401)
})

test('people change their own password, and only that', async () => {
  await call('PUT', '/_security/user/jo', { password: 'first-password', roles: ['viewer'] })
  const jo = basic('jo', 'first-password')
  expect(await call('PUT', '/_security/user/_password', { password: 'second-password' }, jo)).toEqual({ status: 200, json: {} })
  expect((await call('GET', '/_security/_authenticate', undefined, jo)).status).toBe(401)
  const again = basic('jo', 'second-password')
  expect((await call('PUT', '/_security/user/elastic/_password', { password: 'mine-now' }, again)).status).toBe(403)
  expect((await call('PUT', '/_security/user/_password', { password: 'short' }, again)).json).toMatchObject({
    error: {
      type: 'action_request_validation_exception',
      reason: 'Validation Failed: 1: passwords must be at least [6] characters long;',
    },
  })
  expect(await call('PUT', '/_security/user/jo/_disable')).toEqual({ status: 200, json: {} })
  expect((await call('GET', '/_security/_authenticate', undefined, again)).status).toBe(401)
})

test('nobody there is a 404', async () => {
  expect(await call('GET', '/_security/user/nobody')).toEqual({ status: 404, json: {} })
  expect(await call('GET', '/_security/role/nothing')).toEqual({ status: 404, json: {} })
})

test('an API key from its making to its end', async () => {
  const made = await call('POST', '/_security/api_key', {
    name: 'ci',
    expiration: '1d',
    role_descriptors: { reader: { indices: [{ names: ['a'], privileges: ['read'] }] } },
  })
  const { id, api_key: secret, encoded } = made.json as unknown as Record<string, string>
  expect(made.json).toEqual({
    id,
    name: 'ci',
    expiration: now + 86_400_000,
    api_key: secret,
    encoded: Buffer.from(`${id}:${secret}`).toString('base64'),
  })
  const key = `ApiKey ${encoded}`
  expect((await call('GET', '/_security/_authenticate', undefined, key)).json).toMatchObject({
    username: 'elastic',
    roles: [],
    authentication_type: 'api_key',
    api_key: { id, name: 'ci' },
    authentication_realm: { name: '_es_api_key' },
  })
  expect((await call('GET', `/_security/api_key?id=${id}`)).json).toMatchObject({
    api_keys: [{ id, name: 'ci', invalidated: false, username: 'elastic', creation: now }],
  })
  expect((await call('GET', '/_security/api_key?id=nope')).status).toBe(404)
  expect((await call('GET', '/_security/user', undefined, key)).json).toMatchObject({
    error: { reason: expect.stringContaining(`is unauthorized for API key id [${id}] of user [elastic], this action`) },
  })
  expect((await call('DELETE', '/_security/api_key', { ids: [id] })).json).toEqual({
    invalidated_api_keys: [id],
    previously_invalidated_api_keys: [],
    error_count: 0,
  })
  expect((await call('GET', '/_security/_authenticate', undefined, key)).status).toBe(401)
})

test('with manage_own_api_key only one’s own keys are seen', async () => {
  await call('PUT', '/_security/role/own_keys', { cluster: ['manage_own_api_key'] })
  await call('PUT', '/_security/user/kim', { password: 'kim-password', roles: ['own_keys'] })
  const kim = basic('kim', 'kim-password')
  await call('POST', '/_security/api_key', { name: 'of-elastic' })
  await call('POST', '/_security/api_key', { name: 'of-kim' }, kim)
  const { json } = await call('GET', '/_security/api_key?owner=true', undefined, kim)
  expect(json).toMatchObject({ api_keys: [{ name: 'of-kim' }] })
  const refused = await call('GET', '/_security/api_key', undefined, kim)
  expect(refused).toMatchObject({
    status: 403,
    json: {
      error: {
        reason: expect.stringContaining(
          'granted by the cluster privileges [manage_own_api_key,manage_api_key,read_security,manage_security,all]',
        ),
      },
    },
  })
  expect((await call('DELETE', '/_security/api_key', { name: 'of-elastic' }, kim)).status).toBe(403)
})

test('credentials of a device', async () => {
  const made = await call('PUT', '/_elkhorn/devices/dev-1', { description: 'on the roof' })
  expect(made).toEqual({ status: 201, json: { id: 'dev-1', username: 'dev-1', secret: expect.stringMatching(/^[\w-]{32}$/) } })
  expect((await call('PUT', '/_elkhorn/devices/dev-1')).status).toBe(409)
  expect((await call('GET', '/_elkhorn/devices')).json).toEqual({
    total: 1,
    online: 0,
    devices: [
      {
        id: 'dev-1',
        online: false,
        connections: 0,
        sources: [],
        has_credentials: true,
        enabled: true,
        description: 'on the roof',
        created: '2026-11-01T00:00:00.000Z',
      },
    ],
  })
  expect((await call('POST', '/_elkhorn/devices/dev-1/_rotate')).json).toMatchObject({ id: 'dev-1' })
  expect((await call('DELETE', '/_elkhorn/devices/dev-1')).json).toEqual({ found: true })
  expect((await call('GET', '/_elkhorn/devices/dev-1')).status).toBe(404)
})

test('every route but the liveness probe asks who calls', async () => {
  const open: string[] = []
  for (const { methods, paths } of [...securityRoutes(security), ...apiKeyRoutes(security)]) {
    for (const path of paths) {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path.replaceAll(/\{\w+\}/g, 'x')}`, {
        method: methods[0] ?? 'GET',
      })
      if (answer.status !== 401) open.push(`${methods[0]} ${path}`)
    }
  }
  expect(open).toEqual([])
})
