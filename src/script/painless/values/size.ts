import { JavaCollection } from './collections.ts'
import { JavaMap } from './maps.ts'
import type { Value } from './value.ts'

const ENTRY_BYTES = 48
const ELEMENT_BYTES = 8
const OBJECT_BYTES = 16

/** Rough bytes of a value and all that it holds; counting ends beyond `most`. What contains itself is counted once. */
export function sizeOf(value: Value, most: number): number {
  const seen = new Set<object>()
  const waiting: Value[] = [value]
  let bytes = 0
  while (waiting.length > 0 && bytes <= most) {
    const one = waiting.pop()
    if (typeof one === 'string') bytes += OBJECT_BYTES + 2 * one.length
    if (typeof one !== 'object' || one === null || seen.has(one)) continue
    seen.add(one)
    bytes += OBJECT_BYTES
    if (one instanceof JavaMap) {
      for (const [key, member] of one.snapshot()) waiting.push(key, member)
      bytes += ENTRY_BYTES * one.size
    } else if (one instanceof JavaCollection || Array.isArray(one)) {
      const elements = Array.isArray(one) ? (one as readonly Value[]) : one.snapshot()
      for (const element of elements) waiting.push(element)
      bytes += ELEMENT_BYTES * elements.length
    } else if (Object.getPrototypeOf(one) === Object.prototype) {
      for (const [key, member] of Object.entries(one)) {
        waiting.push(member)
        bytes += ENTRY_BYTES + 2 * key.length
      }
    }
  }
  return bytes
}
