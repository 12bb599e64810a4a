import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { int, number, raw, readObject } from '../dsl/reading.ts'
import { plainJson } from '../value-format.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { bindSelections, readSelection, termsKey } from './terms.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** The bound that Elasticsearch has, so that there are not too many. */
const MAX_DOC_COUNT = 100

const FLOATING = new Set(['double', 'float', 'half_float', 'scaled_float'])

/** A bucket for each value that few documents have. */
export const rareTerms: AggregationDefinition = {
  name: 'rare_terms',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      { ...sourceMembers, max_doc_count: int, precision: number, include: raw, exclude: raw },
      'object',
    )
    const request = readSource(read, 'rare_terms')
    const most = read.max_doc_count ?? 1
    if (most < 1) throw illegalArgument(`[max_doc_count] must be greater than 0. Found [${most}] in [${name}]`)
    if (most > MAX_DOC_COUNT) throw illegalArgument(`[max_doc_count] must be smaller than [${MAX_DOC_COUNT}] in [${name}]`)
    if (read.precision !== undefined && read.precision < 0.00001)
      throw illegalArgument('[precision] must be greater than 0.00001')
    const include = readSelection(read.include, at, 'include')
    const exclude = readSelection(read.exclude, at, 'exclude')
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'rare_terms', 'terms', context)
        if (field && FLOATING.has(field.type))
          throw illegalArgument('RareTerms aggregation does not support floating point fields.')
        return {
          aggregation: {
            kind: 'rare_terms',
            source,
            maxDocCount: most,
            ...bindSelections({ include, exclude }, field, name, context),
          },
          typedKey: `${termsKey(field).startsWith('s') ? 's' : 'l'}rareterms`,
          shape(result) {
            const found = result.kind === 'buckets' ? result.buckets : []
            const buckets = found.map(({ key, docCount, children }): BucketSkeleton => {
              const keyText = format.text(key)
              const own: JsonObject = { key: format.json(key), ...(keyText === undefined ? {} : { key_as_string: keyText }) }
              return {
                key,
                name: keyText ?? String(plainJson(key)),
                json: { ...own, doc_count: docCount },
                docCount,
                results: children,
              }
            })
            return { kind: 'multi', json: {}, keyed: false, buckets }
          },
        }
      },
    }
  },
}
