import type { JsonValue } from '../../core/json.ts'
import { bool, readObject } from '../dsl/reading.ts'
import { valueFormat, type ValueFormat } from '../value-format.ts'
import type { AggregationResult } from '../aggregation.ts'
import type { AggregationDefinition, Skeleton } from './definition.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** Lengths of strings, their entropy in bits for each character, and how likely each character is. */
export const stringStats: AggregationDefinition = {
  name: 'string_stats',
  holdsOthers: false,
  parse(json, at) {
    const read = readObject(json, at, { ...sourceMembers, show_distribution: bool }, 'object')
    const request = readSource(read, 'string_stats')
    return {
      bind(context) {
        const { source } = bindSource(request, 'string_stats', 'strings', context)
        const format = valueFormat(undefined, { format: read.format })
        return {
          aggregation: { kind: 'string_stats', source },
          typedKey: 'string_stats',
          shape: (result) => shapeStringStats(result, read.show_distribution ?? false, format),
        }
      },
    }
  },
}

function shapeStringStats(result: AggregationResult, distribution: boolean, format: ValueFormat): Skeleton {
  if (result.kind !== 'string_stats' || result.count === 0) {
    const nothing = { count: 0, min_length: null, max_length: null, avg_length: null, entropy: 0 }
    return { kind: 'metric', json: { ...nothing, ...(distribution && { distribution: null }) } }
  }
  const { count, minLength, maxLength, totalLength } = result
  const shares = sharesOf(result.characters)
  const entropy = shares.reduce((sum, [, share]) => sum - share * Math.log2(share), 0)
  const measured = { min_length: minLength, max_length: maxLength, avg_length: totalLength / count, entropy }
  const json: Record<string, JsonValue> = { count, ...measured }
  if (distribution) json['distribution'] = Object.fromEntries(shares)
  for (const [key, value] of Object.entries(measured)) {
    const text = format.text(value)
    if (text !== undefined) json[`${key}_as_string`] = text
  }
  return { kind: 'metric', json }
}

/** How likely each character is, the likeliest first. Java counts the halves of a surrogate pair apart. */
function sharesOf(characters: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  const units = new Map<string, number>()
  for (const [character, count] of characters) {
    for (const unit of character.split('')) units.set(unit, (units.get(unit) ?? 0) + count)
  }
  const total = [...units.values()].reduce((sum, count) => sum + count, 0)
  return [...units].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([unit, count]) => [unit, count / total])
}
