import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSecurity, ensureElasticPassword, type Security } from '../src/security/security.ts'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
let security: Security
let now = Date.parse('2026-11-01T00:00:00Z')

const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
/** What the tests look at: members that are no text are only compared. */
interface Told {
  readonly status: number
  readonly text: string
  readonly json: Readonly<Record<string, string>>
}

const as =
  (authorization: string) =>
  (method: string, path: string, body?: unknown): Promise<Told> =>
    api.call(method, path, body, { authorization })
const elastic = as(basic('elastic', 'elastic-password'))

beforeAll(async () => {
  api = await startMemoryApi({
    security: (metadata) => {
      security = createSecurity({
        metadata,
        clock: { now: () => now },
        events: () => undefined,
        localToken: 'token',
        config: { session_idle_timeout: 1e6, session_lifespan: 1e7, max_failures: 100, failure_window: 1000 },
      })
      return security
    },
  })
  await ensureElasticPassword(security.users, 'elastic-password')
  await elastic('PUT', '/_security/role/reader', {
    cluster: ['manage_own_api_key', 'manage_token'],
    indices: [{ names: ['logs-*'], privileges: ['read'] }],
  })
  await elastic('PUT', '/_security/user/ada', { password: 'ada-password', roles: ['reader'], full_name: 'Ada' })
})
afterAll(() => api.stop())

describe('application privileges', () => {
  const path = '/_security/privilege'

  test('are put, changed, found and deleted', async () => {
    const read = { actions: ['data:read/*'], metadata: { a: 1 } }
    expect((await elastic('PUT', path, { shop: { read, write: { actions: ['data:write/*'] } } })).json).toEqual({
      shop: { read: { created: true }, write: { created: true } },
    })
    expect((await elastic('PUT', path, { shop: { read } })).json).toEqual({ shop: { read: { created: false } } })
    expect((await elastic('GET', `${path}/shop/read`)).json).toEqual({
      shop: { read: { application: 'shop', name: 'read', ...read } },
    })
    expect((await elastic('GET', `${path}/shop/none`)).status).toBe(404)
    expect(await elastic('DELETE', `${path}/shop/read,none`)).toMatchObject({
      status: 200,
      json: { shop: { read: { found: true }, none: { found: false } } },
    })
    expect(Object.keys((await elastic('GET', path)).json['shop'] ?? {})).toEqual(['write'])
  })

  test.each([
    [{}, 'At least one application privilege must be provided'],
    [{ shop: { read: { actions: [] } } }, 'must have at least one action'],
    [{ shop: { read: { actions: ['read'] } } }, 'must contain one of'],
    [{ Shop: { read: { actions: ['a:b'] } } }, 'Application names must match'],
    [{ shop: { read: { actions: ['a:b'], name: 'write' } } }, 'says that it is'],
  ])('%j is refused', async (body, says) => {
    const { status, text } = await elastic('PUT', path, body)
    expect({ status, said: text.includes(says) || text }).toEqual({ status: 400, said: true })
  })
})

describe('many roles at once', () => {
  test('each is told what became of it', async () => {
    const one = { cluster: ['monitor'] }
    expect((await elastic('POST', '/_security/role', { roles: { one, superuser: {} } })).json).toMatchObject({
      created: ['one'],
      errors: { count: 1, details: { superuser: { type: 'action_request_validation_exception' } } },
    })
    expect((await elastic('POST', '/_security/role', { roles: { one } })).json).toEqual({ noop: ['one'] })
    expect((await elastic('DELETE', '/_security/role', { names: ['one', 'none'] })).json).toEqual({
      deleted: ['one'],
      not_found: ['none'],
    })
  })

  test('roles and users are asked for', async () => {
    const roles = (await elastic('POST', '/_security/_query/role', { query: { match_all: {} }, sort: ['name'] })).json
    expect(roles).toMatchObject({ total: 1, count: 1, roles: [{ name: 'reader', _sort: ['reader'] }] })
    const users = (await elastic('POST', '/_security/_query/user', { query: { prefix: { full_name: 'A' } } })).json
    expect(users).toMatchObject({ total: 1, users: [{ username: 'ada' }] })
  })
})

describe('API keys', () => {
  test('are changed by their owner alone', async () => {
    const { json } = await as(basic('ada', 'ada-password'))('POST', '/_security/api_key', { name: 'k' })
    const key = `/_security/api_key/${json['id']}`
    const ada = as(basic('ada', 'ada-password'))
    expect((await ada('PUT', key, { metadata: { team: 'x' } })).json).toEqual({ updated: true })
    expect((await ada('PUT', key, { metadata: { team: 'x' } })).json).toEqual({ updated: false })
    expect((await elastic('PUT', key, {})).status).toBe(404)
    const many = await ada('POST', '/_security/api_key/_bulk_update', { ids: [json['id'], 'none'], metadata: { team: 'y' } })
    expect(many.json).toMatchObject({ updated: [json['id']], noops: [], errors: { count: 1 } })
    const found = await ada('POST', '/_security/_query/api_key', { query: { term: { 'metadata.team': 'y' } } })
    expect(found.json).toMatchObject({ total: 1, api_keys: [{ id: json['id'] }] })
  })

  test('take away what they allowed as soon as they are changed', async () => {
    const made = await elastic('POST', '/_security/api_key', { name: 'all' })
    const key = as(`ApiKey ${made.json['encoded']}`)
    expect((await key('GET', '/_cluster/health')).status).toBe(200)
    const none = { role_descriptors: { none: { cluster: [], indices: [{ names: ['x'], privileges: ['read'] }] } } }
    await elastic('PUT', `/_security/api_key/${made.json['id']}`, none)
    expect((await key('GET', '/_cluster/health')).status).toBe(403)
  })

  test('are granted to whom the password is of', async () => {
    const grant = (password: string) =>
      elastic('POST', '/_security/api_key/grant', { grant_type: 'password', username: 'ada', password, api_key: { name: 'g' } })
    expect((await grant('wrong')).status).toBe(401)
    const { json } = await grant('ada-password')
    expect((await as(`ApiKey ${json['encoded']}`)('GET', '/_security/_authenticate')).json).toMatchObject({ username: 'ada' })
    expect((await as(basic('ada', 'ada-password'))('POST', '/_security/api_key/grant', {})).status).toBe(403)
  })
})

describe('tokens', () => {
  const path = '/_security/oauth2/token'
  const create = async (): Promise<Told['json']> =>
    (await elastic('POST', path, { grant_type: 'password', username: 'ada', password: 'ada-password' })).json

  test('stand for their user, and can do no more', async () => {
    const token = await create()
    expect(token).toMatchObject({ type: 'Bearer', expires_in: 1200, authentication: { username: 'ada' } })
    const ada = as(`Bearer ${token['access_token']}`)
    expect((await ada('GET', '/_security/_authenticate')).json).toMatchObject({ username: 'ada' })
    expect((await ada('GET', '/_cluster/health')).status).toBe(403)
  })

  test('end: by time, by hand, with the password', async () => {
    const status = async (token: string | undefined): Promise<number> =>
      (await as(`Bearer ${token}`)('GET', '/_security/_authenticate')).status
    const [byTime, byHand, byPassword] = [await create(), await create(), await create()]
    expect((await elastic('DELETE', path, { token: byHand['access_token'] })).json).toEqual({
      invalidated_tokens: 1,
      previously_invalidated_tokens: 0,
      error_count: 0,
    })
    expect(await status(byHand['access_token'])).toBe(401)
    await elastic('PUT', '/_security/user/ada/_password', { password: 'ada-password' })
    expect(await status(byPassword['access_token'])).toBe(401)
    expect(await status(byTime['access_token'])).toBe(401)
    const later = await create()
    expect(await status(later['access_token'])).toBe(200)
    now += 20 * 60_000
    expect(await status(later['access_token'])).toBe(401)
  })

  test('are made anew, once', async () => {
    const token = await create()
    const refresh = () => elastic('POST', path, { grant_type: 'refresh_token', refresh_token: token['refresh_token'] })
    expect((await refresh()).json).toMatchObject({ authentication: { username: 'ada' } })
    expect(await refresh()).toMatchObject({ status: 400, json: { error: { type: 'invalid_grant' } } })
  })

  test.each([[{ grant_type: 'wish' }], [{ grant_type: 'password' }], [{}]])('%j is refused', async (body) => {
    expect((await elastic('POST', path, body)).status).toBe(400)
  })
})

describe('role mappings', () => {
  const path = '/_security/role_mapping/m'
  const mapping = { enabled: true, roles: ['reader'], rules: { field: { username: '*' } }, metadata: {} }

  test('are put, told and deleted', async () => {
    expect((await elastic('PUT', path, mapping)).json).toEqual({ role_mapping: { created: true } })
    expect((await elastic('GET', path)).json).toEqual({ m: mapping })
    expect((await elastic('DELETE', path)).json).toEqual({ found: true })
    expect((await elastic('GET', path)).status).toBe(404)
  })

  test.each([
    [{ roles: ['r'] }, 'role-mapping rules are missing'],
    [{ rules: mapping.rules }, 'role-mapping roles or role-templates are missing'],
    [{ ...mapping, rules: { some: [] } }, 'expected one of [any, all, field, except]'],
  ])('%j is refused', async (body, says) => {
    const { status, text } = await elastic('PUT', path, body)
    expect({ status, said: text.includes(says) || text }).toEqual({ status: 400, said: true })
  })
})

test('caches are cleared by name', async () => {
  for (const what of ['role/x', 'api_key/*', 'privilege/app', 'realm/native']) {
    expect((await elastic('POST', `/_security/${what}/_clear_cache`)).json).toMatchObject({
      _nodes: { successful: 1, failed: 0 },
    })
  }
})
