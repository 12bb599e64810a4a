import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { anyOf, withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { metadataTerms } from '../bind/metadata.ts'
import { isScalar, termQuery } from '../bind/term.ts'
import type { Scalar } from '../bind/typed-value.ts'
import type { FieldValue } from '../field.ts'
import { parsingException } from './errors.ts'
import { boost, objectAt, readObject, text, type Member } from './reading.ts'

/** `{ "terms": { "level": ["error", "fatal"] } }` */
export interface TermsQuery {
  readonly kind: 'terms'
  readonly field: string
  readonly values: readonly Scalar[]
  readonly boost: number | undefined
}

export function parseTerms(json: JsonValue, at: Member): TermsQuery {
  const node = objectAt(json, at)
  const { boost: factor, _name: name, value_type: valueType, ...fields } = node
  const common = readObject(
    { ...(factor === undefined ? {} : { boost: factor }), ...(name === undefined ? {} : { _name: name }) },
    at,
    { boost, _name: text },
  )
  if (valueType !== undefined && valueType !== 'default')
    throw illegalArgument(`[terms] query does not support [value_type] [${String(valueType)}]`)
  const [field, second] = Object.keys(fields)
  if (field === undefined)
    throw parsingException('[terms] query requires a field name, followed by array of terms or a document lookup specification', {
      node,
      part: 'end',
    })
  if (second !== undefined)
    throw parsingException('[terms] query does not support multiple fields', { node, part: { value: second } })
  const values = fields[field]
  if (isJsonObject(values))
    throw illegalArgument(
      `[terms] query on [${field}]: looking terms up in a document is not supported yet; give them as an array`,
    )
  if (!Array.isArray(values))
    throw parsingException(`[terms] query does not support [${field}]`, { node, part: { value: field } })
  const scalars = values.map((value: JsonValue, index) => {
    if (value === null) throw illegalArgument('No value specified for terms query')
    if (!isScalar(value))
      throw parsingException(`[terms] query on [${field}]: a term is a single value`, { node: values, part: { value: index } })
    return value
  })
  return { kind: 'terms', field, values: scalars, boost: common.boost }
}

export function bindTerms(query: TermsQuery, context: BindContext): Query {
  const { field: path, values, boost } = query
  if (values.length > context.limits.maxTerms) {
    throw illegalArgument(
      `The number of terms [${values.length}] used in the Terms Query request has exceeded the allowed maximum of [${context.limits.maxTerms}]. This maximum can be set by changing the [index.max_terms_count] index level setting.`,
    )
  }
  const meta = metadataTerms(path, values, context)
  if (meta) return withBoost(meta, boost)
  const field = context.fields.find(path)
  if (!field || values.length === 0) return matchNone
  const exact: FieldValue[] = []
  const others: Query[] = []
  for (const value of new Set(values)) {
    const one = termQuery(field, value, context)
    if (one.kind === 'terms') exact.push(...one.values)
    else if (one.kind !== 'none') others.push(one)
  }
  if (exact.length > 0) others.push({ kind: 'terms', field: field.path, values: exact })
  return withBoost({ kind: 'constant_score', query: anyOf(others) }, boost)
}
