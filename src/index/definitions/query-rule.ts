import { editDistance } from '../../core/nearest.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'

/** Longer texts are not compared letter by letter. */
const MAX_FUZZY_LENGTH = 256

/** Whether a query rule is for a query of which `match` tells: every one of its criteria has to hold. */
export function matchesRule(rule: JsonObject, match: JsonObject): boolean {
  const criteria = (Array.isArray(rule['criteria']) ? rule['criteria'] : [rule['criteria']]) as readonly JsonValue[]
  return criteria.filter(isJsonObject).every(({ type, metadata, values }) => {
    if (type === 'always') return true
    const given = match[String(metadata)]
    if (given === undefined || given === null) return false
    const wanted = (Array.isArray(values) ? values : [values]) as readonly JsonValue[]
    return wanted.some((value) => holds(String(type), printed(given), printed(value)))
  })
}

const printed = (value: JsonValue): string => (typeof value === 'string' ? value : printJson(value))

function holds(type: string, given: string, value: string): boolean {
  switch (type) {
    case 'prefix':
      return given.startsWith(value)
    case 'suffix':
      return given.endsWith(value)
    case 'contains':
      return given.includes(value)
    case 'fuzzy':
    case 'exact_fuzzy':
      return given.length <= MAX_FUZZY_LENGTH && editDistance(given.toLowerCase(), value.toLowerCase(), 3) <= 2
    case 'lt':
      return Number(given) < Number(value)
    case 'lte':
      return Number(given) <= Number(value)
    case 'gt':
      return Number(given) > Number(value)
    case 'gte':
      return Number(given) >= Number(value)
    default:
      return given === value
  }
}
