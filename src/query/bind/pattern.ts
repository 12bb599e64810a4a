import { ANY_SORT_KEY } from '../version-order.ts'
import { illegalArgument } from '../../core/errors.ts'
import { matchAll, matchNone, type Query, type TermPattern } from '../ast.ts'
import type { Field } from '../field.ts'
import { parseLuceneRegexp } from '../lucene-regexp.ts'
import { termMatcher } from '../term-matcher.ts'
import { hasStringTerms, isText, queryShardException, searchAnalyzer, type BindContext } from './context.ts'
import { normalizeKeyword, requireSearchable, unscored } from './term.ts'

/**
 * Terms that a pattern matches: whole values of keywords, single tokens of text. The pattern's characters are changed as
 * a normalizer changes values; for text only where `analyzed` (query strings), a plain prefix query takes them as written.
 */
export function patternQuery(field: Field, pattern: TermPattern, context: BindContext, analyzed = false): Query {
  if (!hasStringTerms(field) || field.type === 'completion') {
    const reason = `Can only use ${pattern.kind} queries on keyword and text fields - not on [${field.path}] which is of type [${field.type}]`
    throw pattern.kind === 'fuzzy' ? illegalArgument(reason) : queryShardException(context, reason)
  }
  requireSearchable(field, context)
  if (pattern.kind === 'regexp') checkRegexp(pattern.regexp, context)
  if (field.type === 'constant_keyword') {
    const value = field.parameters.constant
    return value !== undefined && termMatcher(pattern)(value) ? matchAll : matchNone
  }
  if (field.type === 'version') return { kind: 'pattern', field: field.path, pattern: versionPattern(pattern) }
  return unscored(field, { kind: 'pattern', field: field.path, pattern: mapPattern(pattern, changeOf(field, context, analyzed)) })
}

/** The same over the values of a version field, in front of which stands how they sort. */
function versionPattern(pattern: TermPattern): TermPattern {
  switch (pattern.kind) {
    case 'prefix':
      return { kind: 'wildcard', wildcard: `${ANY_SORT_KEY}${escapeWildcard(pattern.prefix)}*`, ignoreCase: pattern.ignoreCase }
    case 'wildcard':
      return { ...pattern, wildcard: ANY_SORT_KEY + pattern.wildcard }
    case 'regexp':
      return { ...pattern, regexp: `[^\t]*\t(${pattern.regexp})` }
    case 'fuzzy':
      throw illegalArgument('[fuzzy] queries are not possible on [version] fields')
    default:
      return pattern
  }
}

function changeOf(field: Field, context: BindContext, analyzed: boolean): (text: string) => string {
  if (isText(field)) {
    if (!analyzed) return (text) => text
    const analyzer = searchAnalyzer(field, undefined, context)
    return (text) => analyzer.normalize(text)
  }
  return (text) => normalizeKeyword(field, text, context)
}

function mapPattern(pattern: TermPattern, change: (text: string) => string): TermPattern {
  switch (pattern.kind) {
    case 'prefix':
      return { ...pattern, prefix: change(pattern.prefix) }
    case 'wildcard':
      return { ...pattern, wildcard: changeLiterals(pattern.wildcard, change) }
    case 'regexp':
      return { ...pattern, regexp: change(pattern.regexp) }
    case 'fuzzy':
      return { ...pattern, term: change(pattern.term) }
    default:
      return pattern
  }
}

/** Changes what stands between the wildcards; escapes stay escapes. */
function changeLiterals(wildcard: string, change: (text: string) => string): string {
  return wildcard.replace(/(?:\\.|[^*?\\])+/gs, (literal) => {
    const plain = literal.replace(/\\(.)/gs, '$1')
    return escapeWildcard(change(plain))
  })
}

/** A text as a wildcard pattern that matches nothing else. */
export function escapeWildcard(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&')
}

/** @throws ElkhornError 400 for one that is too long, or none */
export function checkRegexp(regexp: string, context: BindContext): void {
  if (regexp.length > context.limits.maxRegexpLength) {
    throw illegalArgument(
      `The length of regex [${regexp.length}] used in the Regexp Query request has exceeded the allowed maximum of [${context.limits.maxRegexpLength}]. This maximum can be set by changing the [index.max_regex_length] index level setting.`,
    )
  }
  parseLuceneRegexp(regexp)
}
