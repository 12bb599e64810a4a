import { describe, expect, test } from 'vitest'
import type { LuceneClause, LuceneQuery } from './lucene-ast.ts'
import { LuceneSyntaxError, parseLucene } from './parse-lucene.ts'
import { escapeLucene, printLucene } from './print-lucene.ts'

const words = (...list: string[]): LuceneQuery => ({ kind: 'words', words: list, field: undefined, boost: undefined })

test.each<readonly [string, LuceneQuery]>([
  ['', { kind: 'clauses', clauses: [] }],
  ['foo', words('foo')],
  ['foo bar baz', words('foo', 'bar', 'baz')],
  ['foo\\ bar', words('foo bar')],
  ['caf\\u00e9', words('café')],
  ['a:b', { ...words('b'), field: 'a' } as LuceneQuery],
  ['a\\:b', words('a:b')],
  ['host.name:web-1', { ...words('web-1'), field: 'host.name' } as LuceneQuery],
  ['"a \\"b\\" c"~3^2', { kind: 'phrase', text: 'a "b" c', slop: 3, field: undefined, boost: 2 }],
  ['foo~', { kind: 'fuzzy', text: 'foo', similarity: '', field: undefined, boost: undefined }],
  ['foo~0.8', { kind: 'fuzzy', text: 'foo', similarity: '0.8', field: undefined, boost: undefined }],
  ['fo?\\*o*', { kind: 'wildcard', pattern: 'fo?\\*o*', field: undefined, boost: undefined }],
  ['*:*', { kind: 'wildcard', pattern: '*', field: '*', boost: undefined }],
  ['a:/x\\/[y ]/', { kind: 'regexp', regexp: 'x/[y ]', field: 'a', boost: undefined }],
  ['n:[1 TO 5}', { kind: 'range', from: '1', to: '5', includeFrom: true, includeTo: false, field: 'n', boost: undefined }],
  ['n:{"a b" TO *]^2', { kind: 'range', from: 'a b', to: undefined, includeFrom: false, includeTo: true, field: 'n', boost: 2 }],
  ['n:>5', { ...words('>5'), field: 'n' } as LuceneQuery],
  [
    'a:(b OR c)',
    {
      kind: 'group',
      field: 'a',
      boost: undefined,
      query: { kind: 'clauses', clauses: [clause(words('b')), clause(words('c'), 'or')] },
    },
  ],
  [
    '+a -b !c NOT d',
    {
      kind: 'clauses',
      clauses: [
        clause(words('a'), undefined, 'must'),
        clause(words('b'), undefined, 'must_not'),
        clause(words('c'), undefined, 'must_not'),
        clause(words('d'), undefined, 'must_not'),
      ],
    },
  ],
  ['a && b || c', { kind: 'clauses', clauses: [clause(words('a')), clause(words('b'), 'and'), clause(words('c'), 'or')] }],
  ['a - b', { kind: 'clauses', clauses: [clause(words('a')), clause(words('-')), clause(words('b'))] }],
])('%s', (text, want) => {
  expect(parseLucene(text)).toEqual(want)
})

function clause(query: LuceneQuery, conjunction?: 'and' | 'or', modifier?: 'must' | 'must_not'): LuceneClause {
  return { conjunction, modifier, query }
}

test.each([
  ['foo:', 4, '<EOF>'],
  ['foo AND (bar OR', 15, '<EOF>'],
  ['AND a', 0, 'AND'],
  ['a AND', 5, '<EOF>'],
  ['()', 1, ')'],
  ['a:b:c', 3, ':'],
  ['"unclosed', 0, '"unclosed'],
  ['k:[a TO', 7, '<EOF>'],
  ['k:[a b c]', 7, 'c'],
  ['a)', 1, ')'],
  ['a^x', 1, '^'],
  ['a\\', 1, '\\'],
  ['t*:x', 2, ':'],
  ['http://x.y/z', 10, '/z'],
])('%s has an error at %d', (text, offset, found) => {
  expect(() => parseLucene(text)).toThrow(expect.objectContaining({ offset, found: found === '<EOF>' ? '' : found }))
})

test('parentheses have a limit', () => {
  expect(() => parseLucene('('.repeat(200))).toThrow(LuceneSyntaxError)
})

describe('what is printed reads as the same query', () => {
  let seed = 11
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const pick = <T>(list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0]
  const word = (): string =>
    pick(['foo', 'AND', 'a b', 'x:y', '\\', '"', 'TO', 'ü', '-a', 'a-b', '*', '(', '&&', '>=5', '/', 'a\u3000b', 'NOT'])
  const leafBase = () => ({
    field: pick([undefined, undefined, 'f', 'a.b', 'we ird', 'OR']),
    boost: pick([undefined, undefined, 2, 0.5]),
  })
  const leaf = (depth: number): LuceneQuery => {
    const base = leafBase()
    switch (random(depth > 0 ? 8 : 7)) {
      case 0:
        return { kind: 'phrase', text: pick([word(), `${word()} ${word()}`, '']), slop: pick([undefined, 0, 3]), ...base }
      case 1:
        return { kind: 'fuzzy', text: word(), similarity: pick(['', '1', '0.8', 'AUTO']), ...base }
      case 2:
        return { kind: 'wildcard', pattern: pick(['*', 'a*', '?', 'a\\*b*', '*a?']), ...base }
      case 3:
        return { kind: 'regexp', regexp: pick(['a.*', 'a/b', '[^x]+']), ...base }
      case 4:
        return {
          kind: 'range',
          from: pick([undefined, word()]),
          to: pick([undefined, word()]),
          includeFrom: random(2) === 0,
          includeTo: random(2) === 0,
          ...base,
        }
      case 7:
        return { kind: 'group', query: query(depth - 1), ...base }
      default:
        return { kind: 'words', words: [word()], ...base }
    }
  }
  const query = (depth: number): LuceneQuery => {
    const clauses: LuceneClause[] = [clause(leaf(depth), undefined, pick([undefined, 'must', 'must_not']))]
    for (let size = random(4); size > 0; size--)
      clauses.push(clause(leaf(depth), pick(['and', 'or']), pick([undefined, undefined, 'must', 'must_not'])))
    const [only] = clauses
    return clauses.length === 1 && only && only.modifier === undefined ? only.query : { kind: 'clauses', clauses }
  }

  test('500 random queries', () => {
    for (let round = 0; round < 500; round++) {
      const made = query(3)
      const text = printLucene(made)
      expect({ text, query: parseLucene(text) }).toEqual({ text, query: made })
    }
  })

  test.each(['foo bar AND baz', 'a:(b c "d e"~2)^3 -f', 'x:[1 TO 2} OR y:>3', '+a b~ c*'])('%s', (text) => {
    const read = parseLucene(text)
    expect(parseLucene(printLucene(read))).toEqual(read)
  })
})

test.each(['a b', 'AND', 'C:\\x', '(1+1)=2', '日本', 'a&&b', '"'])('%s escaped is one word', (text) => {
  expect(parseLucene(escapeLucene(text))).toEqual(words(text))
})
