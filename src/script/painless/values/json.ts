import { Float } from '../../../core/float.ts'
import { illegalArgument } from '../java-error.ts'
import { setMember } from './maps.ts'
import { JavaObject, type Value } from './value.ts'

const MAX_DEPTH = 500

/**
 * A value of a script as JSON's values (whole doubles stay `Float`s). Parts of documents that hold nothing of Java's are
 * copied, too: what a script keeps of them must not change with the answer.
 * @throws JavaError for a value that contains itself
 */
export function toJson(value: Value): unknown {
  return convert(value, 0)
}

function convert(value: Value, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value ?? null
  if (value instanceof Float) return value
  if (depth > MAX_DEPTH) throw illegalArgument('Iterable object is self-referencing itself')
  if (value instanceof JavaObject) {
    const plain = value.toJson()
    return plain === value || typeof plain !== 'object' ? plain : convert(plain, depth + 1)
  }
  if (Array.isArray(value)) return value.map((item) => convert(item, depth + 1))
  const plain: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) setMember(plain, key, convert(member, depth + 1))
  return plain
}
