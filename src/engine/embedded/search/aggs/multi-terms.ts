import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { sql } from '../../sql.ts'
import { compareValues } from '../hits/sort-key.ts'
import { leaf } from '../query/condition.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { keyValue, type RawKey, readTerm } from './bucket-key.ts'
import { fieldInput } from './field-input.ts'
import { KeyTuples } from './key-tuple.ts'

type MultiTerms = Extract<BucketAggregation, { kind: 'multi_terms' }>

/** A bucket for each combination of terms: a document with several terms of a field is in several. */
export function bindMultiTerms({ sources, size, order, minDocCount }: MultiTerms, { targets }: BindContext): BucketBinding {
  const inputs = sources.map((source) => fieldInput(source, targets))
  const tuples = new KeyTuples()
  const scope = targets.map(({ layout }) => layout.uuid).join(',')
  const compare = (a: RawKey, b: RawKey): number => {
    const [left, right] = [tuples.partsOf(a), tuples.partsOf(b)]
    for (const [i, part] of left.entries()) {
      const difference = compareValues(part ?? '', right[i] ?? '')
      if (difference !== 0) return difference
    }
    return 0
  }
  return {
    key: {
      several: inputs.some(({ several }) => several),
      sql: () => sql`NULL`,
      put: (rows, { narrow }) => {
        const columns = inputs.map((input) => {
          if (input.several) return rows.joinedColumn((target) => sql`arrayDistinct(${input.sql(target)})`)
          if (narrow) rows.narrow((target) => leaf(sql`isNotNull(${input.sql(target)})`, { nullable: false }))
          return rows.column(input.sql)
        })
        const parts = inputs.map((input, i) => readTerm(input.type)(columns[i] ?? sql`NULL`))
        return { columns, read: tuples.column(parts, () => false) }
      },
      read: () => tuples.column([], () => false),
    },
    shape: 'buckets',
    keyOf: () => '',
    keysOf: (raw) => tuples.valuesOf(raw, (part, i) => keyValue(part, inputs[i]?.type ?? 'string')),
    compare,
    order,
    limit: { size, minDocCount, cardinalityOf: `${scope} ${sources.map(({ field }) => field).join(' ')}` },
  }
}
