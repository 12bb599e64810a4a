import { z } from 'zod'
import { ecsCompatibility } from '../ecs-option.ts'
import { defineCodec } from '../plugin.ts'
import { charset, textReader } from './charset.ts'
import { textEvent } from './decoded.ts'
import { gzippedLines } from './gzipped-lines.ts'

export const gzipLines = defineCodec({
  name: 'gzip_lines',
  summary: 'Lines of a text that is compressed with gzip, as one message, object or stream.',
  config: z.strictObject({ charset: charset(), ecs_compatibility: ecsCompatibility() }),
  examples: [
    {
      title: 'Two lines',
      config: { ecs_compatibility: 'disabled' },
      in: { hex: '1f8b08000000000000034be44ae20200972a571804000000' },
      out: [{ message: 'a' }, { message: 'b' }],
    },
    {
      title: 'Not all of it',
      config: {},
      in: { hex: '1f8b08000000000000034be4' },
      out: [{ message: '1f8b08000000000000034be4', tags: ['_gzipparsefailure'] }],
    },
  ],
  create({ charset: encoding, ecs_compatibility: own }, { ecs }) {
    return gzippedLines(
      textReader(encoding),
      () => (lines) => lines.map((line) => textEvent(line, line.length, own ?? ecs)),
      (event) => `${typeof event.fields['message'] === 'string' ? event.fields['message'] : ''}\n`,
    )
  },
})
