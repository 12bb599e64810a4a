import { createHash } from 'node:crypto'
import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { choice, list } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const checksum = defineFilter({
  name: 'checksum',
  summary: 'Sums up fields in `logstash_checksum`. `fingerprint` can more.',
  config: z.strictObject({
    keys: list().default(['message', '@timestamp', 'type']).describe('Fields that are summed up, in the order of their names.'),
    algorithm: choice('md5', 'sha', 'sha1', 'sha256', 'sha384').default('sha256').describe('How.'),
  }),
  examples: [
    {
      title: 'One field',
      config: { keys: ['a'], algorithm: 'md5' },
      in: { a: 'x' },
      out: { a: 'x', logstash_checksum: '44b1c00b421630f859972ec2dba55b70' },
    },
  ],
  create({ keys, algorithm }) {
    const paths = keys.toSorted().map((name) => ({ name, path: fieldPath(name) }))
    return {
      process(event) {
        const hash = createHash(algorithm === 'sha' ? 'sha1' : algorithm)
        hash.update(`${paths.map(({ name, path }) => `|${name}|${fieldText(path.get(event) ?? null)}`).join('')}|`)
        event.fields['logstash_checksum'] = hash.digest('hex')
        return 'matched'
      },
    }
  },
})
