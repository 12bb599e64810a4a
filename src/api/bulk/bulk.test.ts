import { describe, expect, test } from 'vitest'
import type { BulkOperation, BulkOutcome } from '../../core/bulk.ts'
import { ElkhornError } from '../../core/errors.ts'
import { parsePathFilter } from '../http/filter-path.ts'
import { printBulk } from './print-bulk.ts'
import { readBulk } from './read-bulk.ts'

const read = (text: string, defaults = {}) =>
  readBulk(Buffer.from(text), defaults).map(({ source, ...operation }) => ({
    ...operation,
    ...(source ? { source: Buffer.from(source).toString() } : {}),
  }))

describe('reading', () => {
  test('all actions, in order, documents byte for byte', () => {
    const text =
      '{"index":{"_index":"a","_id":"1"}}\n{"x": 1.0}\n{"create":{"_index":"b"}}\n{"y":"é"}\n{"delete":{"_index":"a","_id":"2"}}\n{"update":{"_index":"a","_id":"1","retry_on_conflict":3}}\n{"doc":{}}\n'
    expect(read(text)).toEqual([
      { action: 'index', target: 'a', id: '1', source: '{"x": 1.0}' },
      { action: 'create', target: 'b', source: '{"y":"é"}' },
      { action: 'delete', target: 'a', id: '2' },
      { action: 'update', target: 'a', id: '1', retryOnConflict: 3, source: '{"doc":{}}' },
    ])
  })

  test('the URL gives what lines do not say', () => {
    const text = '{"index":{}}\n{}\n{"index":{"_index":"b","routing":"r"}}\n{}\n'
    expect(read(text, { target: 'a', routing: 'x', pipeline: 'p', requireAlias: true })).toEqual([
      { action: 'index', target: 'a', source: '{}', pipeline: 'p', routing: 'x', requireAlias: true },
      { action: 'index', target: 'b', source: '{}', pipeline: 'p', routing: 'r', requireAlias: true },
    ])
  })

  test('empty lines between operations and line ends of Windows are passed over', () => {
    expect(read('\n\r\n{"index":{"_index":"a"}}\r\n{"x":1}\r\n\n{"delete":{"_index":"a","_id":"1"}}\n\n')).toEqual([
      { action: 'index', target: 'a', source: '{"x":1}' },
      { action: 'delete', target: 'a', id: '1' },
    ])
  })

  test('equal action lines are read once and still stand for themselves', () => {
    const operations = readBulk(Buffer.from('{"create":{"_index":"a"}}\n{"n":1}\n'.repeat(3)), {})
    expect(operations).toHaveLength(3)
    expect(new Set(operations).size).toBe(3)
  })

  test('an action without its document at the end is as if it had not been sent', () => {
    expect(read('{"index":{"_index":"a"}}\n{}\n{"index":{"_index":"a"}}\n')).toHaveLength(1)
  })

  test.each([
    { text: '', reason: 'request body is required' },
    { text: '{"index":{}}\n{}', reason: 'The bulk request must be terminated by a newline [\\n]' },
    { text: '\n\n', reason: 'Validation Failed: 1: no requests added;' },
    { text: '"x"\n{}\n', reason: 'Malformed action/metadata line [1], expected START_OBJECT but found [VALUE_STRING]' },
    { text: '{}\n{}\n', reason: 'Malformed action/metadata line [1], expected FIELD_NAME but found [END_OBJECT]' },
    {
      text: '{"index":{"_index":"a"}}\n{}\n{"foo":{}}\n{}\n',
      reason: 'Malformed action/metadata line [3], expected field [create], [delete], [index] or [update] but found [foo]',
    },
    { text: '{"index":[]}\n{}\n', reason: 'Malformed action/metadata line [1], expected START_OBJECT but found [START_ARRAY]' },
    {
      text: '{"index":{"_index":["a"]}}\n{}\n',
      reason: 'Malformed action/metadata line [1], expected a simple value for field [_index] but found [START_ARRAY]',
    },
    { text: '{"index":{"_type":"t"}}\n{}\n', reason: 'Action/metadata line [1] contains an unknown parameter [_type]' },
    { text: '{"index":{"_index"\n{}\n', reason: 'Malformed action/metadata line [1], unexpected end of input' },
    { text: '{"index":{}}\n{}\n', reason: 'Validation Failed: 1: index is missing;' },
    { text: '{"delete":{"_index":"a"}}\n', reason: 'Validation Failed: 1: id is missing;' },
    { text: '{"index":{"_index":"a","version_type":"x"}}\n{}\n', reason: 'No version type match [x]' },
  ])('$reason', ({ text, reason }) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ status: 400, reason: expect.stringContaining(reason) }))
  })
})

describe('printing', () => {
  const operations: BulkOperation[] = [
    { action: 'create', target: 'a' },
    { action: 'index', target: 'a', id: '"x"' },
    { action: 'delete', target: 'a', id: '2' },
  ]
  const outcomes: BulkOutcome[] = [
    { result: 'created', index: 'a', id: 'g1', version: 1, seqNo: 0, primaryTerm: 1 },
    { result: 'failed', index: 'a', id: '"x"', error: new ElkhornError('document_parsing_exception', 400, 'no') },
    { result: 'not_found', index: 'a', id: '2', version: 1, seqNo: 1, primaryTerm: 1 },
  ]
  const print = (filter?: string) => {
    const printed = printBulk(operations, outcomes, {
      tookMs: 3,
      forcedRefresh: false,
      filter: parsePathFilter(filter?.split(',') ?? []),
      copiesOf: () => 2,
      updateSource: undefined,
    })
    return { json: JSON.parse(printed.bytes.toString()) as unknown, filtered: printed.filtered }
  }

  test('items as Elasticsearch has them', () => {
    const shards = { total: 2, successful: 1, failed: 0 }
    expect(print().json).toEqual({
      errors: true,
      took: 3,
      items: [
        {
          create: {
            _index: 'a',
            _id: 'g1',
            _version: 1,
            result: 'created',
            _shards: shards,
            _seq_no: 0,
            _primary_term: 1,
            status: 201,
          },
        },
        { index: { _index: 'a', _id: '"x"', status: 400, error: { type: 'document_parsing_exception', reason: 'no' } } },
        {
          delete: {
            _index: 'a',
            _id: '2',
            _version: 1,
            result: 'not_found',
            _shards: shards,
            _seq_no: 1,
            _primary_term: 1,
            status: 404,
          },
        },
      ],
    })
  })

  test('the filter of Beats and Logstash is obeyed while printing', () => {
    expect(print('errors,items.*.error,items.*.status')).toEqual({
      filtered: true,
      json: {
        errors: true,
        items: [
          { create: { status: 201 } },
          { index: { status: 400, error: { type: 'document_parsing_exception', reason: 'no' } } },
          { delete: { status: 404 } },
        ],
      },
    })
  })

  test('a filter that takes nothing of an item leaves it out', () => {
    expect(print('items.*.error').json).toEqual({
      items: [{ index: { error: { type: 'document_parsing_exception', reason: 'no' } } }],
    })
    expect(print('took').json).toEqual({ took: 3 })
  })

  test('a filter that looks into errors is left to others', () => {
    expect(print('items.*.error.type').filtered).toBe(false)
  })
})
