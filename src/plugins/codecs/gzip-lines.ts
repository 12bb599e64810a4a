import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { defineCodec, type CodecPlugin, type Decoder } from '../plugin.ts'
import { charset, textReader } from './charset.ts'
import { decodedEvent, failedEvent, textEvent } from './decoded.ts'

/** A longer text, when it is decompressed, is refused: sizes are the sender's. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024

/** Decompresses what comes together; what is not compressed is read as it is. */
function decompress(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }) : bytes
}

function linesDecoder(read: (bytes: Uint8Array) => string, eventsOf: (lines: readonly string[]) => Event[]): Decoder {
  return {
    decode(bytes) {
      try {
        const lines = read(decompress(bytes)).split(/\r?\n/)
        if (lines.at(-1) === '') lines.pop()
        return eventsOf(lines)
      } catch {
        return [failedEvent(Buffer.from(bytes).toString('hex', 0, 1_000), bytes.length, '_gzipparsefailure')]
      }
    },
    end: () => [],
  }
}

const gzipped = (hex: string) => ({ hex })

export const gzipLines = defineCodec({
  name: 'gzip_lines',
  summary: 'Lines of a text that is compressed with gzip, as one message or object.',
  config: z.strictObject({ charset: charset(), ecs_compatibility: ecsCompatibility() }),
  examples: [
    {
      title: 'Two lines',
      config: { ecs_compatibility: 'disabled' },
      in: gzipped('1f8b08000000000000034be44ae20200972a571804000000'),
      out: [{ message: 'a' }, { message: 'b' }],
    },
    {
      title: 'Not all of it',
      config: {},
      in: gzipped('1f8b08000000000000034be4'),
      out: [{ message: '1f8b08000000000000034be4', tags: ['_gzipparsefailure'] }],
    },
  ],
  create({ charset: encoding, ecs_compatibility: own }, { ecs }) {
    const read = textReader(encoding)
    return {
      decoder: () => linesDecoder(read, (lines) => lines.map((line) => textEvent(line, line.length, own ?? ecs))),
      encode: (event) => `${typeof event.fields['message'] === 'string' ? event.fields['message'] : ''}\n`,
    }
  },
})

export const cloudfront: CodecPlugin = defineCodec({
  name: 'cloudfront',
  summary:
    'Access logs of Amazon CloudFront, compressed or not: an event for each line, with the version and fields that its head names.',
  config: z.strictObject({ charset: charset() }),
  examples: [
    {
      title: 'A file',
      config: {},
      in: '#Version: 1.0\n#Fields: date time\n2024-05-01\t10:00:00\n',
      out: [{ message: '2024-05-01\t10:00:00', cloudfront_version: '1.0', cloudfront_fields: 'date time' }],
    },
  ],
  create({ charset: encoding }) {
    const read = textReader(encoding)
    const eventsOf = (lines: readonly string[]): Event[] => {
      let [version, fields] = ['', '']
      return lines.flatMap((line) => {
        const [, name, value = ''] = /^#(Version|Fields): *(.*)$/.exec(line) ?? []
        if (name === 'Version') version = value
        else if (name === 'Fields') fields = value
        else return [decodedEvent({ message: line, cloudfront_version: version, cloudfront_fields: fields }, line.length)]
        return []
      })
    }
    return {
      decoder: () => linesDecoder(read, eventsOf),
      encode() {
        throw new Error('the cloudfront codec reads only: use it with inputs')
      },
    }
  },
})
