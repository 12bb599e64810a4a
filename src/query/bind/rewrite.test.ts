import { expect, test } from 'vitest'
import type { Query } from '../ast.ts'
import { describeQuery } from '../describe-query.ts'
import type { IntervalRule } from '../interval-rule.ts'
import { anyOf } from './combine.ts'
import { DEFAULT_QUERY_LIMITS } from './context.ts'
import { rewriteQuery } from './rewrite.ts'

const word = (token: string, boost?: number): Query => ({
  kind: 'tokens',
  field: 't',
  tokens: [token],
  minimum: 1,
  ...(boost !== undefined && { boost }),
})
const none = { must: [], filter: [], should: [], mustNot: [], minimumShouldMatch: 0 } as const
const [a, b] = [word('a'), word('b')]
const scored: Query = {
  kind: 'function_score',
  query: a,
  functions: [],
  scoreMode: 'multiply',
  boostMode: 'multiply',
  maxBoost: Infinity,
}

const rewritten = (query: Query): string => describeQuery(rewriteQuery(query, { limits: DEFAULT_QUERY_LIMITS }))

test.each<{ name: string; query: Query; want: string }>([
  { name: 'optional clauses add up', query: anyOf([a, b, a, a]), want: '(t:a^3 t:b)' },
  { name: 'with their boosts', query: anyOf([word('a', 2), a]), want: '(t:a^3)' },
  { name: 'but not where several have to match', query: anyOf([a, b, a], 2), want: '(t:a t:b t:a)~2' },
  { name: 'required ones, too', query: { kind: 'bool', ...none, must: [a, a, b] }, want: '(+t:a^2 +t:b)' },
  {
    name: 'what scores nothing is there once',
    query: { kind: 'bool', ...none, filter: [a, a], mustNot: [b, b] },
    want: '(#t:a -t:b)',
  },
  {
    name: 'compound ones are compared whole',
    query: anyOf([anyOf([a, b]), anyOf([a, b]), anyOf([b, a])]),
    want: '((t:a t:b)^2 (t:b t:a))',
  },
  {
    name: 'within others',
    query: { kind: 'constant_score', query: anyOf([a, b, a]) },
    want: 'constant((t:a^2 t:b))',
  },
  { name: 'the best of equal ones', query: { kind: 'dis_max', queries: [a, b, a], tieBreaker: 0 }, want: '(t:a | t:b)' },
  { name: 'the others add to the best', query: { kind: 'dis_max', queries: [a, a], tieBreaker: 0.5 }, want: '(t:a | t:a)~0.5' },
])('$name', ({ query, want }) => {
  expect(rewritten(query)).toBe(want)
})

test('what scripts score is never taken for the same', () => {
  const query = anyOf([scored, { ...scored }])
  expect(rewriteQuery(query, { limits: DEFAULT_QUERY_LIMITS })).toEqual(query)
})

const TOO_MANY = /Query contains too many nested clauses; maxClauseCount is set to 1024/
const words = (count: number): Query[] => Array.from({ length: count }, (_, at) => word(`w${at}`))
const places = (count: number): IntervalRule[] =>
  Array.from({ length: count }, (_, at) => ({ kind: 'tokens', field: 't', tokens: [`w${at}`] }))

test.each<{ name: string; query: Query; error?: RegExp }>([
  { name: 'as many clauses as there may be', query: anyOf(words(1024)) },
  { name: 'one more', query: anyOf([anyOf(words(1023)), word('x'), word('y')]), error: TOO_MANY },
  { name: 'a thousand times two words', query: anyOf([...words(1024), ...words(1024)]) },
  {
    name: 'words of one clause',
    query: { kind: 'tokens', field: 't', tokens: Array.from({ length: 1025 }, (_, at) => `w${at}`), minimum: 1 },
    error: TOO_MANY,
  },
  {
    name: 'rules of intervals',
    query: { kind: 'intervals', rule: { kind: 'all_of', rules: places(1025), ordered: false, maxGaps: -1 } },
    error: TOO_MANY,
  },
])('limits clauses: $name', ({ query, error = /^$/ }) => {
  expect(errorOf(() => rewriteQuery(query, { limits: DEFAULT_QUERY_LIMITS }))).toMatch(error)
})

function errorOf(run: () => unknown): string {
  try {
    run()
    return ''
  } catch (error) {
    return String(error)
  }
}
