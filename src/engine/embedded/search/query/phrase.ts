import type { Phrase } from '../../../../query/ast.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { adjacentTokens, indexedToken } from '../../token-column.ts'
import type { Expansion } from '../terms/expand.ts'
import { re2Literal } from '../terms/re2.ts'
import { allIndexed, anyIndexed } from './column-test.ts'
import { and, type Condition, leaf, NEVER } from './condition.ts'
import { placeLists, type ResolvedPlace, sloppyFrequency } from './sloppy-phrase.ts'

export function phraseCondition(column: StoredColumn, phrase: Phrase, expansion: Expansion | undefined): Condition {
  const places = resolvePlaces(phrase, expansion)
  const candidates = phraseCandidates(column, places)
  if (candidates.kind === 'never' || places.length < 2) return candidates
  return and([candidates, leaf(phraseTest(identifier(column.name), places, phrase.slop), { nullable: false })])
}

export function resolvePlaces({ places, lastIsPrefix }: Phrase, expansion: Expansion | undefined): readonly ResolvedPlace[] {
  return places.map(({ tokens, position }, i) => {
    if (!lastIsPrefix || i < places.length - 1) return { tokens: tokens.map(indexedToken), position }
    return { tokens: expansion?.kind === 'terms' ? expansion.terms.map(({ term }) => term) : [], position }
  })
}

/** Documents that have the tokens at all: the index narrows down which granules of the text are read. */
function phraseCandidates(column: StoredColumn, places: readonly ResolvedPlace[]): Condition {
  if (places.length === 0 || places.some(({ tokens }) => tokens.length === 0)) return NEVER
  const single = places.flatMap(({ tokens }) => (tokens.length === 1 ? tokens : []))
  const several = places.filter(({ tokens }) => tokens.length > 1)
  return and([
    ...(single.length > 0 ? [allIndexed(column, [...new Set(single)])] : []),
    ...several.map(({ tokens }) => anyIndexed(column, sql`${tokens}`)),
  ])
}

function phraseTest(text: Sql, places: readonly ResolvedPlace[], slop: number): Sql {
  if (slop > 0) return sloppyTest(text, places, slop)
  const adjacent = places.every(({ position }, i) => position === i)
  if (adjacent && places.every(({ tokens }) => tokens.length === 1)) {
    return sql`position(${text}, ${adjacentTokens(places.flatMap(({ tokens }) => tokens))}) > 0`
  }
  return sql`match(${text}, ${phrasePattern(places)})`
}

/** Between places whose positions leave a gap stands one token, or one hole, for each position of it. */
function phrasePattern(places: readonly ResolvedPlace[]): string {
  let pattern = '\\x01'
  let next = 0
  for (const { tokens, position } of places) {
    for (; next < position; next++) pattern += '(?:\\x02>1|[^\\x01\\x02]+)\\x01'
    pattern += `(?:${tokens.map((token) => re2Literal(token)).join('|')})\\x01`
    next = position + 1
  }
  return pattern
}

/**
 * Lucene's sloppy match: positions, each less its place in the phrase, that lie at most `slop` apart. Holds for every
 * order of the tokens; a token that stands twice in the phrase must stand at two positions.
 */
function sloppyTest(text: Sql, places: readonly ResolvedPlace[], slop: number): Sql {
  const tokens = places.flatMap((place) => place.tokens)
  const isPlain = new Set(tokens).size === tokens.length
  return isPlain ? windowTest(placeLists(text, places), slop) : sql`${sloppyFrequency(text, places, slop)} > 0`
}

/** Some value has one of every list within `slop` above it. */
function windowTest(lists: Sql, slop: number): Sql {
  const within = sql`arrayAll(x -> arrayExists(p -> p >= low AND p <= low + ${slop}, x), l)`
  return sql`arrayExists(l -> arrayExists(low -> ${within}, arrayFlatten(l)), [${lists}])`
}
