import { expect, test } from 'vitest'
import { mergeNewestFirst } from './document-feed.ts'
import { Row } from './row.ts'

const rows = (...times: number[]): Row[] =>
  times.map((time) => new Row({ _index: 'a', _id: String(time), _source: '{}', sort: [time] }, 't', true))
const times = (list: readonly Row[]): number[] => list.map(({ time }) => time)

test.each([
  { name: 'newer ones come on top', fresh: [9, 8], before: [7, 5], want: [9, 8, 7, 5] },
  { name: 'a late one finds its place', fresh: [9, 6], before: [7, 5], want: [9, 7, 6, 5] },
  { name: 'older than all', fresh: [1], before: [7, 5], want: [7, 5, 1] },
  { name: 'the first', fresh: [1], before: [], want: [1] },
])('$name', ({ fresh, before, want }) => {
  expect(times(mergeNewestFirst(rows(...fresh), rows(...before)))).toEqual(want)
})
