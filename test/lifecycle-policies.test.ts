import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeAll(async () => {
  api = await startMemoryApi()
})
afterAll(() => api.stop())

const policy = {
  phases: { hot: { actions: { rollover: { max_age: '1d' } } }, delete: { min_age: '30d', actions: { delete: {} } } },
}

test('a policy is kept, counted up, told with its users, and deleted when nobody uses it', async () => {
  expect((await api.call('GET', '/_ilm/policy/p')).status).toBe(404)
  await api.call('PUT', '/_ilm/policy/p', { policy })
  await api.call('PUT', '/_ilm/policy/p', { policy })
  await api.call('PUT', '/x', { settings: { 'index.lifecycle.name': 'p' } })
  expect((await api.call('GET', '/_ilm/policy/p')).json).toMatchObject({
    p: { version: 2, policy: { phases: { hot: { min_age: '0ms' } } }, in_use_by: { indices: ['x'] } },
  })
  expect((await api.call('GET', '/x/_ilm/explain')).json).toMatchObject({ indices: { x: { managed: true, policy: 'p' } } })
  expect((await api.call('DELETE', '/_ilm/policy/p')).status).toBe(400)
  expect((await api.call('POST', '/x/_ilm/remove')).json).toMatchObject({ has_failures: false })
  expect((await api.call('DELETE', '/_ilm/policy/p')).json).toEqual({ acknowledged: true })
})

test.each([
  {
    name: 'a phase of a name that objects have',
    phases: JSON.parse('{"__proto__":{"actions":{}}}'),
    says: 'does not support phase [__proto__]',
  },
  { name: 'an unknown phase', phases: { tepid: { actions: {} } }, says: 'does not support phase [tepid]' },
  {
    name: 'an action in the wrong phase',
    phases: { delete: { actions: { rollover: {} } } },
    says: 'invalid action [rollover] defined in phase [delete]',
  },
  { name: 'an age that is none', phases: { warm: { min_age: 'soon', actions: {} } }, says: 'failed to parse' },
])('$name is refused', async ({ phases, says }) => {
  const { status, json } = await api.call('PUT', '/_ilm/policy/bad', { policy: { phases } })
  expect(status).toBe(400)
  expect((json as { error: { reason: string } }).error.reason).toContain(says)
})

test('a block stops writes until it is taken away', async () => {
  await api.call('PUT', '/b/_doc/1', {})
  expect((await api.call('PUT', '/b/_block/write')).json).toMatchObject({ indices: [{ name: 'b', blocked: true }] })
  expect((await api.call('PUT', '/b/_doc/2', {})).status).toBe(403)
  expect((await api.call('DELETE', '/b/_block/write')).json).toEqual({ acknowledged: true })
  expect((await api.call('PUT', '/b/_doc/2', {})).status).toBe(201)
  expect((await api.call('PUT', '/b/_block/everything')).status).toBe(400)
})
