import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { resolveIndices, type IndicesOptions, type NameContext } from '../names/resolve-names.ts'

/**
 * `indices_boost`: how much more the hits of some indices score. Names, aliases and wildcards; the first that fits an index
 * counts.
 * @throws ElkhornError `parsing_exception` (400); `index_not_found_exception` (404) for a name that is none
 */
export function indexBoosts(
  names: NameContext,
  json: JsonValue | undefined,
  options: IndicesOptions,
): ReadonlyMap<string, number> {
  const boosts = new Map<string, number>()
  if (json === undefined) return boosts
  const entries = Array.isArray(json) ? (json as readonly JsonValue[]).flatMap(entriesOf) : entriesOf(json)
  for (const [name, boost] of entries) {
    for (const { index } of resolveIndices(names, [name], options)) {
      if (!boosts.has(index.name)) boosts.set(index.name, boost)
    }
  }
  return boosts
}

function entriesOf(json: JsonValue): [string, number][] {
  if (!isJsonObject(json)) throw malformed()
  return Object.entries(json).map(([name, boost]) => {
    if (typeof boost !== 'number') throw malformed()
    return [name, boost]
  })
}

function malformed(): ElkhornError {
  return new ElkhornError('parsing_exception', 400, 'Expected [VALUE_NUMBER] as the boost of an index in [indices_boost]')
}
