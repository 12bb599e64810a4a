import { expect, test } from 'vitest'
import { parseQueryString } from '../http/query-params.ts'
import { printTable, type Column } from './table.ts'

interface Row {
  readonly name: string
  readonly count: number | undefined
}

const columns: readonly Column<Row>[] = [
  { name: 'index', aliases: ['i', 'idx'], description: 'name of the index', shown: true, value: ({ name }) => name },
  { name: 'docs.count', aliases: ['dc'], description: 'documents', shown: true, align: 'right', value: ({ count }) => count },
  { name: 'hidden', description: 'not shown', value: () => 'h' },
]
const rows: readonly Row[] = [
  { name: 'bb', count: 5 },
  { name: 'a', count: 10 },
  { name: 'closed', count: undefined },
]

test.each([
  { query: '', want: 'bb      5\na      10\nclosed   \n' },
  { query: 'v', want: 'index  docs.count\nbb              5\na              10\nclosed           \n' },
  { query: 'h=i,hidden', want: 'bb     h\na      h\nclosed h\n' },
  { query: 'h=docs.*', want: ' 5\n10\n  \n' },
  { query: 's=index&h=index', want: 'a\nbb\nclosed\n' },
  { query: 's=dc:desc&h=index', want: 'closed\na\nbb\n' },
  {
    query: 'help',
    want: 'index      | i,idx | name of the index \ndocs.count | dc    | documents \nhidden     |       | not shown \n',
  },
])('?$query', ({ query, want }) => {
  expect(printTable(columns, rows, parseQueryString(query), true).text).toBe(want)
})

test('JSON has the same cells, as text', () => {
  expect(printTable(columns, rows.slice(1), parseQueryString('h=i,dc'), false).json).toEqual([
    { i: 'a', dc: '10' },
    { i: 'closed', dc: null },
  ])
})

test('a column to sort by that does not exist is an error', () => {
  expect(() => printTable(columns, rows, parseQueryString('s=nope'), true)).toThrow('Unable to sort by unknown sort key `nope`')
})
