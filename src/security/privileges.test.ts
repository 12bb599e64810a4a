import { expect, test } from 'vitest'
import { clusterActions, clusterPrivileges, indexActions, indexPrivileges } from '../core/actions.ts'
import { impliesClusterPrivilege, impliesIndexPrivilege } from './privileges.ts'

test.each([
  { held: 'all', asked: 'delete_index', want: true },
  { held: 'write', asked: 'create_doc', want: true },
  { held: 'write', asked: 'delete', want: true },
  { held: 'create', asked: 'index', want: false },
  { held: 'create_doc', asked: 'create', want: false },
  { held: 'manage', asked: 'view_index_metadata', want: true },
  { held: 'manage', asked: 'read', want: false },
  { held: 'read', asked: 'none', want: true },
  { held: 'none', asked: 'read', want: false },
] as const)('on indices $held brings $asked: $want', ({ held, asked, want }) => {
  expect(impliesIndexPrivilege(held, asked)).toBe(want)
})

test.each([
  { held: 'manage', asked: 'monitor_ml', want: true },
  { held: 'manage', asked: 'manage_security', want: false },
  { held: 'manage', asked: 'manage_own_api_key', want: false },
  { held: 'manage_security', asked: 'manage_own_api_key', want: true },
  { held: 'monitor', asked: 'manage', want: false },
] as const)('on the node $held brings $asked: $want', ({ held, asked, want }) => {
  expect(impliesClusterPrivilege(held, asked)).toBe(want)
})

// A refusal names the smallest privilege first: what comes later in a list of grants may bring it along, never the other way round.
test.each(Object.entries(indexActions))('grants of %s go from small to large', (_action, grants) => {
  expect(grants.every((small, at) => grants.slice(0, at).every((earlier) => !impliesIndexPrivilege(earlier, small)))).toBe(true)
})

test.each(Object.entries(clusterActions).filter(([, grants]) => grants.length > 0))(
  'grants of %s go from small to large',
  (_action, grants) => {
    const list = [...grants]
    expect(list.every((small, at) => list.slice(0, at).every((earlier) => !impliesClusterPrivilege(earlier, small)))).toBe(true)
  },
)

// Whoever holds a privilege that brings a granting one along is granted the action, too: so it must be listed.
test.each(Object.entries(indexActions))('the grants of %s are complete', (_action, grants) => {
  const list: readonly string[] = grants
  const holders = indexPrivileges.filter((held) => grants.some((asked) => impliesIndexPrivilege(held, asked)))
  expect(holders.filter((held) => !list.includes(held))).toEqual([])
})

test.each(Object.entries(clusterActions).filter(([, grants]) => grants.length > 0))(
  'the grants of %s are complete',
  (_action, grants) => {
    const list: readonly string[] = grants
    const holders = clusterPrivileges.filter((held) => [...grants].some((asked) => impliesClusterPrivilege(held, asked)))
    expect(holders.filter((held) => !list.includes(held))).toEqual([])
  },
)
