import { beforeEach, expect, test } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import { ensureElasticPassword } from './security.ts'
import { UserStore } from './users.ts'
import { memoryMetadataStore } from '../index/metadata-store.ts'

let metadata: MetadataStore
let users: UserStore
beforeEach(() => {
  metadata = memoryMetadataStore()
  users = new UserStore(metadata, () => undefined)
})

test('a user is created, shown without its password, changed and deleted', async () => {
  expect(await users.put('jo', { password: 'secret-1', roles: ['viewer'], full_name: 'Jo', metadata: { team: 7 } })).toBe(true)
  expect(users.findPublic('jo')).toEqual({
    username: 'jo',
    roles: ['viewer'],
    full_name: 'Jo',
    email: null,
    metadata: { team: 7 },
    enabled: true,
  })
  const before = users.find('jo')?.password
  expect(before).toMatch(/^scrypt\$16384\$8\$1\$/)
  expect(await users.put('jo', { roles: 'a, b' })).toBe(false)
  expect(users.find('jo')).toMatchObject({ roles: ['a', 'b'], password: before, full_name: null })
  expect(await users.delete('jo')).toBe(true)
  expect(await users.delete('jo')).toBe(false)
})

test('no plain password reaches the store', async () => {
  const written: unknown[] = []
  const spying: MetadataStore = {
    flush: () => metadata.flush(),
    section: <T>(name: string): MetadataSection<T> => {
      const section = metadata.section<T>(name)
      return Object.assign(Object.create(section) as MetadataSection<T>, {
        put: (key: string, value: T) => {
          written.push(value)
          return section.put(key, value)
        },
      })
    },
  }
  await new UserStore(spying, () => undefined).put('jo', { password: 'hunter2-hunter2' })
  expect(written).toHaveLength(1)
  expect(JSON.stringify(written)).not.toContain('hunter2')
})

test.each<{ name: string; user?: string; body: JsonValue; reason: string }>([
  {
    name: 'a short password',
    body: { password: '12345' },
    reason: 'Validation Failed: 1: passwords must be at least [6] characters long;',
  },
  {
    name: 'no password',
    body: { roles: [] },
    reason: 'Validation Failed: 1: password must be specified unless you are updating an existing user;',
  },
  {
    name: 'a reserved name',
    user: 'elastic',
    body: { password: '123456' },
    reason: 'Validation Failed: 1: user [elastic] is reserved and only its password can be changed;',
  },
  {
    name: 'a name with spaces around',
    user: ' jo',
    body: { password: '123456' },
    reason: 'Validation Failed: 1: User names must not start or end with whitespace, nor contain control characters.;',
  },
  {
    name: 'an unknown field',
    body: { passwd: 'x' },
    reason: 'failed to parse add user request for [jo]. unexpected field [passwd]',
  },
  {
    name: 'roles that are no names',
    body: { password: '123456', roles: [1] },
    reason: 'failed to parse add user request for [jo]. expected field [roles] to be text',
  },
  {
    name: 'a foreign hash',
    body: { password_hash: '$2a$10$rMZe6TdsUwBX' },
    reason:
      'Validation Failed: 1: The provided password hash is not a hash or it could not be resolved to a supported hash algorithm. The supported password hash algorithms are [scrypt];',
  },
])('$name is refused', async ({ user = 'jo', body, reason }) => {
  await expect(users.put(user, body)).rejects.toThrow(expect.objectContaining({ status: 400, reason }))
  expect(users.find(user)).toBeUndefined()
})

test('reserved users are shown before they have a password, and cannot be deleted', async () => {
  expect(users.findPublic('kibana_system')).toMatchObject({ roles: ['kibana_system'], metadata: { _reserved: true } })
  expect(users.find('kibana_system')).toBeUndefined()
  await expect(users.delete('elastic')).rejects.toThrow('user [elastic] is reserved and cannot be deleted')
})

test('a password that the environment gives and that is none is refused by its name', async () => {
  const reason = 'ELASTIC_PASSWORD in the environment: passwords must be at least [6] characters long'
  await expect(ensureElasticPassword(users, 'pw')).rejects.toThrow(reason)
})

test('the first start makes a password once, later ones keep it', async () => {
  const generated = await ensureElasticPassword(users, undefined)
  expect(generated).toMatch(/^[A-Za-z2-9]{20}$/)
  const kept = users.find('elastic')?.password
  expect(await ensureElasticPassword(users, 'another-one')).toBeUndefined()
  expect(users.find('elastic')?.password).toBe(kept)
})
