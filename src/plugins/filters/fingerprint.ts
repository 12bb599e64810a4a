import { createHash, createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { isFields, type Event, type FieldValue, type Fields } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { formatIp, parseIp, parseIpBlock } from '../../core/ip.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, list, password, text } from '../options.ts'
import { murmur3, murmur3x128 } from '../../core/murmur3.ts'
import { defineFilter } from '../plugin.ts'

const METHODS = [
  'SHA1',
  'SHA256',
  'SHA384',
  'SHA512',
  'MD5',
  'MURMUR3',
  'MURMUR3_128',
  'IPV4_NETWORK',
  'UUID',
  'PUNCTUATION',
] as const
type Method = (typeof METHODS)[number]

const config = z.strictObject({
  source: list().default(['message']).describe('Fields to take the fingerprint of.'),
  target: text().optional().describe('Field that gets it: `fingerprint`, with ECS names `[event][hash]`.'),
  method: choice(...METHODS)
    .default('SHA1')
    .describe('How it is taken.'),
  key: password().optional().describe('Key of an HMAC; for IPV4_NETWORK, how many bits of the address stay.'),
  base64encode: flag().default(false).describe('Whether hashes are written as Base64 instead of hexadecimal digits.'),
  concatenate_sources: flag().default(false).describe('Whether all sources make one fingerprint together.'),
  concatenate_all_fields: flag().default(false).describe('Whether all fields of the event make one fingerprint together.'),
  ecs_compatibility: ecsCompatibility(),
})

export const fingerprint = defineFilter({
  name: 'fingerprint',
  summary: 'Takes a fingerprint of fields: to recognize duplicates, or to hide what they said.',
  config,
  examples: [
    {
      title: 'An id that a resend has, too',
      config: { source: ['device', 'at'], concatenate_sources: true, method: 'SHA256', target: 'id' },
      in: { device: 'd1', at: 1 },
      out: { device: 'd1', at: 1, id: '3c9269d3b06699ff464f61cc2515b69102059ab15eb5d7c5794512559fa25bb0' },
    },
    {
      title: 'Which network',
      config: { source: 'ip', method: 'IPV4_NETWORK', key: 24, target: 'net' },
      in: { ip: '10.1.2.3' },
      out: { ip: '10.1.2.3', net: '10.1.2.0' },
    },
    {
      title: 'The form of a line',
      config: { method: 'PUNCTUATION', target: 'form' },
      in: { message: 'a=1; b="2"' },
      out: { message: 'a=1; b="2"', form: '=;=""' },
    },
  ],
  create(options, context) {
    const ecs = options.ecs_compatibility ?? context.ecs
    const target = fieldPath(options.target ?? (ecs === 'disabled' ? 'fingerprint' : '[event][hash]'))
    // In the order of their names, as Logstash takes them together.
    const sources = options.source.toSorted().map((name) => ({ name, path: fieldPath(name) }))
    const take = taker(options.method, options.key, options.base64encode)
    return {
      process(event) {
        if (options.method === 'UUID') {
          target.set(event, randomUUID())
          return 'matched'
        }
        if (options.concatenate_all_fields || (options.concatenate_sources && sources.length > 0)) {
          const parts = options.concatenate_all_fields
            ? allFields(event)
            : sources.map(({ name, path }) => [name, path.get(event) ?? null] as const)
          target.set(event, take(`${parts.map(([name, value]) => `|${name}|${fieldText(inOrder(value))}`).join('')}|`))
          return 'matched'
        }
        for (const { path } of sources) {
          const value = path.get(event)
          if (value === undefined) continue
          target.set(
            event,
            Array.isArray(value) ? value.map((one) => take(fieldText(inOrder(one)))) : take(fieldText(inOrder(value))),
          )
        }
        return 'matched'
      },
    }
  },
})

const allFields = (event: Event): (readonly [string, FieldValue])[] =>
  Object.keys(event.fields)
    .toSorted()
    .map((name) => [name, event.fields[name] ?? null])

/** Objects with their names in order: the same content has the same fingerprint. */
function inOrder(value: FieldValue): FieldValue {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isFields(value)) return value
  const sorted: Fields = {}
  for (const name of Object.keys(value).toSorted()) sorted[name] = inOrder(value[name] ?? null)
  return sorted
}

function taker(method: Method, key: string | undefined, base64: boolean): (text: string) => FieldValue {
  switch (method) {
    case 'MURMUR3':
      return (written) => murmur3(Buffer.from(written))
    case 'MURMUR3_128':
      return (written) => murmur3x128(Buffer.from(written)).toString(base64 ? 'base64' : 'hex')
    case 'PUNCTUATION':
      return (written) => written.replaceAll(/[^!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g, '')
    case 'IPV4_NETWORK':
      return (written) => {
        const block = parseIpBlock(`${parseIp(written) === undefined ? '' : written}/${key ?? '32'}`)
        if (block === undefined) throw new RangeError(`[${written}] with [${key ?? ''}] bits is no network`)
        return formatIp(block.first)
      }
    default: {
      const algorithm = method.toLowerCase()
      return (written) =>
        (key === undefined ? createHash(algorithm) : createHmac(algorithm, key)).update(written).digest(base64 ? 'base64' : 'hex')
    }
  }
}
