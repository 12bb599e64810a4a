import type { MetadataStore } from '../../core/metadata-store.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { SynonymSets } from '../../query/analysis/filters/synonyms.ts'
import { SYNONYM_SETS, type Definition } from '../definitions/definitions.ts'
import type { Settings } from './settings-json.ts'

/** The synonym sets that are defined over the API, as analyzers read them. */
export function storedSynonymSets(store: MetadataStore): SynonymSets {
  const sets = store.section<Definition>(SYNONYM_SETS)
  const known = new WeakMap<Definition, readonly string[]>()
  return {
    rulesOf(name) {
      const set = sets.get(name)
      if (!set) return undefined
      const rules = known.get(set) ?? rulesIn(set.body['rules'])
      known.set(set, rules)
      return rules
    },
  }
}

function rulesIn(rules: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(rules)) return []
  return (rules as readonly JsonValue[]).flatMap((rule) => (isJsonObject(rule) ? [String(rule['synonyms'])] : []))
}

/** The analyzers of an index's settings that take synonyms from a set. */
export function analyzersOfSet(settings: Settings, set: string): readonly string[] {
  const filters = namesIn(settings, /^index\.analysis\.filter\.([^.]+)\.synonyms_set$/, (value) => value === set)
  const uses = (value: SettingValue): boolean =>
    filters.some((filter) => (typeof value === 'string' ? [value] : value).includes(filter))
  return namesIn(settings, /^index\.analysis\.analyzer\.([^.]+)\.filter$/, uses)
}

type SettingValue = Settings[string]

function namesIn(settings: Settings, key: RegExp, holds: (value: SettingValue) => boolean): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const found = key.exec(name)?.[1]
    return found !== undefined && holds(value) ? [found] : []
  })
}
