import { expect, test } from 'vitest'
import { accessOfRoles } from './access.ts'
import { hasPrivileges } from './has-privileges.ts'
import { parseRole } from './role.ts'

const role = parseRole('r', { cluster: ['monitor'], indices: [{ names: ['logs-*'], privileges: ['write'] }] })
const access = accessOfRoles({ name: 'jo', kind: 'user', roles: ['r'], realm: 'default_native' }, [role])

test('each privilege is answered, and whether all are there', () => {
  expect(
    hasPrivileges(access, {
      cluster: ['monitor', 'manage'],
      index: [{ names: ['logs-a', 'b'], privileges: ['create_doc', 'read'] }],
    }),
  ).toEqual({
    username: 'jo',
    has_all_requested: false,
    cluster: { monitor: true, manage: false },
    index: { 'logs-a': { create_doc: true, read: false }, b: { create_doc: false, read: false } },
    application: {},
  })
  expect(hasPrivileges(access, { index: [{ names: 'logs-a', privileges: 'index' }] }).has_all_requested).toBe(true)
})

test('nobody has privileges of applications', () => {
  const { application } = hasPrivileges(access, {
    application: [{ application: 'kibana-.kibana', resources: ['*'], privileges: ['read'] }],
  })
  expect(application).toEqual({ 'kibana-.kibana': { '*': { read: false } } })
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
  expect(() => hasPrivileges(access, body)).toThrow(reason)
})
