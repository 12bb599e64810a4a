import { describe, expect, test } from 'vitest'
import { parseJsonLiterals } from '../../core/parse-json.ts'
import { printJson } from '../../core/print-json.ts'
import { seededRandom } from '../../sample/random.ts'
import { pickMembers } from './pick-members.ts'
import { filterSource } from './source-filter.ts'

describe('members are cut out of a text', () => {
  test.each([
    ['a member', '{"a":1,"b":2}', ['b'], '{"b":2}'],
    ['nothing', '{"a":1}', ['b'], '{}'],
    ['an object', '{"a":{"b":[1,{"c":"}"}]},"d":0}', ['a'], '{"a":{"b":[1,{"c":"}"}]}}'],
    ['members of objects', '{"a":{"b":1,"c":2},"d":{"b":3}}', ['a.b'], '{"a":{"b":1}}'],
    ['a pattern', '{"a":{"b1":1,"b2":2,"c":3}}', ['a.b*'], '{"a":{"b1":1,"b2":2}}'],
    ['a pattern over dots', '{"a":{"b":{"end":1}},"end":2}', ['*.end'], '{"a":{"b":{"end":1}}}'],
    ['a name with a dot', '{"a.b":1,"a":{"b":2}}', ['a.b'], '{"a.b":1,"a":{"b":2}}'],
    [
      'numbers as they are written',
      '{"a":1.50e+3,"b":12345678901234567890}',
      ['a', 'b'],
      '{"a":1.50e+3,"b":12345678901234567890}',
    ],
    ['an empty object that is asked for', '{"a":{},"b":{"c":{}}}', ['a', 'b.c'], '{"a":{},"b":{"c":{}}}'],
    ['escapes in what is not shown', String.raw`{"a":"\"}","b":2}`, ['b'], '{"b":2}'],
    ['arrays that are not shown', '{"a":[{"b":1}],"b":2}', ['b'], '{"b":2}'],
  ])('%s', (_, text, includes, expected) => expect(pickMembers(text, includes)).toBe(expected))

  test.each([
    ['spaces between members', '{"a":1, "b":2}', ['b']],
    ['spaces in what is shown', '{"a":{"b": 1}}', ['a']],
    ['escapes in what is shown', String.raw`{"a":"\u0041"}`, ['a']],
    ['escapes in a name', String.raw`{"\u0061":1}`, ['a']],
    ['patterns that reach into arrays', '{"a":[{"b":1,"c":2}]}', ['a.b']],
    ['a line break at the end', '{"a":1}\n', ['a']],
    ['objects in objects without end', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, ['*.b']],
  ])('%s are left to the general way', (_, text, includes) => expect(pickMembers(text, includes)).toBeUndefined())

  test('as the general way does it, for whatever documents and patterns', () => {
    const random = seededRandom('pick')
    const below = (n: number): number => Math.floor(random() * n)
    const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
    const value = (depth: number): unknown => {
      if (depth > 0 && random() < 0.4)
        return Object.fromEntries(Array.from({ length: below(4) }, () => [pick(['a', 'b', 'ab', 'a.b', 'é']), value(depth - 1)]))
      if (depth > 0 && random() < 0.2) return Array.from({ length: below(3) }, () => value(depth - 1))
      return pick<unknown>([1, -2.5, 'x', '', '}"'.slice(0, below(3)), 'ü,{', true, false, null, []])
    }
    let cut = 0
    for (let n = 0; n < 600; n++) {
      const text = JSON.stringify({ a: value(3), b: value(3), ab: value(2), c: value(1) })
      const includes = Array.from({ length: 1 + below(2) }, () =>
        pick(['a', 'b', 'a.b', 'a*', '*b', 'a.*.b', 'c', 'b.a.b', '*', 'é']),
      )
      const picked = pickMembers(text, includes)
      if (picked === undefined) continue
      cut += 1
      const general = printJson(filterSource(parseJsonLiterals(text), { includes, excludes: [] }))
      expect({ text, includes, shown: picked }).toEqual({ text, includes, shown: general })
    }
    expect(cut).toBeGreaterThan(300)
  })
})
