import { createHash } from 'node:crypto'
import { illegalArgument } from '../../core/errors.ts'
import { textOf } from '../../script/painless/values/text.ts'
import { murmur3x128 } from '../../core/murmur3.ts'
import { isMap } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

const METHODS = ['md5', 'sha-1', 'sha-256', 'sha-512', 'murmurhash3'] as const

export const fingerprint = defineProcessor({
  name: 'fingerprint',
  summary: 'Takes a fingerprint of fields: the same for documents that say the same there.',
  create(config) {
    const fields = config.texts('fields').toSorted()
    const target = config.text('target_field', 'fingerprint')
    const salt = config.text('salt', '')
    const method = config.choice('method', METHODS, 'sha-1')
    const ignoreMissing = config.flag('ignore_missing', false)
    if (fields.length === 0) throw config.error('fields', 'must specify at least one field')
    return (document) => {
      const parts: Buffer[] = [Buffer.from(salt, 'utf8')]
      let any = false
      for (const field of fields) {
        const value = document.find(field)
        if (value === undefined || value === null) {
          if (ignoreMissing) continue
          throw illegalArgument(`missing field [${field}] when calculating fingerprint`)
        }
        any = true
        parts.push(Buffer.from('\u0000'), Buffer.from(canonical(value), 'utf8'))
      }
      if (!any) return
      const bytes = Buffer.concat(parts)
      const digest = method === 'murmurhash3' ? murmur3x128(bytes) : createHash(method.replace('-', '')).update(bytes).digest()
      document.set(target, digest.toString('base64'))
    }
  },
})

/** One text for values that are equal: keys in order, types told apart. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join('\u0000')}]`
  if (isMap(value)) {
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, member]) => `${key}\u0000${canonical(member)}`).join('\u0000')}}`
  }
  return `${typeof value === 'string' ? 's' : 'v'}${textOf(value)}`
}
