import { joinSql, sql, type Sql } from '../../sql.ts'

/** A place of a phrase with everything that may stand there. */
export interface ResolvedPlace {
  readonly tokens: readonly string[]
  readonly position: number
}

/**
 * For each place the positions of its tokens in a text, each less its place in the phrase; in order. The text stands once in
 * it: what a phrase costs in few documents is that the engine reads the statement.
 */
export function placeLists(text: Sql, places: readonly ResolvedPlace[]): Sql {
  // Every part stands one further than the one before, after the pseudo-token of a gap by what that says.
  const positions = sql`arrayCumSum(part -> if(startsWith(part, ${'\x02>'}), toInt64OrZero(substring(part, 3)), 1), parts)`
  const lists = places.map(
    ({ tokens, position }) =>
      sql`arrayMap(p -> toInt64(p) - ${position}, arrayFilter((p, part) -> part IN ${tokens}, positions, parts))`,
  )
  const all = sql`arrayMap(positions -> [${joinSql(lists, ', ')}], [${positions}])[1]`
  return sql`arrayMap(parts -> ${all}, [splitByChar(${'\x01'}, ${text})])[1]`
}

/**
 * How often a phrase stands in a text, as Lucene's SloppyPhraseMatcher finds it; 0 where it does not. Each place goes from
 * one of its positions to the next, the last one behind the others first; where it passes the one before it, what it leaves
 * is a match if it was at most `slop` from the foremost, and counts 1 / (1 + distance). Places that ask for the same token
 * never stand at the same one: the lesser of two goes on.
 *
 * The state of a step: 1 where each place is, 2 the place that goes, 3 the position that it has to pass, 4 its least distance
 * so far, 5 the foremost position, 6 the frequency so far, 7 which place takes the step, or 0 after the last.
 */
export function sloppyFrequency(text: Sql, places: readonly ResolvedPlace[], slop: number): Sql {
  const groups = repeatGroups(places)
  const starts = groups.map((group, at) => 1 + groups.slice(0, at).filter((other) => other !== 0 && other === group).length)
  const first = sql`arrayMap(k -> toInt64(k), ${starts})`
  const begun = sql`arrayMap(c -> ${turn(first, sql`c`, sql`arrayMax(c)`, sql`toFloat64(0)`)}, [${at(first)}])[1]`
  const moved = sql`arrayMap((k, n) -> if(n = s.7, k + 1, k), s.1, arrayEnumerate(s.1))`
  const gained = sql`toFloat64(toFloat32(s.6 + if(s.4 <= ${slop}, toFloat32(1 / (1 + s.4)), 0)))`
  const ended = sql`(s.1, s.2, s.3, s.4, s.5, ${gained}, toInt64(0))`
  const nearer = sql`(k, s.2, s.3, least(s.4, e - c[s.2]), e, s.6, s.2)`
  const passed = sql`if(c[s.2] > s.3, ${turn(sql`k`, sql`c`, sql`e`, gained)}, ${nearer})`
  const next = sql`arrayMap((k, c) -> arrayMap(e -> ${withoutClashes(passed, groups, places)}, [greatest(s.5, c[s.7])])[1], [${moved}], [${at(moved)}])[1]`
  const step = sql`if(s.7 = 0, s, if(s.1[s.7] >= length(l[s.7]), ${ended}, ${next}))`
  const folded = sql`arrayFold((s, i) -> ${step}, range(arraySum(x -> length(x), l)), ${begun}).6`
  const complete = sql`arrayAll((x, k) -> length(x) >= k, l, ${starts})`
  return sql`arrayMap(l -> if(${complete}, ${folded}, 0), [${placeLists(text, places)}])[1]`
}

/** Positions of all places. */
const at = (indices: Sql): Sql => sql`arrayMap((x, k) -> x[k], l, ${indices})`

/** The state in which the place that is last behind the others begins to go; the first of several in the phrase. */
function turn(indices: Sql, positions: Sql, foremost: Sql, frequency: Sql): Sql {
  const last = sql`toInt64(indexOf(${positions}, arrayMin(${positions})))`
  const second = sql`arraySort(${positions})[2]`
  return sql`(${indices}, ${last}, ${second}, ${foremost} - arrayMin(${positions}), ${foremost}, ${frequency}, ${last})`
}

/** `state`, unless the place that has moved now stands at the token of another. */
function withoutClashes(state: Sql, groups: readonly number[], places: readonly ResolvedPlace[]): Sql {
  if (groups.every((group) => group === 0)) return state
  const offsets = places.map(({ position }) => position)
  const clash = sql`arrayFirstIndex((x, o, g, n) -> n != s.7 AND g != 0 AND g = ${groups}[s.7] AND x + o = c[s.7] + ${offsets}[s.7], c, ${offsets}, ${groups}, arrayEnumerate(c))`
  const lesser = sql`if((c[s.7], ${offsets}[s.7]) < (c[o], ${offsets}[o]), s.7, toInt64(o))`
  return sql`arrayMap(o -> if(o = 0, ${state}, (k, s.2, s.3, s.4, e, s.6, ${lesser})), [${clash}])[1]`
}

/** A number for the places that ask for the same token, 0 for all others. */
function repeatGroups(places: readonly ResolvedPlace[]): readonly number[] {
  const shares = (a: ResolvedPlace, b: ResolvedPlace): boolean => a.tokens.some((token) => b.tokens.includes(token))
  return places.map((place, own) => {
    const first = places.findIndex((other) => shares(place, other))
    return places.some((other, index) => index !== own && shares(place, other)) ? first + 1 : 0
  })
}
