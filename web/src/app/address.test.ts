import { expect, test } from 'vitest'
import { filterOn } from '../query/filter.ts'
import { carried, parseAddress, printAddress } from './address.ts'
import type { Address } from './address.ts'

const full: Address = {
  view: 'iot-data-*',
  query: 'device.id: "a&b=c+d" and temperature > 80 %',
  language: 'kql',
  filters: [
    filterOn('device.id', { kind: 'is', value: 'ü & é' }),
    { ...filterOn('level', { kind: 'exists' }, true), pinned: true },
  ],
  range: { from: 'now-1h', to: '2026-11-20 10:00' },
  live: true,
  columns: ['device.id', 'temperature'],
  sort: { field: 'a:b', order: 'asc' },
  document: 'iot-data-2026.11.21/Ab_-9',
  panel: 'temperature',
  next: '/discover?q=a',
}

test('an address comes back as it was', () => {
  expect(parseAddress(printAddress(full))).toEqual(full)
})

test('it stays readable', () => {
  expect(printAddress({ query: 'a and b', range: { from: 'now-1h', to: 'now' }, columns: ['@timestamp', 'x'] })).toBe(
    '?q=a+and+b&from=now-1h&to=now&columns=@timestamp,x',
  )
  expect(printAddress({})).toBe('')
})

test('what makes no sense is left out', () => {
  expect(parseAddress('?from=now-1h&lang=sql&sort=x&f=%%&unknown=1')).toEqual({})
})

test('time and pinned filters go along to another page', () => {
  expect(carried(full)).toEqual({ range: full.range, live: true, filters: [full.filters?.[1]] })
})

test.each([
  { next: '/discover?q=a&live=1', want: '/discover?q=a&live=1' },
  { next: '//evil.example', want: undefined },
  { next: '/\\evil.example', want: undefined },
  { next: 'https://evil.example', want: undefined },
])('after signing in: $next', ({ next, want }) => {
  expect(parseAddress(`?next=${encodeURIComponent(next)}`).next).toBe(want)
})
