import { z } from 'zod'
import { addTag } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, list, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

const PREFIXES = ['', 'k', 'm', 'g', 't', 'p', 'e', 'z', 'y']

export const bytes = defineFilter({
  name: 'bytes',
  summary: 'Reads sizes such as `5.25 MB` as a number of bytes.',
  config: z.strictObject({
    source: text().default('message').describe('Field with the size.'),
    target: text().optional().describe('Field that gets the number. The source when absent.'),
    conversion_method: choice('binary', 'metric')
      .default('binary')
      .describe('Whether a kilobyte is 1,024 or 1,000 bytes. `KiB` is 1,024 in any case.'),
    decimal_separator: text().default('.').describe('What stands before decimals.'),
    tag_on_failure: list().default(['_bytesparsefailure']).describe('Tags of events whose text is no size.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    { title: 'Megabytes', config: { source: 'size' }, in: { size: '5.25 MB' }, out: { size: 5505024 } },
    { title: 'As 1,000', config: { source: 'size', conversion_method: 'metric' }, in: { size: '2kB' }, out: { size: 2000 } },
    { title: 'No size', config: { source: 'size' }, in: { size: 'big' }, out: { size: 'big', tags: ['_bytesparsefailure'] } },
  ],
  create({ source, target, conversion_method: method, decimal_separator: separator, tag_on_failure: failureTags }) {
    const from = fieldPath(source)
    const to = fieldPath(target ?? source)
    return {
      process(event) {
        const value = from.get(event)
        if (value === undefined) return 'unmatched'
        const size = readSize(fieldText(value).replaceAll(separator, '.'), method === 'metric' ? 1000 : 1024)
        if (size === undefined) {
          addTag(event, ...failureTags)
          return 'unmatched'
        }
        to.set(event, size)
        return 'matched'
      },
    }
  },
})

function readSize(written: string, kilo: number): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtpezy]?)(i?)(?:b|bytes?)?\s*$/i.exec(written)
  if (match === null) return undefined
  const base = match[3] === '' ? kilo : 1024
  const size = Math.trunc(Number(match[1]) * base ** PREFIXES.indexOf((match[2] ?? '').toLowerCase()))
  return Number.isSafeInteger(size) ? size : undefined
}
