import { z } from 'zod'
import { defineCodec } from '../plugin.ts'
import { charset, textReader } from './charset.ts'
import { decodedEvent } from './decoded.ts'
import { gzippedLines, type LinesReader } from './gzipped-lines.ts'

export const cloudfront = defineCodec({
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
    return gzippedLines(textReader(encoding), headedLines, () => {
      throw new Error('the cloudfront codec reads only: use it with inputs')
    })
  },
})

/** Lines of a log, whose head goes along with each. */
function headedLines(): LinesReader {
  let [version, fields] = ['', '']
  return (lines) =>
    lines.flatMap((line) => {
      const [, name, value = ''] = /^#(Version|Fields): *(.*)$/.exec(line) ?? []
      if (name === 'Version') version = value
      else if (name === 'Fields') fields = value
      else return [decodedEvent({ message: line, cloudfront_version: version, cloudfront_fields: fields }, line.length)]
      return []
    })
}
