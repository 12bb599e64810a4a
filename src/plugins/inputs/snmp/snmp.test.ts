import { expect, test } from 'vitest'
import { codecs } from '../../codecs/index.ts'
import { testContext } from '../../test-context.ts'
import { snmp } from './snmp.ts'

const get = ['1.3.6.1.2.1.1.5.0']

test.each([
  { config: { hosts: { host: 'udp:192.0.2.1/161' } }, want: 'nothing is asked for' },
  { config: { get, hosts: { host: '192.0.2.1:161' } }, want: '[192.0.2.1:161] is no host: write udp:192.0.2.1/161' },
  { config: { get, hosts: { host: 'tcp:192.0.2.1/161' } }, want: 'agents are asked over UDP' },
  { config: { get, hosts: { host: 'udp:[2001:db8::1]/161', version: '3' } }, want: 'version 3 needs the option [security_name]' },
  { config: { get, hosts: { host: 'a' }, oid_root_skip: 1, oid_path_length: 1 }, want: 'use one of them' },
])('$want', ({ config, want }) => {
  const plain = codecs.find(({ name }) => name === 'plain')
  const codec = plain?.create(plain.config.parse({}), testContext())
  if (codec === undefined) throw new Error('there is no codec plain')
  expect(() => snmp.create(snmp.config.parse(config), { ...testContext(), codec })).toThrow(want)
})
