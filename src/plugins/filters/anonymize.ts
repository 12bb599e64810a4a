import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { formatIp, parseIp, parseIpBlock } from '../../core/ip.ts'
import { murmur3 } from '../../core/murmur3.ts'
import { choice, list, password } from '../options.ts'
import { defineFilter } from '../plugin.ts'

const config = z.strictObject({
  fields: list().describe('Fields whose values are replaced.'),
  key: password().describe('Key of the hash; for `IPV4_NETWORK` how many bits of the address stay.'),
  algorithm: choice('SHA1', 'SHA256', 'SHA384', 'SHA512', 'MD5', 'MURMUR3', 'IPV4_NETWORK')
    .default('SHA1')
    .describe('How they are hashed.'),
})

export const anonymize = defineFilter({
  name: 'anonymize',
  summary: 'Puts a hash in the place of values. `fingerprint` can more.',
  config,
  examples: [
    {
      title: 'The network of an address',
      config: { fields: ['ip'], algorithm: 'IPV4_NETWORK', key: '24' },
      in: { ip: '203.0.113.77' },
      out: { ip: '203.0.113.0' },
    },
    {
      title: 'Of each, whatever its version; of what is none nothing stays',
      config: { fields: ['ips'], algorithm: 'IPV4_NETWORK', key: '20' },
      in: { ips: ['203.0.113.77', '2001:db8::1', 'ann'] },
      out: { ips: ['203.0.112.0', '2001::', ''] },
    },
    {
      title: 'With a key',
      config: { fields: ['user'], algorithm: 'MD5', key: 'secret' },
      in: { user: ['ann', 'bob'] },
      out: { user: ['9f1f710951d561eba05e87b1907dc518', '95063233508e09b2163588564ee3c771'] },
    },
  ],
  create({ fields, key, algorithm }) {
    const paths = fields.map(fieldPath)
    const hash = hasher(algorithm, key)
    return {
      process(event) {
        for (const path of paths) {
          const value = path.get(event)
          if (value === undefined || value === null) continue
          path.set(event, Array.isArray(value) ? value.map((one) => hash(fieldText(one))) : hash(fieldText(value)))
        }
        return 'matched'
      },
    }
  },
})

type Algorithm = z.output<typeof config>['algorithm']

/** @throws Error when the key is no number of bits where one is wanted */
function hasher(algorithm: Algorithm, key: string): (text: string) => string | number {
  switch (algorithm) {
    case 'MURMUR3':
      return (text) => murmur3(Buffer.from(text))
    case 'IPV4_NETWORK': {
      const bits = Number(key)
      if (!/^\d{1,3}$/.test(key) || bits > 128)
        throw new Error('[anonymize] key: with the algorithm IPV4_NETWORK it is how many bits of an address stay, such as 24')
      return (text) => networkOf(text, bits)
    }
    default: {
      const name = algorithm.toLowerCase()
      return (text) => createHmac(name, key).update(text).digest('hex')
    }
  }
}

/** The network of an address of either version; of what is no address nothing stays. */
function networkOf(text: string, bits: number): string {
  const address = parseIp(text)
  if (address === undefined) return ''
  const block = parseIpBlock(`${text}/${Math.min(bits, text.includes(':') ? 128 : 32)}`)
  return block === undefined ? '' : formatIp(block.first)
}
