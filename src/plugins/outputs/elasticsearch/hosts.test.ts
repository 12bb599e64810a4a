import { expect, test } from 'vitest'
import { parseHosts } from './hosts.ts'
import { clusterAuthorization } from './login.ts'

const cloud = (text: string): string => Buffer.from(text).toString('base64')

test.each([
  { name: 'a name', hosts: ['es'], want: [{ protocol: 'http', host: 'es', port: 9200, path: '' }] },
  { name: 'a port', hosts: ['es:9243'], want: [{ protocol: 'http', host: 'es', port: 9243, path: '' }] },
  { name: 'TLS', hosts: ['es'], ssl_enabled: true, want: [{ protocol: 'https', host: 'es', port: 9200, path: '' }] },
  { name: 'a usual port', hosts: ['https://es:443/x/'], want: [{ protocol: 'https', host: 'es', port: 443, path: '/x' }] },
  {
    name: 'a login',
    hosts: ['http://me:p%40ss%3A@es:9200'],
    want: [{ protocol: 'http', host: 'es', port: 9200, path: '', credentials: 'me:p@ss:' }],
  },
  {
    name: 'a deployment in the cloud',
    cloud_id: `plant:${cloud('eu-west-1.aws.found.io$abc123$kib')}`,
    want: [{ protocol: 'https', host: 'abc123.eu-west-1.aws.found.io', port: 443, path: '' }],
  },
  {
    name: 'one with ports',
    cloud_id: cloud('found.io:9243$abc:9244$kib'),
    want: [{ protocol: 'https', host: 'abc.found.io', port: 9244, path: '' }],
  },
])('$name', ({ hosts, ssl_enabled, cloud_id, want }) => {
  expect(parseHosts({ hosts, ssl_enabled, cloud_id })).toEqual(want)
})

test.each(['<HOST>', 'a b'])('%s is no host', (host) => {
  expect(() => parseHosts({ hosts: [host] })).toThrow(`[${host}] is no host: write elasticsearch:9200`)
})

test.each(['x', `a:${cloud('found.io$undefined$k')}`, cloud('evil/$abc')])('%s is no id of a deployment', (id) => {
  expect(() => parseHosts({ cloud_id: id })).toThrow(`[${id}] is no cloud_id`)
})

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

test.each([
  { name: 'nothing', login: {}, want: {} },
  { name: 'the URL', login: {}, credentials: 'a:b', want: { authorization: basic('a:b') } },
  { name: 'the options first', login: { user: 'u', password: 'p' }, credentials: 'a:b', want: { authorization: basic('u:p') } },
  { name: 'a password with a colon', login: { cloud_auth: 'u:p:q' }, want: { authorization: basic('u:p:q') } },
  { name: 'a key', login: { api_key: 'id:key' }, want: { authorization: `ApiKey ${cloud('id:key')}` } },
  { name: 'an encoded key', login: { api_key: 'aWQ6a2V5' }, want: { authorization: 'ApiKey aWQ6a2V5' } },
])('login: $name', ({ login, credentials, want }) => {
  expect(clusterAuthorization(login, { protocol: 'http', host: 'es', port: 9200, path: '', credentials })).toEqual(want)
})
