import { expect, test } from 'vitest'
import { checkContentType, chooseFormat } from './media-type.ts'

test.each([
  { accept: undefined, want: 'application/json' },
  { accept: '*/*', want: 'application/json' },
  {
    accept: 'application/vnd.elasticsearch+json; compatible-with=8',
    want: 'application/vnd.elasticsearch+json;compatible-with=8',
  },
  {
    accept: 'application/vnd.elasticsearch+json;compatible-with=9,text/plain',
    want: 'application/vnd.elasticsearch+json;compatible-with=9',
  },
  { accept: 'application/yaml', want: 'application/yaml' },
  { accept: 'text/html,application/xhtml+xml', want: 'application/json' },
  { accept: 'application/json', format: 'yaml', want: 'application/yaml' },
  { accept: undefined, plain: true, want: 'text/plain; charset=UTF-8' },
  { accept: 'application/json', plain: true, want: 'application/json' },
])('$accept', ({ accept, format, plain, want }) => {
  expect(chooseFormat(accept, format, plain === true).contentType).toBe(want)
})

test.each([
  'application/json',
  'application/x-ndjson',
  'application/vnd.elasticsearch+x-ndjson; compatible-with=8',
  'application/json; charset=UTF-8',
])('%s is taken', (type) => {
  expect(checkContentType(type)).toBe('json')
})

test.each([
  { type: 'text/plain', status: 406, reason: 'Content-Type header [text/plain] is not supported' },
  { type: undefined, status: 406, reason: 'Content-Type header is missing' },
  {
    type: 'application/vnd.elasticsearch+json; compatible-with=6',
    status: 400,
    reason: 'Invalid media-type value on headers [Content-Type]',
  },
])('$type is refused', ({ type, status, reason }) => {
  expect(() => checkContentType(type)).toThrow(expect.objectContaining({ status, reason }))
})
