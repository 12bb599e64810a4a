import { describe, expect, test } from 'vitest'
import { murmur3x128 } from '../core/murmur3.ts'
import { distinctCount, distinctSketch, unionOf } from './distinct-sketch.ts'

type Span = readonly [from: number, to: number]

interface Row {
  readonly name: string
  readonly a: Span
  readonly b: Span
  readonly want: number
  readonly off: number
}

const hashes = ([from, to]: Span): number[] =>
  Array.from({ length: to - from }, (_, i) => Number(murmur3x128(Buffer.from(`value ${from + i}`)).readBigUInt64BE() >> 12n))

describe('the number of different values in two sets together', () => {
  test.each([
    { name: 'nothing', a: [0, 0], b: [0, 0], want: 0, off: 0 },
    { name: 'one set empty', a: [0, 5], b: [5, 5], want: 5, off: 0 },
    { name: 'the same set twice', a: [0, 700], b: [0, 700], want: 700, off: 0 },
    { name: 'sets that share some', a: [0, 600], b: [400, 999], want: 999, off: 0 },
    { name: 'more than are kept', a: [0, 30_000], b: [20_000, 50_000], want: 50_000, off: 0.06 },
  ] satisfies Row[])('$name', ({ a, b, want, off }) => {
    const count = distinctCount(unionOf(distinctSketch(hashes(a), 1000), distinctSketch(hashes(b), 1000)))
    expect(Math.abs(count - want)).toBeLessThanOrEqual(off * want)
  })
})
