import { describe, expect, test } from 'vitest'
import { TopicAcl } from './topic-acl.ts'

const FILE = `
# who has no name
topic read public/#

user press-07
topic write sensors/press/press-07
topic readwrite config/press-07/#
topic deny config/press-07/secret/#

user dashboard
topic read #
topic deny private/#

pattern write devices/%u/up
pattern read devices/%u/down/+
pattern readwrite clients/%c
topic   with spaces/and more
`

const acl = new TopicAcl(FILE.split('\n').map((text, index) => ({ text, place: `acl:${index + 1}` })))

describe.each([
  {
    user: 'press-07',
    publishes: ['sensors/press/press-07', 'config/press-07', 'config/press-07/x/y', 'devices/press-07/up', 'clients/c1'],
    not: ['sensors/press/press-08', 'config/press-07/secret/key', 'devices/other/up', 'clients/c2', 'public/x', '$SYS/x'],
    receives: ['config/press-07/x', 'devices/press-07/down/reset', 'clients/c1'],
    notReceives: ['sensors/press/press-07', 'config/press-07/secret', 'public/a', 'devices/press-07/down/a/b'],
  },
  {
    user: 'dashboard',
    publishes: ['devices/dashboard/up', 'with spaces/and more'],
    not: ['sensors/x'],
    receives: ['anything/at/all', 'private'].slice(0, 1),
    notReceives: ['private', 'private/x', '$SYS/broker/uptime'],
  },
  { user: undefined, publishes: ['clients/c1'], not: ['public/x', 'devices//up'], receives: ['public/x'], notReceives: ['x'] },
  { user: '+', publishes: [], not: ['devices/any/up', 'devices/+/up'], receives: [], notReceives: ['devices/any/down/x'] },
  { user: 'a/b', publishes: [], not: ['devices/a/b/up'], receives: [], notReceives: [] },
])('user $user', ({ user, publishes, not, receives, notReceives }) => {
  const rights = acl.rightsOf(user, 'c1')
  test('publishes', () => {
    expect([...publishes, ...not].filter((topic) => rights.mayPublish(topic))).toEqual(publishes)
  })
  test('receives', () => {
    expect([...receives, ...notReceives].filter((topic) => rights.mayReceive(topic))).toEqual(receives)
  })
})

test.each([
  { user: 'press-07', filter: 'config/press-07/x', want: 'all' },
  { user: 'press-07', filter: 'config/press-07/+', want: 'some' },
  { user: 'press-07', filter: 'config/press-07/secret/#', want: 'none' },
  { user: 'press-07', filter: '#', want: 'some' },
  { user: 'press-07', filter: 'sensors/#', want: 'none' },
  { user: 'press-07', filter: 'devices/press-07/down/+', want: 'all' },
  { user: 'dashboard', filter: 'sensors/#', want: 'all' },
  { user: 'dashboard', filter: '#', want: 'some' },
  { user: 'dashboard', filter: '$SYS/#', want: 'none' },
])('$user subscribes to $filter: $want', ({ user, filter, want }) => {
  expect(acl.rightsOf(user, 'c1').share(filter)).toBe(want)
})

test('lines that cannot be read are named, all of them', () => {
  const lines = ['topic read', 'topic read a/#/b', 'users x', 'user', 'pattern x/%u'].map((text, at) => ({
    text,
    place: `acl:${at}`,
  }))
  expect(() => new TopicAcl(lines)).toThrow(
    [
      'acl:1: [topic read a/#/b]: [a/#/b] is no topic filter: + and # stand for whole levels, # only for the last',
      'acl:2: [users x]: expected [user NAME], [topic ACCESS FILTER] or [pattern ACCESS FILTER]',
      'acl:3: [user]: expected [user NAME], [topic ACCESS FILTER] or [pattern ACCESS FILTER]',
    ].join('\n'),
  )
})
