import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { murmur3 } from '../../core/murmur3.ts'
import { choice, list, password } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const anonymize = defineFilter({
  name: 'anonymize',
  summary: 'Puts a hash in the place of values. `fingerprint` can more.',
  config: z.strictObject({
    fields: list().describe('Fields whose values are replaced.'),
    key: password().describe('Key of the hash; for `IPV4_NETWORK` how many bits of the address stay.'),
    algorithm: choice('SHA1', 'SHA256', 'SHA384', 'SHA512', 'MD5', 'MURMUR3', 'IPV4_NETWORK')
      .default('SHA1')
      .describe('How they are hashed.'),
  }),
  examples: [
    {
      title: 'The network of an address',
      config: { fields: ['ip'], algorithm: 'IPV4_NETWORK', key: '24' },
      in: { ip: '203.0.113.77' },
      out: { ip: '203.0.113.0' },
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
    const hash = (text: string): string | number => {
      if (algorithm === 'MURMUR3') return murmur3(Buffer.from(text))
      if (algorithm === 'IPV4_NETWORK') return networkOf(text, Number(key))
      return createHmac(algorithm.toLowerCase(), key).update(text).digest('hex')
    }
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

/** What is no address stays as it is. */
function networkOf(address: string, bits: number): string {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number)
  if (parts === undefined) return address
  return parts.map((part, i) => part & (0xff << Math.min(8, Math.max(0, 8 * (i + 1) - bits)))).join('.')
}
