import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { compileAnalysis } from '../analysis/analysis.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../bind/context.ts'
import type { Percolator } from '../bind/percolator.ts'
import { ComputedFields } from '../computed/computed-fields.ts'
import { fieldList } from '../field-list.ts'
import { scriptsForTests } from '../testing/scripts-for-tests.ts'
import { bindQuery } from './bind-query.ts'
import { parseQuery } from './parse-query.ts'

function contextWith(percolator: Percolator | undefined): BindContext & { readonly computed: ComputedFields } {
  const fields = new ComputedFields(fieldList({ q: 'percolator', t: 'text' }), scriptsForTests())
  return {
    index: { name: 'alerts', uuid: 'u' },
    fields,
    computed: fields,
    analysis: compileAnalysis({}),
    now: 0,
    limits: DEFAULT_QUERY_LIMITS,
    defaultFields: ['*'],
    ...(percolator && { percolator }),
  }
}

describe('percolate is refused', () => {
  const bind = (body: JsonObject, percolator?: Percolator): unknown =>
    bindQuery(parseQuery({ percolate: body }), contextWith(percolator))
  const scoreless: Percolator = () => () => []
  test.each<[JsonObject, string]>([
    [{ document: {} }, 'Required [field]'],
    [{ field: 'q' }, 'Required one of fields [document, documents, id], but none were specified. '],
    [{ field: 'q', document: {}, documents: [{}] }, 'The following fields are not allowed together: [document, documents] '],
    [{ field: 'q', document: {}, index: 'a', id: '1' }, 'The following fields are not allowed together: [document, id] '],
    [{ field: 'q', documents: [] }, '[document] is a required argument'],
    [{ field: 'q', document: 'x' }, "[percolate] document doesn't support values of type: VALUE_STRING"],
    [{ field: 'q', document: {}, foo: 1 }, '[percolate] unknown field [foo]'],
    [{ field: 'x', document: {} }, 'field [x] does not exist'],
    [{ field: 't', document: {} }, 'expected field [t] to be of type [percolator], but is of type [text]'],
  ])('%j', (body, reason) => {
    expect(() => bind(body, scoreless)).toThrow(reason)
  })

  test('within a stored query', () => {
    expect(() => bind({ field: 'q', document: {} })).toThrow('[percolate] queries are not possible within stored queries')
  })
})

test('a document scores what its query scores for the best of the documents asked about', () => {
  const asked: (readonly JsonValue[])[] = []
  const context = contextWith((documents) => {
    asked.push(documents)
    return ({ q }) => (q === undefined ? [] : [undefined, 0.5, 2])
  })
  const query = bindQuery(parseQuery({ percolate: { field: 'q', documents: [{ t: 'a' }, { t: 'b' }, { t: 'c' }] } }), context)
  expect(asked).toEqual([[{ t: 'a' }, { t: 'b' }, { t: 'c' }]])
  expect(query).toMatchObject({ kind: 'function_score', boostMode: 'replace' })
  const compute = context.computed.computed('.script.0')?.computation?.open()
  const scoresOf = (stored: JsonObject): unknown => compute?.({ values: () => [], score: 0, source: () => stored })
  expect(scoresOf({ q: { match_all: {} } })).toEqual([2])
  expect(scoresOf({})).toEqual([])
})
