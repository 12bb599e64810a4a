import { expect, test } from 'vitest'
import type { Principal } from '../core/access.ts'
import { accessOfRoles, limitedAccess } from './access.ts'
import { builtInRoles } from './built-in-roles.ts'
import { parseRole, type Role } from './role.ts'

const someone: Principal = { name: 'x', kind: 'user', roles: [], realm: 'default_native' }
const roleOf = (indices: unknown[]): Role => parseRole('r', JSON.parse(JSON.stringify({ indices })))
const access = (...roles: Role[]) => accessOfRoles(someone, roles)
const builtIn = (name: string): Role => builtInRoles.get(name) ?? parseRole(name, null)

test.each([
  { names: ['logs-*'], index: 'logs-a', want: true },
  { names: ['logs-*'], index: 'xlogs-a', want: false },
  { names: ['logs-?'], index: 'logs-ab', want: false },
  { names: ['a+b.c'], index: 'a+b.c', want: true },
  { names: ['a.c'], index: 'abc', want: false },
  { names: ['/logs-[0-9]+/'], index: 'logs-12', want: true },
  { names: ['/logs-[0-9]+/'], index: 'logs-12x', want: false },
  { names: ['*'], index: '.kibana', want: true },
  { names: ['*'], index: '.security-7', want: false },
  { names: ['logs-app-*'], index: '.ds-logs-app-prod-2026.11.01-000003', want: true },
  { names: ['logs-app-*'], index: '.ds-logs-db-prod-2026.11.01-000003', want: false },
])('$names allows $index: $want', ({ names, index, want }) => {
  expect(access(roleOf([{ names, privileges: ['read'] }])).allows('read', index)).toBe(want)
})

test('the more roles the more is allowed', () => {
  const two = access(roleOf([{ names: ['a'], privileges: ['read'] }]), roleOf([{ names: ['a*'], privileges: ['delete'] }]))
  expect([two.allows('read', 'a'), two.allows('delete', 'a'), two.allows('read', 'ab'), two.allows('write', 'a')]).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test.each([
  { name: 'no query shows all', groups: [{}], want: undefined },
  { name: 'one query', groups: [{ query: { term: { a: 1 } } }], want: { term: { a: 1 } } },
  { name: 'a group without a query shows all', groups: [{ query: '{"term":{"a":1}}' }, {}], want: undefined },
  {
    name: 'two queries',
    groups: [{ query: { term: { a: 1 } } }, { query: { term: { b: 2 } } }],
    want: { bool: { should: [{ term: { a: 1 } }, { term: { b: 2 } }], minimum_should_match: 1 } },
  },
])('documents: $name', ({ groups, want }) => {
  expect(access(roleOf(groups.map((group) => ({ names: ['i'], privileges: ['read'], ...group })))).documents('i')).toEqual(want)
})

test('a query on a group that cannot read limits nobody', () => {
  const groups = [
    { names: ['i'], privileges: ['read'], query: { term: { a: 1 } } },
    { names: ['i'], privileges: ['write'] },
  ]
  expect(access(roleOf(groups)).documents('i')).toEqual({ term: { a: 1 } })
})

test.each([
  { name: 'granted', security: [{ grant: ['a', 'b.*'] }], path: 'b.c', want: true },
  { name: 'not granted', security: [{ grant: ['a', 'b.*'] }], path: 'c', want: false },
  { name: 'excepted', security: [{ except: ['secret.*'] }], path: 'secret.x', want: false },
  { name: 'within what is excepted', security: [{ grant: ['*'], except: ['place'] }], path: 'place.lat', want: false },
  { name: 'beside what is excepted', security: [{ grant: ['*'], except: ['place'] }], path: 'places', want: true },
  { name: 'excepted here but granted there', security: [{ except: ['s'] }, { grant: ['s'] }], path: 's', want: true },
  { name: 'metadata fields are always seen', security: [{ grant: ['a'] }], path: '_id', want: true },
])('fields: $name', ({ security, path, want }) => {
  const shows = access(roleOf(security.map((field_security) => ({ names: ['i'], privileges: ['read'], field_security })))).fields(
    'i',
  )
  expect(shows?.(path)).toBe(want)
})

test('a group without field security shows all fields', () => {
  expect(
    access(
      roleOf([
        { names: ['i'], privileges: ['read'] },
        { names: ['i'], privileges: ['read'], field_security: { grant: ['a'] } },
      ]),
    ).fields('i'),
  ).toBeUndefined()
})

test('an API key is limited by its owner in every way', () => {
  const key = access(
    roleOf([{ names: ['*'], privileges: ['all'], query: { term: { a: 1 } }, field_security: { grant: ['a', 'b'] } }]),
  )
  const owner = access(
    roleOf([{ names: ['logs-*'], privileges: ['read'], query: { term: { b: 1 } }, field_security: { grant: ['b', 'c'] } }]),
  )
  const both = limitedAccess(key, owner)
  expect([both.allows('read', 'logs-1'), both.allows('write', 'logs-1'), both.allows('read', 'x')]).toEqual([true, false, false])
  expect(both.documents('logs-1')).toEqual({ bool: { filter: [{ term: { a: 1 } }, { term: { b: 1 } }] } })
  expect(['a', 'b', 'c'].map((path) => both.fields('logs-1')?.(path))).toEqual([false, true, false])
})

test('built-in roles do what their names say', () => {
  expect(access(builtIn('superuser')).allows('delete_index', '.security-7')).toBe(true)
  expect(access(builtIn('superuser')).allowsCluster('manage_security')).toBe(true)
  const viewer = access(builtIn('viewer'))
  expect([
    viewer.allows('read', 'iot-data-1'),
    viewer.allows('write', 'iot-data-1'),
    viewer.allows('read', '.kibana'),
    viewer.allowsCluster('monitor'),
  ]).toEqual([true, false, false, false])
  const writer = access(builtIn('logstash_writer'))
  expect([
    writer.allows('index', 'logs-x'),
    writer.allows('create_index', 'iot-data-1'),
    writer.allows('index', 'other'),
  ]).toEqual([true, true, false])
})
