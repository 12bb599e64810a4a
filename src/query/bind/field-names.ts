import { illegalArgument } from '../../core/errors.ts'
import type { Field, FieldType } from '../field.ts'
import type { BindContext } from './context.ts'

/** A field of a query that asks several, with its share in the score. */
export interface WeightedField {
  readonly field: Field
  readonly boost: number
}

export interface FieldSelection {
  readonly fields: readonly WeightedField[]
  /** The query asked for everything (`*`), so values that a field cannot hold are no mistake. */
  readonly all: boolean
}

/** Types that a query over all fields asks. */
const ASKED_BY_DEFAULT: ReadonlySet<FieldType> = new Set<FieldType>([
  'boolean',
  'byte',
  'date',
  'date_nanos',
  'double',
  'float',
  'half_float',
  'integer',
  'ip',
  'keyword',
  'constant_keyword',
  'wildcard',
  'long',
  'match_only_text',
  'scaled_float',
  'short',
  'text',
  'unsigned_long',
  'integer_range',
  'long_range',
  'float_range',
  'double_range',
  'date_range',
  'ip_range',
])

const MAX_FIELDS = 1024

/** Resolves names, patterns with `*` and boosts (`title^3`) to the fields of the index; unknown names are left out. */
export function selectFields(names: readonly string[], context: BindContext): FieldSelection {
  const asked = names.length === 0 ? context.defaultFields : names
  // Of a name that comes twice the last boost counts; those of patterns that meet in a field are multiplied.
  const byPath = new Map(asked.map(parseWeightedName).map(({ path, boost }) => [path, boost]))
  const boosts = new Map<Field, number>()
  for (const [path, boost] of byPath) {
    const exact = path.includes('*') ? undefined : context.fields.find(path)
    const fields = exact ? [exact] : context.fields.match(path).filter((field) => ASKED_BY_DEFAULT.has(field.type))
    for (const field of fields) boosts.set(field, (boosts.get(field) ?? 1) * boost)
  }
  if (boosts.size > MAX_FIELDS)
    throw illegalArgument(`field expansion matches too many fields, limit: ${MAX_FIELDS}, got: ${boosts.size}`)
  const fields = [...boosts].map(([field, boost]) => ({ field, boost }))
  return { fields, all: asked.length === 1 && asked[0] === '*' }
}

/** `title^3` → title, 3. @throws ElkhornError `illegal_argument_exception` (400) */
export function parseWeightedName(name: string): { readonly path: string; readonly boost: number } {
  const caret = name.lastIndexOf('^')
  if (caret < 0) return { path: name, boost: 1 }
  const boost = Number(name.slice(caret + 1))
  if (name.slice(caret + 1).trim() === '' || Number.isNaN(boost))
    throw illegalArgument(`[${name}]: the boost behind [^] must be a number`)
  return { path: name.slice(0, caret), boost }
}
