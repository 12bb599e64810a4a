import { expect, test } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import { parseRole } from './role.ts'

test('the role of the parcel tracking guide is read', () => {
  const privileges = ['create_index', 'create_doc', 'index', 'create', 'write', 'read']
  expect(parseRole('logstash_writer_pt', { indices: [{ names: ['logs-*-pt'], privileges }] })).toEqual({
    cluster: [],
    indices: [{ names: ['logs-*-pt'], privileges, allow_restricted_indices: false }],
    applications: [],
    run_as: [],
    metadata: {},
  })
})

test('one name may stand for a list, a query may be text', () => {
  const role = parseRole('r', {
    cluster: 'monitor',
    indices: [{ names: 'a', privileges: 'read', query: '{"match_all":{}}', field_security: { grant: 'x' } }],
  })
  expect(role.cluster).toEqual(['monitor'])
  expect(role.indices[0]).toEqual({
    names: ['a'],
    privileges: ['read'],
    query: '{"match_all":{}}',
    field_security: { grant: ['x'] },
    allow_restricted_indices: false,
  })
})

test.each<{ name: string; body: JsonValue; type: string; reason: RegExp }>([
  {
    name: 'an unknown privilege',
    body: { indices: [{ names: ['a'], privileges: ['raed'] }] },
    type: 'action_request_validation_exception',
    reason: /^Validation Failed: 1: unknown index privilege \[raed\]\. did you mean \[read\]\?/,
  },
  {
    name: 'an unknown cluster privilege',
    body: { cluster: ['moniter'] },
    type: 'action_request_validation_exception',
    reason: /unknown cluster privilege \[moniter\]\. did you mean \[monitor\]\?/,
  },
  {
    name: 'an unknown field',
    body: { indexes: [] },
    type: 'parse_exception',
    reason: /^failed to parse role \[r\]\. unexpected field \[indexes\]$/,
  },
  {
    name: 'no names',
    body: { indices: [{ privileges: ['read'] }] },
    type: 'parse_exception',
    reason: /missing required \[names\] field/,
  },
  {
    name: 'no privileges',
    body: { indices: [{ names: ['a'] }] },
    type: 'parse_exception',
    reason: /missing required \[privileges\] field/,
  },
  {
    name: 'a number for a name',
    body: { indices: [{ names: [1], privileges: ['read'] }] },
    type: 'parse_exception',
    reason: /expected field \[names\] to hold text, but found \[1\]/,
  },
  {
    name: 'a regular expression that is none',
    body: { indices: [{ names: ['/(/'], privileges: ['read'] }] },
    type: 'action_request_validation_exception',
    reason: /invalid index name pattern \[\/\(\/\]/,
  },
  {
    name: 'a query that is no JSON',
    body: { indices: [{ names: ['a'], privileges: ['read'], query: '{' }] },
    type: 'parse_exception',
    reason: /failed to parse field 'query'/,
  },
  {
    name: 'metadata of our own',
    body: { metadata: { _reserved: true } },
    type: 'action_request_validation_exception',
    reason: /metadata keys may not start with \[_\]/,
  },
  { name: 'no object', body: [], type: 'parse_exception', reason: /expected an object/ },
])('$name is refused', ({ body, type, reason }) => {
  expect(() => parseRole('r', body)).toThrow(
    expect.objectContaining({ type, status: 400, reason: expect.stringMatching(reason) }),
  )
})
