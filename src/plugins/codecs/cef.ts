import { z } from 'zod'
import { parseIsoInstant } from '../../core/dates/iso-instant.ts'
import type { Event, FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, ignored, list, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { CEF_FIELDS, CEF_HEADERS } from './cef-fields.ts'
import { decodedEvent, failedEvent } from './decoded.ts'
import { LineSplitter } from './line-splitter.ts'

const config = z.strictObject({
  vendor: text().default('Elasticsearch').describe('Vendor of events that are written.'),
  product: text().default('Logstash').describe('Product of events that are written.'),
  version: text().default('1.0').describe('Version of events that are written.'),
  signature: text().default('Logstash').describe('Signature of events that are written.'),
  name: text().default('Logstash').describe('Name of events that are written.'),
  severity: text().default('6').describe('Severity of events that are written.'),
  fields: list().default([]).describe('Fields that are written as extensions.'),
  delimiter: text().optional().describe('What ends an event. The end of the message when absent.'),
  raw_data_field: text().optional().describe('Field that gets the text as it came.'),
  reverse_mapping: flag().default(false).describe('Whether fields are written by their short names.'),
  default_timezone: ignored('times without a zone are read as UTC'),
  locale: ignored('months are read in English'),
  device: text().default('observer').describe('Where fields of the device go, with ECS names: `observer` or `host`.'),
  ecs_compatibility: ecsCompatibility(),
})

export const cef = defineCodec({
  name: 'cef',
  summary: "ArcSight's Common Event Format: a header and pairs.",
  config,
  examples: [
    {
      title: 'An event of a firewall',
      config: {},
      in: 'CEF:0|Acme|Wall|1.2|100|denied \\| dropped|7|src=10.0.0.1 spt=1232 msg=no way\\= in cs1Label=Rule cs1=deny all',
      out: [
        {
          cef: { version: '0', name: 'denied | dropped', device_custom_string_1: { label: 'Rule', value: 'deny all' } },
          observer: { vendor: 'Acme', product: 'Wall', version: '1.2' },
          event: { code: '100', severity: '7' },
          source: { ip: '10.0.0.1', port: '1232' },
          message: 'no way= in',
        },
      ],
    },
    {
      title: 'Without ECS names',
      config: { ecs_compatibility: 'disabled' },
      in: 'CEF:0|a|b|c|d|e|1|src=1.2.3.4 custom=x',
      out: [
        {
          cefVersion: '0',
          deviceVendor: 'a',
          deviceProduct: 'b',
          deviceVersion: 'c',
          deviceEventClassId: 'd',
          name: 'e',
          severity: '1',
          sourceAddress: '1.2.3.4',
          custom: 'x',
        },
      ],
    },
    { title: 'No CEF', config: {}, in: 'hello', out: [{ message: 'hello', tags: ['_cefparsefailure'] }] },
  ],
  create(options, context) {
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const raw = options.raw_data_field === undefined ? undefined : fieldPath(options.raw_data_field)
    const decode = (bytes: Buffer): Event[] => {
      const written = bytes.toString('utf8').trim()
      if (written === '') return []
      const event = readCef(written, ecs, options.device)
      if (event === undefined) return [failedEvent(written, bytes.length, '_cefparsefailure')]
      event.sizeBytes = bytes.length
      raw?.set(event, written)
      return [event]
    }
    const { delimiter } = options
    return {
      decoder() {
        if (delimiter === undefined) return { decode: (bytes) => decode(Buffer.from(bytes)), end: () => [] }
        const splitter = new LineSplitter(delimiter)
        return {
          decode: (bytes) => splitter.push(bytes).flatMap((line) => decode(line.bytes)),
          end: () => splitter.end().flatMap((line) => decode(line.bytes)),
          get waitingBytes() {
            return splitter.waitingBytes
          },
        }
      },
      encode(event) {
        const header = [options.vendor, options.product, options.version, options.signature, options.name, options.severity]
        const pairs = options.fields.map(
          (name) => `${name.replaceAll(/[^\w]/g, '')}=${escapeValue(fieldText(fieldPath(name).get(event) ?? null))}`,
        )
        return `CEF:0|${header.map((part) => part.replaceAll(/[\\|]/g, '\\$&').replaceAll(/\r?\n/g, ' ')).join('|')}|${pairs.join(' ')}${delimiter ?? ''}`
      },
    }
  },
})

const escapeValue = (value: string): string => value.replaceAll(/[\\=]/g, '\\$&').replaceAll(/\r?\n/g, '\\n')

function readCef(written: string, ecs: boolean, device: string): Event | undefined {
  const begin = written.indexOf('CEF:')
  if (begin < 0) return undefined
  const parts = headerParts(written.slice(begin + 4))
  if (parts === undefined) return undefined
  const event = decodedEvent({}, 0)
  const put = (name: string, value: FieldValue): void => fieldPath(name.replace('[observer]', `[${device}]`)).set(event, value)
  for (const [place, { plain, ecs: ecsName }] of CEF_HEADERS.entries()) put(ecs ? ecsName : plain, parts.header[place] ?? '')
  if (begin > 0) put(ecs ? '[log][syslog][header]' : 'syslog', written.slice(0, begin).trim())
  for (const [key, value] of extensions(parts.rest)) {
    const known = CEF_FIELDS[key]
    if (known === undefined) put(key, value)
    else put(ecs ? known.ecs : known.plain, known.time === true ? time(value) : value)
  }
  return event
}

/** Seven parts, `|` between; `\|` and `\\` are characters of a part. */
function headerParts(text: string): { readonly header: readonly string[]; readonly rest: string } | undefined {
  const header: string[] = []
  let part = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\' && /[|\\]/.test(text[at + 1] ?? '')) part += text[++at]
    else if (char === '|') {
      header.push(part)
      part = ''
      if (header.length === 7) return { header, rest: text.slice(at + 1) }
    } else part += char
  }
  return undefined
}

/** `key=value` pairs; values may hold spaces, the next key begins before the next `=` that is not escaped. */
function extensions(text: string): (readonly [string, string])[] {
  const keys = [...text.matchAll(/(?:^|\s)([\w.[\]-]+)=/g)].filter(
    ({ index, 0: whole }) => text[index + whole.length - 2] !== '\\',
  )
  return keys.map((match, i) => {
    const value = text.slice(match.index + match[0].length, keys[i + 1]?.index ?? text.length).trimEnd()
    return [
      match[1] ?? '',
      value.replaceAll(/\\([=\\nr])/g, (_whole, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : char)),
    ] as const
  })
}

function time(value: string): FieldValue {
  if (/^\d{10,13}$/.test(value)) return new Timestamp(value.length > 10 ? Number(value) : Number(value) * 1000)
  const iso = parseIsoInstant(value)
  const millis = Number.isNaN(iso) ? Date.parse(`${value} UTC`) : iso
  return Number.isNaN(millis) ? value : new Timestamp(millis)
}
