import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import type { Field } from '../field.ts'
import type { RankFunction } from '../rank-feature.ts'
import { common, number, readObject, text, type Member, type Read } from './reading.ts'

/** `{ "rank_feature": { "field": "pagerank", "saturation": { "pivot": 8 } } }`, or a feature of a field: `topics.sports`. */
export interface RankFeatureQuery {
  readonly kind: 'rank_feature'
  readonly field: string
  readonly function: RankFunction
  readonly boost: number | undefined
}

const required = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw illegalArgument(`Required [${name}]`)
  return value
}

const saturation: Read<RankFunction> = (value, at) => {
  const { pivot } = readObject(value, at, { pivot: number }, 'object')
  return { kind: 'saturation', ...(pivot === undefined ? {} : { pivot }) }
}

const log: Read<RankFunction> = (value, at) => {
  const { scaling_factor: scalingFactor } = readObject(value, at, { scaling_factor: number }, 'object')
  return { kind: 'log', scalingFactor: required(scalingFactor, 'scaling_factor') }
}

const sigmoid: Read<RankFunction> = (value, at) => {
  const { pivot, exponent } = readObject(value, at, { pivot: number, exponent: number }, 'object')
  return { kind: 'sigmoid', pivot: required(pivot, 'pivot'), exponent: required(exponent, 'exponent') }
}

const linear: Read<RankFunction> = (value, at) => {
  readObject(value, at, {}, 'object')
  return { kind: 'linear' }
}

/** @throws ElkhornError 400 */
export function parseRankFeature(json: JsonValue, at: Member): RankFeatureQuery {
  const read = readObject(json, at, { ...common, field: text, log, saturation, sigmoid, linear }, 'object')
  const field = required(read.field, 'field')
  const [first = { kind: 'saturation' }, second] = [read.log, read.saturation, read.sigmoid, read.linear].filter(
    (one) => one !== undefined,
  )
  if (second) throw illegalArgument('Can only specify one of [log], [saturation], [sigmoid] and [linear]')
  return { kind: 'rank_feature', field, function: first, boost: read.boost }
}

export function bindRankFeature({ field: path, function: how, boost }: RankFeatureQuery, context: BindContext): Query {
  const found = findFeature(path, context)
  if (!found) return matchNone
  checkFunction(how, found.field)
  const { field, feature } = found
  return withBoost(
    { kind: 'rank_feature', field: field.path, ...(feature === undefined ? {} : { feature }), function: how },
    boost,
  )
}

/** A field, or a feature of one: as in Elasticsearch none that has a dot in its name. */
function findFeature(
  path: string,
  { fields }: BindContext,
): { readonly field: Field; readonly feature: string | undefined } | undefined {
  const field = fields.find(path)
  if (field) {
    if (field.type === 'rank_feature') return { field, feature: undefined }
    throw illegalArgument(
      `[rank_feature] query only works on [rank_feature] fields and features of [rank_features] fields, not [${field.type}]`,
    )
  }
  const dot = path.lastIndexOf('.')
  const around = dot > 0 ? fields.find(path.slice(0, dot)) : undefined
  return around?.type === 'rank_features' ? { field: around, feature: path.slice(dot + 1) } : undefined
}

function checkFunction(how: RankFunction, { parameters }: Field): void {
  switch (how.kind) {
    case 'log':
      if (parameters.lowersScore === true)
        throw illegalArgument(
          'Cannot use the [log] function with a field that has a negative score impact as it would trigger negative scores',
        )
      if (!(how.scalingFactor >= 1)) throw illegalArgument(`scalingFactor must be >= 1, got: ${printFloat(how.scalingFactor)}`)
      return
    case 'saturation':
    case 'sigmoid':
      if (how.pivot !== undefined && !(how.pivot > 0)) throw illegalArgument(`pivot must be > 0, got: ${printFloat(how.pivot)}`)
      if (how.kind === 'sigmoid' && !(how.exponent > 0))
        throw illegalArgument(`exp must be > 0, got: ${printFloat(how.exponent)}`)
      return
    case 'linear':
  }
}

const printFloat = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))
