import { unreachable } from '../../core/errors.ts'
import type { FieldLookup, FieldType, FieldValue } from '../../query/field.ts'
import { firstShardDoc, type SortKey } from '../../query/sort.ts'
import { compareValues } from './compare.ts'
import type { NestedSort } from '../../query/nested-sort.ts'
import type { MemoryDocument } from './document.ts'
import { compileQuery } from './evaluate.ts'
import { IndexStatistics } from './statistics.ts'

/** A document that matched, and where it came from. */
export interface Match {
  readonly document: MemoryDocument
  /** Position among the search targets. */
  readonly target: number
  readonly score: number
}

const FRACTIONS: ReadonlySet<FieldType> = new Set(['double', 'float', 'half_float', 'scaled_float'])

export type SortValues = readonly (FieldValue | null)[]

/** What a match is sorted by, one value per key; `null` where it has none. */
export function sortValues(match: Match, keys: readonly SortKey[], fields: FieldLookup): SortValues {
  return keys.map((key) => {
    if (key.field === '_score') return match.score
    if (key.field === '_doc') return match.document.seqNo
    if (key.field === '_shard_doc') return firstShardDoc(match.target) + match.document.seqNo
    const values = key.nested ? nestedValues(match, key, key.nested) : storedValues(match.document, key.field)
    if (values.length === 0) return typeof key.missing === 'object' ? key.missing.value : null
    const type = fields.find(key.field)?.type
    // Fractions that are sorted as whole numbers are cut before anything is made of them.
    const isCut = key.numericType === 'long' && type !== undefined && FRACTIONS.has(type)
    return isCut
      ? modeOf(
          values.map((value) => Math.trunc(Number(value))),
          key.mode,
          'long',
        )
      : modeOf(values, key.mode, type)
  })
}

/** Values of the nested objects that a key is about, all of a document's together. */
function nestedValues(
  { document, target }: Match,
  { field }: SortKey,
  { levels, maxChildren }: NestedSort,
): readonly FieldValue[] {
  let objects: readonly MemoryDocument[] = [document]
  for (const { path, filter } of levels) {
    const inside = objects.flatMap((one) => one.objects.get(path) ?? [])
    const query = filter?.[target]
    const evaluate = query && compileQuery(query, new IndexStatistics(inside))
    objects = evaluate ? inside.filter((one) => evaluate(one) !== undefined) : inside
  }
  return objects.slice(0, maxChildren).flatMap((one) => storedValues(one, field))
}

/** What a document has in a field: of a text its terms, each once. */
export function storedValues({ tokens, values }: MemoryDocument, field: string): readonly FieldValue[] {
  const terms = tokens.get(field)
  return terms ? [...new Set(terms.map(({ term }) => term))] : (values.get(field) ?? [])
}

function modeOf(values: readonly FieldValue[], mode: SortKey['mode'], type: FieldType | undefined): FieldValue {
  const sorted = values.toSorted(compareValues)
  const [first] = sorted
  const last = sorted[sorted.length - 1]
  if (first === undefined || last === undefined) throw new Error('no values')
  switch (mode) {
    case 'min':
      return first
    case 'max':
      return last
    case 'sum':
    case 'avg': {
      const sum = sorted.reduce<number>((total, value) => total + Number(value), 0)
      return mode === 'sum' ? sum : rounded(sum / sorted.length, type)
    }
    case 'median': {
      const middle = Math.floor(sorted.length / 2)
      if (sorted.length % 2 === 1) return sorted[middle] ?? first
      return rounded((Number(sorted[middle - 1]) + Number(sorted[middle])) / 2, type)
    }
    default:
      return unreachable(mode)
  }
}

/** A mean as the field's type holds it; of whole numbers halves go up. */
function rounded(mean: number, type: FieldType | undefined): number {
  switch (type) {
    case 'double':
    case 'scaled_float':
      return mean
    case 'float':
    case 'half_float':
      return Math.fround(mean)
    default:
      return Math.floor(mean + 0.5)
  }
}

/** Compares two rows of sort values as the keys say; 0 leaves the order of arrival. */
export function compareRows(a: SortValues, b: SortValues, keys: readonly SortKey[]): number {
  for (const [index, { order, missing }] of keys.entries()) {
    const [left = null, right = null] = [a[index], b[index]]
    if (left === null && right === null) continue
    if (left === null || right === null) return (left === null) === (missing === 'first') ? -1 : 1
    const difference = compareValues(left, right)
    if (difference !== 0) return order === 'asc' ? difference : -difference
  }
  return 0
}

/** Order of arrival: targets one after the other. */
export function compareArrival(a: Match, b: Match): number {
  const [x, y] = [a.document, b.document]
  return a.target - b.target || x.seqNo - y.seqNo || (x.object?.number ?? 0) - (y.object?.number ?? 0)
}
