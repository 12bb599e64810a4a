import { z } from 'zod'
import { printFields } from '../../core/event-json.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { sendHttp } from '../http-client.ts'
import { readTextFile } from '../missing-file.ts'
import { loadOptionalPackage } from '../optional-package.ts'
import { choice, flag, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { binaryToFieldValue, valueEvent } from './binary-values.ts'
import { bufferOf } from './charset.ts'
import { failedEvent } from './decoded.ts'

/** As much of the package `avsc` as is used. */
interface Package {
  readonly Type: { forSchema(schema: unknown, options: object): AvroType }
  readonly types: { readonly LongType: { __with(methods: object): unknown } }
}

interface AvroType {
  /** @throws Error when the bytes are no value of the type, or more than one */
  fromBuffer(bytes: Buffer): unknown
  /** @throws Error naming what does not fit the schema */
  toBuffer(value: unknown): Buffer
}

const FETCH_LIMIT_MS = 10_000
const MAX_SCHEMA_BYTES = 16 * 1024 * 1024

export const avro = defineCodec({
  name: 'avro',
  summary: 'Single records of Avro by a schema, as Kafka carries them. Needs the package `avsc`. Files of Avro are not read.',
  config: z.strictObject({
    schema_uri: text().describe('The schema: a path, or a URL that begins with `http`.'),
    encoding: choice('base64', 'binary').optional().describe('How bytes are written: `base64` when absent. Both are read.'),
    base64_encoding: flag().optional().describe('Older form of `encoding`.'),
    tag_on_failure: flag()
      .default(false)
      .describe('Accepted: what cannot be read is always kept as text, with the tag `_avroparsefailure`.'),
    target: text().optional().describe('Field that gets the record. The root of the event when absent.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [],
  create(options) {
    const isBase64 = options.encoding === undefined ? options.base64_encoding !== false : options.encoding === 'base64'
    let type: AvroType | undefined
    return {
      async open() {
        const { default: library } = (await loadOptionalPackage('avro codec', 'avsc', '5')) as { readonly default: Package }
        const schema: unknown = JSON.parse(await loadSchema(options.schema_uri))
        const long = library.types.LongType.__with(LONGS)
        // A union that two of its kinds of values look alike in is written as `{"kind": value}`.
        type = library.Type.forSchema(schema, { registry: { long } })
      },
      decoder: () => ({
        decode(bytes) {
          if (bytes.length === 0 || type === undefined) return []
          const given = bufferOf(bytes)
          try {
            const record = plainRecords(type.fromBuffer(isBase64 ? fromBase64(given) : given))
            return [valueEvent(binaryToFieldValue(record), options.target, bytes.length)]
          } catch {
            return [failedEvent(given.toString('utf8'), bytes.length, '_avroparsefailure')]
          }
        },
        end: () => [],
      }),
      encode(event) {
        if (type === undefined) throw new Error('the codec is not open')
        const bytes = type.toBuffer(JSON.parse(printFields(event.fields)))
        return isBase64 ? bytes.toString('base64') : bytes
      },
    }
  },
})

/** Whole numbers of 64 bits: beyond 2^53 as `bigint`. */
const LONGS = {
  fromBuffer(bytes: Buffer): number | bigint {
    const value = bytes.readBigInt64LE()
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  },
  toBuffer(value: number | bigint): Buffer {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(value))
    return bytes
  },
  fromJSON: (value: number) => value,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
}

/** Senders that were told nothing send bytes as they are. */
function fromBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').trim()
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : bytes
}

/** Records are of classes that the package makes of the schema. */
function plainRecords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainRecords)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainRecords(one)]))
}

async function loadSchema(uri: string): Promise<string> {
  if (!/^https?:\/\//.test(uri)) return readTextFile(uri.replace(/^file:\/\//, ''))
  const { status, body } = await sendHttp({
    url: new URL(uri),
    method: 'GET',
    timeoutMs: FETCH_LIMIT_MS,
    maxAnswerBytes: MAX_SCHEMA_BYTES,
  })
  if (status !== 200) throw new Error(`the schema ${uri} cannot be had: the server answers ${status}`)
  return body.toString('utf8')
}
