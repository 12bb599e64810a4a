import { unreachable } from '../../../../core/errors.ts'
import type { TermPattern } from '../../../../query/ast.ts'
import { joinSql, sql, type Sql } from '../../sql.ts'
import { indexedToken } from '../../token-column.ts'
import { re2Literal } from './re2.ts'
import { type RegexpOptions, regexpTest, type RegexpTest } from './regexp-test.ts'
import { parseWildcard, wildcardToRe2, type WildcardPart } from './wildcard.ts'

/** Patterns that the engine can test by itself, unless `needsExpansion`. */
export type TestablePattern = Exclude<TermPattern, { kind: 'fuzzy' }>

/** Whether a whole term matches. NULL for NULL. */
export function patternTest(term: Sql, pattern: TestablePattern): Sql {
  switch (pattern.kind) {
    case 'prefix':
      if (!pattern.ignoreCase) return sql`startsWith(${term}, ${pattern.prefix})`
      return sql`match(${term}, ${`\\A${re2Literal(pattern.prefix, true)}`})`
    case 'wildcard':
      return wildcardTest(term, parseWildcard(pattern.wildcard), pattern.ignoreCase)
    case 'regexp':
      return regexpSql(term, testableRegexp(pattern.regexp, pattern), (re2) => `\\A(?s:${re2})\\z`)
    default:
      return unreachable(pattern)
  }
}

/** Whether one of the tokens in an encoded column matches: reads the whole column. */
export function tokenScanTest(tokens: Sql, pattern: TestablePattern): Sql {
  const within = (re2: string): string => `\\x01(?:${re2})\\x01`
  switch (pattern.kind) {
    case 'prefix':
      if (!pattern.ignoreCase) return someBeginsWith(tokens, pattern.prefix)
      return sql`match(${tokens}, ${`\\x01${re2Literal(pattern.prefix, true)}`})`
    case 'wildcard': {
      const parts = parseWildcard(pattern.wildcard)
      const [first, second] = parts
      if (!pattern.ignoreCase && first?.kind === 'text' && second?.kind === 'any' && parts.length === 2)
        return someBeginsWith(tokens, first.text)
      return sql`match(${tokens}, ${within(wildcardToRe2(parts, pattern.ignoreCase, TOKEN_CHARACTER))})`
    }
    case 'regexp':
      return regexpSql(tokens, testableRegexp(pattern.regexp, { ...pattern, separators: SEPARATORS }), within)
    default:
      return unreachable(pattern)
  }
}

/** Three quarters of what a regular expression costs. */
function someBeginsWith(tokens: Sql, prefix: string): Sql {
  return sql`position(${tokens}, ${`\x01${indexedToken(prefix)}`}) > 0`
}

/** Only JavaScript tells which terms match: the engine has no such regular expressions. */
export function needsExpansion(pattern: TermPattern): boolean {
  return pattern.kind === 'fuzzy' || (pattern.kind === 'regexp' && regexpTest(pattern.regexp, pattern) === undefined)
}

function testableRegexp(pattern: string, options: RegexpOptions): RegexpTest {
  const test = regexpTest(pattern, options)
  if (test === undefined) throw new Error('a regular expression that the engine cannot test was not expanded')
  return test
}

const SEPARATORS = '\\x{1}\\x{2}'
const TOKEN_CHARACTER = `[^${SEPARATORS}]`

/** What every matching term begins with; empty where that is unknown. */
export function literalPrefix(pattern: TermPattern): string {
  switch (pattern.kind) {
    case 'prefix':
      return pattern.ignoreCase ? '' : pattern.prefix
    case 'wildcard': {
      const [first] = parseWildcard(pattern.wildcard)
      return !pattern.ignoreCase && first?.kind === 'text' ? first.text : ''
    }
    case 'regexp':
      if (pattern.ignoreCase || /[|&~]/.test(pattern.regexp)) return ''
      // The last literal character may belong to a repeat behind it.
      return (/^[A-Za-z0-9_-]*/.exec(pattern.regexp)?.[0] ?? '').slice(0, -1)
    case 'fuzzy':
      return Array.from(pattern.term).slice(0, pattern.prefixLength).join('')
    default:
      return unreachable(pattern)
  }
}

/** Plain string functions where they do: several times as fast as a regular expression. */
function wildcardTest(term: Sql, parts: readonly WildcardPart[], ignoreCase: boolean): Sql {
  const shape = parts.map((part) => part.kind).join(' ')
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []))
  const [first = '', second = ''] = texts
  if (!ignoreCase) {
    if (shape === 'text') return sql`${term} = ${first}`
    if (shape === 'text any') return sql`startsWith(${term}, ${first})`
    if (shape === 'any text') return sql`endsWith(${term}, ${first})`
    if (shape === 'any text any') return sql`position(${term}, ${first}) > 0`
    if (shape === 'text any text') {
      const least = Buffer.byteLength(first) + Buffer.byteLength(second)
      return sql`(startsWith(${term}, ${first}) AND endsWith(${term}, ${second}) AND length(${term}) >= ${least})`
    }
  }
  return sql`match(${term}, ${`\\A(?s:${wildcardToRe2(parts, ignoreCase)})\\z`})`
}

function regexpSql(term: Sql, test: RegexpTest, anchored: (re2: string) => string): Sql {
  switch (test.kind) {
    case 'matches':
      return sql`match(${term}, ${anchored(test.re2)})`
    case 'not':
      return sql`(NOT ${regexpSql(term, test.test, anchored)})`
    case 'and':
    case 'or': {
      const tests = test.tests.map((inner) => regexpSql(term, inner, anchored))
      return sql`(${joinSql(tests, test.kind === 'and' ? ' AND ' : ' OR ')})`
    }
    default:
      return unreachable(test)
  }
}
