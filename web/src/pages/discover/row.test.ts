import { expect, test } from 'vitest'
import { flatten, Row, valueText } from './row.ts'

const row = (source: string, sort?: number[]): Row =>
  new Row({ _index: 'a', _id: '1', _source: source, ...(sort === undefined ? {} : { sort }) }, '@timestamp', sort !== undefined)

test('the time is the sort value, or the document’s own', () => {
  expect(row('{"@timestamp":"2026-11-21T10:00:00Z"}', [5]).time).toBe(5)
  expect(row('{"@timestamp":"2026-11-21T10:00:00Z"}').time).toBe(Date.parse('2026-11-21T10:00:00Z'))
  expect(row('{}').time).toBeNaN()
})

test('whole numbers keep their digits', () => {
  expect(row('{"n":9007199254740993}').values('n').map(valueText)).toEqual(['9007199254740993'])
})

test('leaves by path', () => {
  const document = { a: { b: 1, c: { d: [1, 2] } }, 'e.f': null, g: [{ h: 1 }, { h: 2 }], i: {} }
  expect([...flatten(document)]).toEqual([
    ['a.b', [1]],
    ['a.c.d', [1, 2]],
    ['e.f', [null]],
    ['g.h', [1, 2]],
    ['i', [{}]],
  ])
})

test('a point on the map is one value', () => {
  const document = { place: { lat: 49.7, lon: 13.3 }, places: [{ lat: 1, lon: 2 }, '3,4'] }
  expect([...flatten(document, (path) => path.startsWith('place'))]).toEqual([
    ['place', [{ lat: 49.7, lon: 13.3 }]],
    ['places', [{ lat: 1, lon: 2 }, '3,4']],
  ])
})
