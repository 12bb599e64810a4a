import { beforeEach, expect, test } from 'vitest'
import { requireIndices } from '../core/access.ts'
import type { ElkhornError } from '../core/errors.ts'
import { memoryMetadataStore } from '../index/metadata-store.ts'
import { authenticateDevice, createSecurity, type Security } from './security.ts'
import type { Origin, SecurityEvent } from './security-event.ts'

let now: number
let events: SecurityEvent[]
let security: Security
const origin: Origin = { address: '10.0.0.1', request: 'GET /_search?q=a' }
const elsewhere: Origin = { ...origin, address: '10.0.0.2' }

const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const apiKey = (id: string, secret: string): string => `ApiKey ${Buffer.from(`${id}:${secret}`).toString('base64')}`

beforeEach(async () => {
  now = Date.parse('2026-11-01T00:00:00Z')
  events = []
  security = createSecurity({
    metadata: memoryMetadataStore(),
    clock: { now: () => now },
    events: (event) => events.push(event),
    localToken: 'local-token',
    config: { session_idle_timeout: 3_600_000, session_lifespan: 86_400_000, max_failures: 3, failure_window: 60_000 },
  })
  await security.roles.put('reader', { indices: [{ names: ['logs-*'], privileges: ['read'] }] })
  await security.users.put('jo', { password: 'right-password', roles: ['reader', 'gone'] })
})

const refusal = async (authorization: string | undefined, from = origin): Promise<ElkhornError> => {
  try {
    await security.authenticator.authenticate(authorization, from)
  } catch (error) {
    return error as ElkhornError
  }
  throw new Error('was let in')
}

test('the right password lets in, with the roles there are', async () => {
  const { access, type } = await security.authenticator.authenticate(basic('jo', 'right-password'), origin)
  expect(type).toBe('realm')
  expect(access.principal).toEqual({ name: 'jo', kind: 'user', roles: ['reader'], realm: 'default_native' })
  expect(() => requireIndices(access, 'indices:data/read/search', ['logs-a'])).not.toThrow()
  expect(events).toEqual([{ kind: 'authentication_success', at: now, origin, user: 'jo', realm: 'default_native' }])
})

test.each([
  { name: 'nothing', header: undefined, reason: 'missing authentication credentials for REST request [/_search?q=a]' },
  {
    name: 'a wrong password',
    header: basic('jo', 'wrong'),
    reason: 'unable to authenticate user [jo] for REST request [/_search?q=a]',
  },
  {
    name: 'an unknown user',
    header: basic('nobody', 'wrong'),
    reason: 'unable to authenticate user [nobody] for REST request [/_search?q=a]',
  },
  { name: 'half of a header', header: 'Basic YWJj', reason: 'invalid basic authentication header value' },
  { name: 'an unknown scheme', header: 'Digest x', reason: 'missing authentication credentials for REST request [/_search?q=a]' },
  {
    name: 'an unknown key',
    header: apiKey('a', 'b'),
    reason: 'unable to authenticate with provided credentials and anonymous access is not allowed for this request',
  },
  { name: 'a wrong token', header: 'Bearer x', reason: 'token is invalid or has expired' },
])('$name is a 401 that says how to sign in', async ({ header, reason }) => {
  const error = await refusal(header)
  expect({ type: error.type, status: error.status, reason: error.reason }).toEqual({
    type: 'security_exception',
    status: 401,
    reason,
  })
  expect(error.details['header']).toEqual({
    'WWW-Authenticate': ['Basic realm="security", charset="UTF-8"', 'Bearer realm="security"', 'ApiKey'],
  })
  expect(events.at(-1)?.kind).toBe('authentication_failed')
})

test('a user who is disabled, changed or deleted is out at once', async () => {
  const header = basic('jo', 'right-password')
  await security.authenticator.authenticate(header, origin)
  await security.users.setEnabled('jo', false)
  expect((await refusal(header)).status).toBe(401)
  await security.users.setEnabled('jo', true)
  await security.authenticator.authenticate(header, origin)
  await security.users.setPassword('jo', 'new-password')
  expect((await refusal(header)).status).toBe(401)
})

test('guessing is slowed down for one user from one address, and only there', async () => {
  for (let guess = 0; guess < 3; guess++) expect((await refusal(basic('jo', `guess ${guess}`))).status).toBe(401)
  const throttled = await refusal(basic('jo', 'right-password'))
  expect({ status: throttled.status, reason: throttled.reason, header: throttled.details['header'] }).toEqual({
    status: 429,
    reason: 'too many failed sign-ins of user [jo] from [10.0.0.1]; try again in 60 s',
    header: { 'Retry-After': ['60'] },
  })
  expect(events.at(-1)).toMatchObject({ kind: 'authentication_throttled', user: 'jo', waitMs: 60_000 })
  await security.authenticator.authenticate(basic('jo', 'right-password'), elsewhere)
  now += 60_000
  await security.authenticator.authenticate(basic('jo', 'right-password'), origin)
})

test('who was signed in before is not thrown out by somebody guessing from the same address', async () => {
  await security.authenticator.authenticate(basic('jo', 'right-password'), origin)
  for (let guess = 0; guess < 4; guess++) await refusal(basic('jo', `guess ${guess}`))
  const { access } = await security.authenticator.authenticate(basic('jo', 'right-password'), origin)
  expect(access.principal.name).toBe('jo')
})

test('a changed password ends the sessions of its user', async () => {
  const { cookie } = await security.authenticator.signIn('jo', 'right-password', origin)
  await security.users.setPassword('jo', 'new-password')
  expect(() => security.authenticator.authenticateSession(cookie, origin)).toThrow('missing authentication credentials')
})

test('an API key is at most its owner as it was, and ends', async () => {
  const owner = { name: 'jo', realm: 'default_native', roles: { reader: security.roles.find('reader') ?? fail() } }
  const { key, secret } = await security.apiKeys.create(
    { name: 'ci', expiration: '1h', role_descriptors: { all: { indices: [{ names: ['*'], privileges: ['all'] }] } } },
    owner,
  )
  const { access, type } = await security.authenticator.authenticate(apiKey(key.id, secret), origin)
  expect(type).toBe('api_key')
  expect(access.allows('read', 'logs-a')).toBe(true)
  expect(access.allows('write', 'logs-a')).toBe(false)
  expect(access.allows('read', 'other')).toBe(false)
  expect((await refusal(apiKey(key.id, `${secret}x`))).status).toBe(401)
  now += 3_600_000
  expect((await refusal(apiKey(key.id, secret))).status).toBe(401)
})

test('an invalidated API key is out at once', async () => {
  const owner = { name: 'jo', realm: 'default_native', roles: {} }
  const { key, secret } = await security.apiKeys.create({ name: 'ci' }, owner)
  await security.authenticator.authenticate(apiKey(key.id, secret), origin)
  expect(await security.apiKeys.invalidate(security.apiKeys.list({ name: 'c*' }))).toEqual({
    invalidated: [key.id],
    previously: [],
  })
  expect((await refusal(apiKey(key.id, secret))).status).toBe(401)
  expect(await security.apiKeys.invalidate(security.apiKeys.list({ ids: [key.id] }))).toEqual({
    invalidated: [],
    previously: [key.id],
  })
})

test('the local token is everything', async () => {
  const { access } = await security.authenticator.authenticate('Bearer local-token', origin)
  expect(access.principal.name).toBe('_local')
  expect(access.allows('delete_index', 'x')).toBe(true)
})

test('a session lasts while it is used, and not longer than its life', async () => {
  const { cookie } = await security.authenticator.signIn('jo', 'right-password', origin)
  for (let hour = 0; hour < 23; hour++) {
    now += 3_500_000
    expect(security.authenticator.authenticateSession(cookie, origin).access.principal.name).toBe('jo')
  }
  now += 86_400_000 - 23 * 3_500_000
  expect(() => security.authenticator.authenticateSession(cookie, origin)).toThrow('missing authentication credentials')
})

test('an idle session ends, a signed-out one too, and its cookie is in no file', async () => {
  const { cookie } = await security.authenticator.signIn('jo', 'right-password', origin)
  now += 3_700_000
  expect(() => security.authenticator.authenticateSession(cookie, origin)).toThrow('missing authentication credentials')
  const again = await security.authenticator.signIn('jo', 'right-password', origin)
  await security.authenticator.signOut(again.cookie, origin)
  expect(() => security.authenticator.authenticateSession(again.cookie, origin)).toThrow('missing authentication credentials')
  expect(events.filter((event) => event.kind.startsWith('session')).map((event) => event.kind)).toEqual([
    'session_started',
    'session_started',
    'session_ended',
  ])
})

test('devices sign in with what was issued, users only when they may write everywhere', async () => {
  const connect: Origin = { address: '10.0.0.9', request: 'CONNECT' }
  const secret = await security.devices.issue('dev-12', 'test')
  expect(await authenticateDevice(security, 'dev-12', secret, connect)).toEqual({
    name: 'dev-12',
    kind: 'device',
    roles: [],
    realm: 'devices',
  })
  expect(await authenticateDevice(security, 'dev-12', 'wrong', connect)).toBeUndefined()
  expect(await authenticateDevice(security, 'jo', 'right-password', connect)).toBeUndefined()
  await security.users.put('ops', { password: 'ops-password', roles: ['superuser'] })
  expect(await authenticateDevice(security, 'ops', 'ops-password', connect)).toMatchObject({ name: 'ops', kind: 'user' })
  const rotated = await security.devices.rotate('dev-12')
  expect(await authenticateDevice(security, 'dev-12', secret, connect)).toBeUndefined()
  expect(await authenticateDevice(security, 'dev-12', rotated, connect)).toBeDefined()
  await security.devices.setEnabled('dev-12', false)
  expect(await authenticateDevice(security, 'dev-12', rotated, connect)).toBeUndefined()
  await expect(security.devices.issue('dev-12', '')).rejects.toThrow('device [dev-12] has credentials already')
  await expect(security.devices.issue('a/b', '')).rejects.toThrow('device id [a/b] must be')
})

test('a known header costs less than 50 µs', async () => {
  const header = basic('jo', 'right-password')
  await security.authenticator.authenticate(header, origin)
  const before = process.cpuUsage()
  const rounds = 5000
  for (let n = 0; n < rounds; n++) await security.authenticator.authenticate(header, origin)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / rounds).toBeLessThan(50)
})

function fail(): never {
  throw new Error('role is missing')
}
