import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { parseQuery } from '../dsl/parse-query.ts'
import type { KqlQuery, KqlText } from './kql-ast.ts'
import { kqlToDsl } from './kql-to-dsl.ts'
import { KqlSyntaxError, parseKql } from './parse-kql.ts'
import { escapeKql, printKql } from './print-kql.ts'

/** Without offsets. */
const bare = (query: unknown): unknown =>
  JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === 'start' || key === 'end' ? undefined : value)))

test.each<readonly [string, JsonObject]>([
  ['', { match_all: {} }],
  ['*', { match_all: {} }],
  ['foo bar', { multi_match: { type: 'best_fields', query: 'foo bar', lenient: true } }],
  ['"foo bar"', { multi_match: { type: 'phrase', query: 'foo bar', lenient: true } }],
  ['foo*', { query_string: { query: 'foo*', lenient: true } }],
  ['level: error', { match: { level: 'error' } }],
  ['level:error', { match: { level: 'error' } }],
  ['message: hello big world', { match: { message: 'hello big world' } }],
  ['message: "hello world"', { match_phrase: { message: 'hello world' } }],
  ['group:pt', { match: { group: 'pt' } }],
  ['a:1 and b:2', { bool: { filter: [{ match: { a: '1' } }, { match: { b: '2' } }] } }],
  [
    'a:1 AND b:2 Or c:3',
    {
      bool: {
        should: [{ bool: { filter: [{ match: { a: '1' } }, { match: { b: '2' } }] } }, { match: { c: '3' } }],
        minimum_should_match: 1,
      },
    },
  ],
  ['not a:1', { bool: { must_not: [{ match: { a: '1' } }] } }],
  ['a:(x or "y z")', { bool: { should: [{ match: { a: 'x' } }, { match_phrase: { a: 'y z' } }], minimum_should_match: 1 } }],
  ['a:(not x)', { bool: { must_not: [{ match: { a: 'x' } }] } }],
  [
    'bytes > 1000 and bytes <= 8000',
    { bool: { filter: [{ range: { bytes: { gt: '1000' } } }, { range: { bytes: { lte: '8000' } } }] } },
  ],
  ['@timestamp >= now-15m', { range: { '@timestamp': { gte: 'now-15m' } } }],
  ['user: *', { exists: { field: 'user' } }],
  ['host: web-*', { query_string: { fields: ['host'], query: 'web\\-*', lenient: true } }],
  ['host: a*b c', { query_string: { fields: ['host'], query: 'a*b\\ c', lenient: true } }],
  ['machine*.os: win', { multi_match: { query: 'win', fields: ['machine*.os'], type: 'best_fields', lenient: true } }],
  ['disk* > 5', { query_string: { query: 'disk\\*:>5', lenient: true } }],
  [
    'items: { name: banana and stock > 10 }',
    {
      nested: {
        path: 'items',
        score_mode: 'none',
        ignore_unmapped: true,
        query: { bool: { filter: [{ match: { 'items.name': 'banana' } }, { range: { 'items.stock': { gt: '10' } } }] } },
      },
    },
  ],
  ['path: C\\\\Windows', { match: { path: 'C\\Windows' } }],
  ['path: C:\\\\Windows'.replace('C:', 'C\\:'), { match: { path: 'C:\\Windows' } }],
  ['a\\:b: x', { match: { 'a:b': 'x' } }],
  ['x: \\*', { match: { x: '*' } }],
  ['x: a \\and b', { match: { x: 'a and b' } }],
  ['logger_name:apps.parcels.views', { match: { logger_name: 'apps.parcels.views' } }],
  ['x: "say \\"hi\\" \\\\ \\u00e9"', { match_phrase: { x: 'say "hi" \\ é' } }],
  ['android', { multi_match: { type: 'best_fields', query: 'android', lenient: true } }],
  ['(a:1)', { match: { a: '1' } }],
  ['not not a:1', { bool: { must_not: [{ bool: { must_not: [{ match: { a: '1' } }] } }] } }],
])('%s', (text, want) => {
  const dsl = kqlToDsl(parseKql(text))
  expect(dsl).toEqual(want)
  expect(() => parseQuery(dsl)).not.toThrow()
})

test('types of fields and the zone change what is asked', () => {
  const context = {
    typeOf: (path: string) => ({ '@timestamp': 'date', level: 'keyword' })[path] as 'date' | 'keyword' | undefined,
    timeZone: 'Europe/Berlin',
  }
  expect(kqlToDsl(parseKql('@timestamp: 2024-01-01'), context)).toEqual({
    range: { '@timestamp': { gte: '2024-01-01', lte: '2024-01-01', time_zone: 'Europe/Berlin' } },
  })
  expect(kqlToDsl(parseKql('@timestamp > 2024-01-01'), context)).toEqual({
    range: { '@timestamp': { gt: '2024-01-01', time_zone: 'Europe/Berlin' } },
  })
  expect(kqlToDsl(parseKql('level: "error"'), context)).toEqual({ term: { level: { value: 'error' } } })
})

test.each([
  ['a:', 2, 'Expected value, "(" or "{" but end of input found.'],
  ['a: (b or', 8, 'Expected value or "(" but end of input found.'],
  ['(a: b', 5, 'Expected AND, OR or ")" but end of input found.'],
  ['a: b)', 4, 'Expected AND, OR or end of input but ")" found.'],
  ['and b', 0, 'Expected field name, value or "(" but "a" found.'],
  ['a and', 5, 'Expected field name, value or "(" but end of input found.'],
  ['a: "b', 5, 'Expected closing quote but end of input found.'],
  ['a > ', 4, 'Expected value but end of input found.'],
  ['a: { b: c', 9, 'Expected AND, OR or "}" but end of input found.'],
  ['a: b: c', 4, 'Expected AND, OR or end of input but ":" found.'],
  ['took:>5', 5, 'Expected value, "(" or "{" but ">" found.'],
  ['a: >', 3, 'Expected value, "(" or "{" but ">" found.'],
])('%s has an error at %d', (text, offset, message) => {
  expect(() => parseKql(text)).toThrow(expect.objectContaining({ offset, message, excerpt: `${text}\n${'-'.repeat(offset)}^` }))
})

test('parentheses have a limit', () => {
  expect(() => parseKql('('.repeat(200))).toThrow(KqlSyntaxError)
})

test('texts know where they stand', () => {
  const query = parseKql('  level :  "a b" ')
  expect(query).toEqual({
    kind: 'is',
    field: { pieces: ['level'], quoted: false, start: 2, end: 7 },
    value: { pieces: ['a b'], quoted: true, start: 11, end: 16 },
  })
})

describe('what is printed reads as the same query', () => {
  let seed = 5
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const pick = <T>(list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0]
  const piece = (): string =>
    pick([
      'a',
      'and',
      'a or b',
      'x:y',
      '\\',
      '"',
      'not',
      'a"b',
      '(',
      '<',
      'ü',
      'a  b',
      'line\nbreak',
      '\\n',
      'C:\\new',
      'order',
      '{x}',
      '*',
    ])
  const text = (): KqlText => {
    const quoted = random(3) === 0
    const pieces = quoted ? [piece()] : pick([[piece()], [piece()], ['', ''], [piece(), ''], ['', piece()], [piece(), piece()]])
    return { pieces, quoted, start: 0, end: 0 }
  }
  const query = (depth: number): KqlQuery => {
    switch (depth > 0 ? random(7) : random(3)) {
      case 0:
        return { kind: 'is', field: undefined, value: text() }
      case 1:
        return { kind: 'is', field: text(), value: text() }
      case 2:
        return { kind: 'range', field: text(), operator: pick(['<', '<=', '>', '>=']), value: text() }
      case 3:
        return { kind: 'not', clause: query(depth - 1) }
      case 4:
        return { kind: 'nested', path: text(), query: query(depth - 1) }
      default:
        return { kind: pick(['and', 'or']), clauses: Array.from({ length: 2 + random(2) }, () => query(depth - 1)) }
    }
  }

  test('1,000 random queries', () => {
    for (let round = 0; round < 1000; round++) {
      const made = query(3)
      const printed = printKql(made)
      expect({ printed, query: bare(parseKql(printed)) }).toEqual({ printed, query: bare(made) })
    }
  })
})

test.each(['a and b', 'x:y', '"', 'a*b', 'C:\\temp', 'NOT'])('%s escaped is one value', (text) => {
  expect(bare(parseKql(escapeKql(text)))).toEqual({ kind: 'is', value: { pieces: [text], quoted: false } })
})
