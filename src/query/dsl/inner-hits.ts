import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { contentException, didYouMean } from './errors.ts'
import type { Member } from './reading.ts'

/** `inner_hits` of a nested query: which of the objects that matched are shown within a hit, and how. */
export interface NestedInnerHits {
  /** Under which they stand; the path where absent. */
  readonly name: string | undefined
  readonly ignoreUnmapped: boolean
  /** The rest: members of a search, read by whoever runs it. */
  readonly search: JsonObject
}

/** Members of a search that make sense for a few objects of one document. */
const KNOWN = [
  'name',
  'ignore_unmapped',
  'from',
  'size',
  'sort',
  '_source',
  'highlight',
  'fields',
  'docvalue_fields',
  'stored_fields',
  'script_fields',
  'explain',
  'version',
  'seq_no_primary_term',
  'track_scores',
  'collapse',
]

/** `index.max_inner_result_window` of every index. */
const MAX_WINDOW = 100

/** @throws ElkhornError (400) */
export function readInnerHits(value: JsonValue, at: Member): NestedInnerHits {
  if (!isJsonObject(value)) throw illegalArgument(`[inner_hits] of a [${at.owner}] query must be an object`)
  const unknown = Object.keys(value).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) {
    throw contentException(`[inner_hits] unknown field [${unknown}]${didYouMean(unknown, KNOWN)}`, {
      node: value,
      part: { key: unknown },
    })
  }
  // Elasticsearch reads `collapse` here, and does nothing with it.
  const { name, ignore_unmapped: ignore, collapse: _collapse, ...search } = value
  const window = Number(search['from'] ?? 0) + Number(search['size'] ?? 3)
  if (window > MAX_WINDOW) {
    throw illegalArgument(
      `Inner result window is too large, the inner hit definition's [${name === undefined || name === null ? 'null' : String(name)}]'s from + size must be less than or equal to: [${MAX_WINDOW}] but was [${window}]. This limit can be set by changing the [index.max_inner_result_window] index level setting.`,
    )
  }
  return { name: typeof name === 'string' ? name : undefined, ignoreUnmapped: ignore === true || ignore === 'true', search }
}
