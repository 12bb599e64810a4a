import { expect, test } from 'vitest'
import { accessOfRoles } from './access.ts'
import { hasPrivileges } from './has-privileges.ts'
import { parseRole } from './role.ts'

const role = parseRole('r', { cluster: ['monitor'], indices: [{ names: ['logs-*'], privileges: ['write'] }] })
const access = accessOfRoles({ name: 'jo', kind: 'user', roles: ['r'], realm: 'default_native' }, [role])

/** No application has registered anything. */
const NONE = (): readonly string[] => []

test('each privilege is answered, and whether all are there', () => {
  expect(
    hasPrivileges(
      access,
      {
        cluster: ['monitor', 'manage'],
        index: [{ names: ['logs-a', 'b'], privileges: ['create_doc', 'read'] }],
      },
      NONE,
    ),
  ).toEqual({
    username: 'jo',
    has_all_requested: false,
    cluster: { monitor: true, manage: false },
    index: { 'logs-a': { create_doc: true, read: false }, b: { create_doc: false, read: false } },
    application: {},
  })
  expect(hasPrivileges(access, { index: [{ names: 'logs-a', privileges: 'index' }] }, NONE).has_all_requested).toBe(true)
})

const shop = parseRole('shop', {
  applications: [
    { application: 'shop', privileges: ['read', 'data:write/cart'], resources: ['stores/*'] },
    { application: 'bank-*', privileges: ['*'], resources: ['*'] },
    { application: 'club', privileges: ['guest'], resources: ['door'] },
  ],
})
const shopper = accessOfRoles({ name: 'ann', kind: 'user', roles: ['shop'], realm: 'default_native' }, [shop])
/** What the application has registered. */
const actionsOf = (application: string, privilege: string): readonly string[] =>
  application === 'shop' ? ({ read: ['data:read/*', 'ui:*'], browse: ['data:read/shelf'], all: ['*'] }[privilege] ?? []) : []

test.each([
  ['by its name', 'shop', 'stores/7', 'read', true],
  ['by the actions that it stands for', 'shop', 'stores/7', 'browse', true],
  ['an action', 'shop', 'stores/7', 'data:read/till', true],
  ['an action that is granted by itself', 'shop', 'stores/7', 'data:write/cart', true],
  ['a pattern of more actions than are granted', 'shop', 'stores/7', 'data:write/*', false],
  ['a privilege that stands for more', 'shop', 'stores/7', 'all', false],
  ['one that nobody registered', 'shop', 'stores/7', 'sweep', false],
  ['elsewhere', 'shop', 'offices/7', 'read', false],
  ['a pattern of places', 'shop', '*', 'read', false],
  ['in another application', 'shopping', 'stores/7', 'read', false],
  ['whatever it is, where all is granted', 'bank-of-x', 'vault', 'open', true],
  ['by a name that nobody registered', 'club', 'door', 'guest', true],
])('a privilege in an application: %s', (_, application, resource, privilege, expected) => {
  const body = { application: [{ application, resources: [resource], privileges: [privilege] }] }
  expect(hasPrivileges(shopper, body, actionsOf)).toMatchObject({
    has_all_requested: expected,
    application: { [application]: { [resource]: { [privilege]: expected } } },
  })
  expect(hasPrivileges(access, body, actionsOf).has_all_requested).toBe(false)
})

test('names may be those of members that every object has', () => {
  const answer = hasPrivileges(
    access,
    {
      index: [{ names: ['__proto__', 'constructor'], privileges: ['read'] }],
      application: [{ application: '__proto__', resources: ['__proto__', 'toString'], privileges: ['__proto__', 'read'] }],
    },
    NONE,
  )
  const none = '{"__proto__":false,"read":false}'
  expect(JSON.stringify(answer)).toBe(
    '{"username":"jo","has_all_requested":false,"cluster":{},' +
      '"index":{"__proto__":{"read":false},"constructor":{"read":false}},' +
      `"application":{"__proto__":{"__proto__":${none},"toString":${none}}}}`,
  )
  expect(({} as Record<string, unknown>)['read']).toBeUndefined()
})

test.each([
  { name: 'nothing asked', body: {}, reason: 'Validation Failed: 1: must specify at least one privilege;' },
  {
    name: 'unknown privileges',
    body: { cluster: ['monitr'], index: [{ names: ['a'], privileges: ['reed'] }] },
    reason: 'Validation Failed: 1: unknown cluster privilege [monitr];2: unknown index privilege [reed];',
  },
  {
    name: 'an unknown field',
    body: { indices: [] },
    reason: 'failed to parse privilege check [_has_privileges]. unexpected field [indices]',
  },
])('$name is a 400', ({ body, reason }) => {
  expect(() => hasPrivileges(access, body, NONE)).toThrow(reason)
})

test('more questions than can be answered at once are refused', () => {
  const names = Array.from({ length: 101 }, (_, n) => `i${n}`)
  const privileges = Array.from({ length: 100 }, () => 'read')
  expect(() => hasPrivileges(access, { index: [{ names, privileges }] }, NONE)).toThrow(
    /\[10100\] privileges are asked about, more than \[10000\]/,
  )
})
