import { expect, test } from 'vitest'
import { encodeFilters, filterClause, filterOn, parseFilters } from './filter.ts'
import type { Filter } from './filter.ts'

const filters: { name: string; filter: Filter; text: string; clause: unknown }[] = [
  {
    name: 'a value',
    filter: filterOn('device.id', { kind: 'is', value: 'press-07' }),
    text: 'device.id=is="press-07"',
    clause: { match_phrase: { 'device.id': 'press-07' } },
  },
  {
    name: 'a number, pinned and negated',
    filter: { ...filterOn('status', { kind: 'is', value: 500 }, true), pinned: true },
    text: '!^status=is=500',
    clause: { match_phrase: { status: 500 } },
  },
  {
    name: 'signs of its own writing',
    filter: filterOn('a=b;c', { kind: 'is', value: '50%, "x"' }),
    text: 'a%3Db%3Bc=is="50%25%2C %22x%22"',
    clause: { match_phrase: { 'a=b;c': '50%, "x"' } },
  },
  {
    name: 'one of several, disabled',
    filter: { ...filterOn('level', { kind: 'one_of', values: ['warn', true] }), disabled: true },
    text: '~level=one_of="warn",true',
    clause: {
      bool: { should: [{ match_phrase: { level: 'warn' } }, { match_phrase: { level: true } }], minimum_should_match: 1 },
    },
  },
  {
    name: 'there at all',
    filter: filterOn('message', { kind: 'exists' }),
    text: 'message=exists',
    clause: { exists: { field: 'message' } },
  },
  {
    name: 'a range open at one end',
    filter: filterOn('temperature', { kind: 'range', from: '80', to: '' }),
    text: 'temperature=range=80,',
    clause: { range: { temperature: { gte: '80' } } },
  },
]

test.each(filters)('$name', ({ filter, text, clause }) => {
  expect(encodeFilters([filter])).toBe(text)
  expect(parseFilters(text)).toEqual([filter])
  expect(filterClause(filter)).toEqual(clause)
})

test('several are told apart', () => {
  const all = filters.map(({ filter }) => filter)
  expect(parseFilters(encodeFilters(all))).toEqual(all)
})

test.each(['', 'x', '=is="a"', 'a=is=', 'a=is=%', 'a=range=,', 'a=unknown=1'])('“%s” is no filter', (text) => {
  expect(parseFilters(text)).toEqual([])
})
