import { formatIp } from '../core/ip.ts'
import { printJson } from '../core/print-json.ts'
import type { Query, TermPattern } from './ast.ts'
import type { FieldValue } from './field.ts'
import { isRangeValue } from './range-field.ts'

/**
 * A bound query on one line, much as Lucene describes its own: `+must #filter should -must_not`, `~2` for at least two
 * of them, `^3` for a boost. For tests, logs and `_validate/query?explain`.
 */
export function describeQuery(query: Query): string {
  const boost = 'boost' in query && query.boost !== undefined ? `^${query.boost}` : ''
  return describe(query) + boost
}

function describe(query: Query): string {
  switch (query.kind) {
    case 'all':
      return '*:*'
    case 'none':
      return 'none'
    case 'terms':
      return query.values.length === 1
        ? `${query.field}:${value(query.values[0])}`
        : `${query.field}:(${query.values.map(value).join(' ')})`
    case 'range': {
      const { gte, gt, lte, lt } = query.bounds
      const from = gte !== undefined ? `[${value(gte)}` : gt !== undefined ? `{${value(gt)}` : '[*'
      const to = lte !== undefined ? `${value(lte)}]` : lt !== undefined ? `${value(lt)}}` : '*]'
      return `${query.field}:${from} TO ${to}`
    }
    case 'range_relation':
      return `${query.field}:${query.relation}${value(query.range)}`
    case 'exists':
      return `_exists_:${query.field}`
    case 'pattern':
      return `${query.field}:${pattern(query.pattern)}`
    case 'tokens':
      return query.tokens.length === 1
        ? `${query.field}:${query.tokens[0]}`
        : `${query.field}:(${query.tokens.join(' ')})~${query.minimum}`
    case 'phrase': {
      const { places, slop, lastIsPrefix } = query.phrase
      const words: string[] = []
      for (const place of places) {
        while (words.length < place.position) words.push('?')
        words.push(place.tokens.join('|'))
      }
      return `${query.field}:"${words.join(' ')}${lastIsPrefix ? '*' : ''}"${slop > 0 ? `~${slop}` : ''}`
    }
    case 'ids':
      return `_id:(${query.ids.join(' ')})`
    case 'routing':
      return query.values ? `_routing:(${query.values.join(' ')})` : '_exists_:_routing'
    case 'bool': {
      const { must, filter, should, mustNot, minimumShouldMatch } = query
      const parts = [
        ...must.map((one) => `+${describeQuery(one)}`),
        ...filter.map((one) => `#${describeQuery(one)}`),
        ...should.map(describeQuery),
        ...mustNot.map((one) => `-${describeQuery(one)}`),
      ]
      const usual = should.length > 0 && must.length + filter.length === 0 ? 1 : 0
      return `(${parts.join(' ')})${minimumShouldMatch === usual ? '' : `~${minimumShouldMatch}`}`
    }
    case 'intervals':
      return `intervals(${printJson(query.rule)})`
    case 'constant_score':
      return `constant(${describeQuery(query.query)})`
    case 'dis_max':
      return `(${query.queries.map(describeQuery).join(' | ')})${query.tieBreaker > 0 ? `~${query.tieBreaker}` : ''}`
    case 'boosting':
      return `boosting(${describeQuery(query.positive)} / ${describeQuery(query.negative)})`
    case 'function_score':
      return `function score (${describeQuery(query.query)})`
    case 'distance_feature':
      return `${query.field}:near(${typeof query.origin === 'number' ? query.origin : `${query.origin.lat},${query.origin.lon}`})`
    case 'rank_feature':
      return `${query.field}${query.feature === undefined ? '' : `.${query.feature}`}:${query.function.kind}()`
    case 'terms_set':
      return `${query.field}:(${query.values.map(value).join(' ')})~${query.minimumField}`
    case 'shape':
      return `${query.field}:${query.relation}(${query.shape})`
    case 'nested':
      return `nested(${query.path}: ${describeQuery(query.query)})`
    case 'has_child':
    case 'has_parent':
      return `${query.kind}(${query.parentId}: ${describeQuery(query.query)})`
    case 'geo_polygon':
      return `${query.field}:polygon(${query.points.map(({ lat, lon }) => `${lat},${lon}`).join(' ')})`
    case 'geo_distance':
      return `${query.field}:distance(${query.center.lat},${query.center.lon} ${query.distanceMeters}m)`
    case 'geo_box':
      return `${query.field}:box(${query.topLeft.lat},${query.topLeft.lon} ${query.bottomRight.lat},${query.bottomRight.lon})`
    default:
      return query satisfies never
  }
}

function value(one: FieldValue | undefined): string {
  if (one === undefined) return ''
  if (one instanceof Uint8Array) return one.length === 16 ? formatIp(one) : [...one].join(',')
  if (isRangeValue(one)) return `[${value(one.from)} TO ${value(one.to)}]`
  return typeof one === 'object' ? `${one.lat},${one.lon}` : String(one)
}

function pattern(one: TermPattern): string {
  switch (one.kind) {
    case 'prefix':
      return `${one.prefix}*${one.ignoreCase ? '(i)' : ''}`
    case 'wildcard':
      return `${one.wildcard}${one.ignoreCase ? '(i)' : ''}`
    case 'regexp':
      return `/${one.regexp}/${one.ignoreCase ? '(i)' : ''}`
    case 'fuzzy':
      return `${one.term}~${one.edits}`
    default:
      return one satisfies never
  }
}
