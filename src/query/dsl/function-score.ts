import { dateFormat, DEFAULT_DATE_FORMAT, DEFAULT_NANOS_FORMAT } from '../../core/dates/date-format.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import { matchAll, matchNone, type Query, type ScoreFunction } from '../ast.ts'
import { DISTANCE_MODES, type DistanceMode } from '../distance-mode.ts'
import { findsNothing } from './finds-nothing.ts'
import { withBoost } from '../bind/combine.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import { dateBound } from '../bind/date-bound.ts'
import type { Field } from '../field.ts'
import { NUMBERS } from '../field-kinds.ts'
import { clause, type ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import { geoPoint, parseDistance } from './geo.ts'
import { spreadSeed } from './random-seed.ts'
import { boost, number, objectAt, oneOf, raw, readObject, text, valuePlace, type Member } from './reading.ts'
import { scriptFunction } from './script-score.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "function_score": { "query": …, "functions": [{ "filter": …, "weight": 2 }], "score_mode": "sum" } }` */
export interface FunctionScoreQuery {
  readonly kind: 'function_score'
  readonly query: UnboundQuery | undefined
  readonly functions: readonly UnboundFunction[]
  readonly scoreMode: (typeof SCORE_MODES)[number]
  readonly boostMode: (typeof BOOST_MODES)[number]
  readonly maxBoost: number
  readonly minScore: number | undefined
  readonly boost: number | undefined
}

interface UnboundFunction {
  readonly filter: UnboundQuery | undefined
  readonly weight: number
  readonly value: UnboundValue
}

type UnboundValue =
  | { readonly kind: 'one' }
  | (Omit<Extract<ScoreFunction['value'], { kind: 'field' }>, 'missing'> & { readonly missing: number | undefined })
  | {
      readonly kind: 'decay'
      readonly shape: 'gauss' | 'exp' | 'linear'
      readonly field: string
      readonly origin: JsonValue | undefined
      readonly scale: string
      readonly offset: string | undefined
      readonly decay: number
      readonly mode: DistanceMode
    }
  | { readonly kind: 'random'; readonly seed: number }
  | { readonly kind: 'script'; readonly script: ScriptReference }

const SCORE_MODES = ['multiply', 'sum', 'avg', 'first', 'max', 'min'] as const
const BOOST_MODES = ['multiply', 'replace', 'sum', 'avg', 'max', 'min'] as const
const SHAPES = ['gauss', 'exp', 'linear'] as const
const MODIFIERS = ['none', 'log', 'log1p', 'log2p', 'ln', 'ln1p', 'ln2p', 'square', 'sqrt', 'reciprocal'] as const
const FUNCTIONS = ['field_value_factor', 'random_score', 'script_score', ...SHAPES] as const

export function parseFunctionScore(json: JsonValue, at: Member, parse: ParseQuery): FunctionScoreQuery {
  const node = objectAt(json, at)
  const read = readObject(json, at, {
    query: clause(parse),
    functions: raw,
    score_mode: oneOf(...SCORE_MODES),
    boost_mode: oneOf(...BOOST_MODES),
    max_boost: number,
    min_score: number,
    weight: number,
    ...Object.fromEntries(FUNCTIONS.map((name) => [name, raw])),
    boost,
    _name: text,
  })
  const alone = FUNCTIONS.filter((name) => node[name] !== undefined)
  const list = read.functions
  if (list !== undefined && !Array.isArray(list))
    throw parsingException(
      'failed to parse [function_score] query. [functions] must be an array',
      valuePlace({ ...at, node, key: 'functions' }),
    )
  if (list !== undefined && (alone.length > 0 || read.weight !== undefined))
    throw parsingException(
      `failed to parse [function_score] query. [you can either define [functions] array or a single function, not both. already found [functions] array, now encountering [${alone[0] ?? 'weight'}].]`,
      { node, part: 'end' },
    )
  const own = alone.length > 0 || read.weight !== undefined ? [readFunction(node, at, parse, true)] : []
  const functions = Array.isArray(list)
    ? list.map((one: JsonValue, i) => readFunction(one, { node: list, key: i, owner: at.owner }, parse, false))
    : own
  return {
    kind: 'function_score',
    query: read.query,
    functions,
    scoreMode: read.score_mode ?? 'multiply',
    boostMode: read.boost_mode ?? 'multiply',
    maxBoost: read.max_boost ?? Infinity,
    minScore: read.min_score,
    boost: read.boost,
  }
}

/** One function, in the list or written beside the query. */
function readFunction(json: JsonValue, at: Member, parse: ParseQuery, beside: boolean): UnboundFunction {
  const node = objectAt(json, at)
  const names = FUNCTIONS.filter((name) => node[name] !== undefined)
  const [name, second] = names
  if (second !== undefined)
    throw parsingException(`failed to parse function_score functions. already found [${name}], now encountering [${second}].`, {
      node,
      part: { value: second },
    })
  if (!beside) readObject(json, at, { filter: raw, weight: raw, ...Object.fromEntries(FUNCTIONS.map((one) => [one, raw])) })
  const weight = node['weight']
  if (name === undefined && weight === undefined)
    throw parsingException('failed to parse [function_score] query. an entry in functions list is missing a function.', {
      node,
      part: 'end',
    })
  const filter = beside ? undefined : node['filter']
  return {
    filter: filter === undefined ? undefined : parse(filter, { node, key: 'filter', owner: at.owner }),
    weight: weight === undefined ? 1 : number(weight, { node, key: 'weight', owner: at.owner }),
    value: name === undefined ? { kind: 'one' } : readValue(name, node, at),
  }
}

function readValue(name: (typeof FUNCTIONS)[number], node: JsonObject, at: Member): UnboundValue {
  const value = node[name] ?? null
  const member = { node, key: name, owner: name }
  switch (name) {
    case 'field_value_factor': {
      const read = readObject(value, member, { field: text, factor: number, modifier: oneOf(...MODIFIERS), missing: number })
      if (read.field === undefined)
        throw parsingException("[field_value_factor] required field 'field' missing", {
          node: objectAt(value, member),
          part: 'end',
        })
      return {
        kind: 'field',
        field: read.field,
        factor: read.factor ?? 1,
        modifier: read.modifier ?? 'none',
        missing: read.missing,
      }
    }
    case 'random_score': {
      const read = readObject(value, member, { seed: raw, field: text })
      return { kind: 'random', seed: spreadSeed(seedOf(read.seed)) }
    }
    case 'script_score': {
      const read = readObject(value, member, { script: raw })
      if (read.script === undefined) throw parsingException('script_score requires [script] field', { node, part: 'end' })
      return { kind: 'script', script: parseScriptReference(read.script) }
    }
    default:
      return readDecay(name, value, { ...at, ...member })
  }
}

/** Numbers as they are, texts by Java's hash code. */
function seedOf(seed: JsonValue | undefined): number {
  if (seed === undefined || seed === null) return 0
  if (typeof seed === 'number') return Math.trunc(seed)
  return [...String(seed)].reduce((hash, char) => (Math.imul(hash, 31) + char.charCodeAt(0)) | 0, 0)
}

function readDecay(shape: (typeof SHAPES)[number], value: JsonValue, at: Member): UnboundValue {
  const node = objectAt(value, at)
  const { multi_value_mode: mode, ...fields } = node
  const [field, second] = Object.keys(fields)
  const given = field === undefined ? undefined : fields[field]
  if (field === undefined || second !== undefined || !isJsonObject(given))
    throw parsingException(`malformed score function score parameters.`, { node, part: 'end' })
  const read = readObject(given, { node, key: field, owner: shape }, { origin: raw, scale: text, offset: text, decay: number })
  if (read.scale === undefined) throw parsingException(`[scale] must be set for decay function.`, { node: given, part: 'end' })
  const decay = read.decay ?? 0.5
  if (!(decay > 0 && decay < 1)) throw illegalArgument('decay must be in the range (0..1)')
  return {
    kind: 'decay',
    shape,
    field,
    origin: read.origin,
    scale: read.scale,
    offset: read.offset,
    decay,
    mode: distanceMode(mode),
  }
}

function distanceMode(mode: JsonValue | undefined): DistanceMode {
  if (mode === undefined) return 'min'
  const found = DISTANCE_MODES.find((one) => one === String(mode).toLowerCase())
  if (found === undefined) throw illegalArgument(`Illegal sort mode: ${String(mode)}`)
  return found
}

export function bindFunctionScore(query: FunctionScoreQuery, context: BindContext, bind: BindQuery): Query {
  if (query.query !== undefined && findsNothing(query.query)) return matchNone
  const inner = query.query ? bind(query.query, context) : matchAll
  if (query.functions.length === 0 && query.minScore === undefined) return withBoost(inner, query.boost)
  const functions = query.functions.map((one): ScoreFunction => ({
    filter: one.filter ? bind(one.filter, context) : matchAll,
    weight: one.weight,
    value: bindValue(one.value, context),
  }))
  if (inner.kind === 'none') return inner
  const { scoreMode, boostMode, maxBoost } = query
  const minimum = query.minScore === undefined ? {} : { minScore: query.minScore }
  return withBoost({ kind: 'function_score', query: inner, functions, scoreMode, boostMode, maxBoost, ...minimum }, query.boost)
}

function bindValue(value: UnboundValue, context: BindContext): ScoreFunction['value'] {
  switch (value.kind) {
    case 'one':
    case 'random':
      return value
    case 'field': {
      const field = context.fields.find(value.field)
      if (!field && value.missing === undefined)
        throw queryShardException(
          context,
          `Unable to find a field mapper for field [${value.field}]. No 'missing' value defined.`,
        )
      return { ...value, missing: value.missing ?? 1 }
    }
    case 'script':
      return scriptFunction(value.script, context, 'function').value
    default:
      return bindDecay(value, context)
  }
}

function bindDecay(
  { shape, field: path, origin, scale, offset, decay, mode }: Extract<UnboundValue, { kind: 'decay' }>,
  context: BindContext,
): ScoreFunction['value'] {
  const field = context.fields.find(path)
  if (!field) throw parsingException(`unknown field [${path}]`, { node: {}, part: 'start' })
  const common = { kind: 'decay', shape, field: field.path, decay, mode } as const
  if (field.type === 'geo_point') {
    if (origin === undefined) throw illegalArgument('[origin] and [scale] must be set for geo fields.')
    return {
      ...common,
      origin: geoPoint(origin, shape),
      scale: positive(parseDistance(scale, 'm')),
      offset: offset === undefined ? 0 : parseDistance(offset, 'm'),
    }
  }
  if (field.type === 'date' || field.type === 'date_nanos') {
    // Values of `date_nanos` are nanoseconds.
    const unit = field.type === 'date' ? 1 : 1_000_000
    return {
      ...common,
      origin: dateOrigin(origin, field, context) * unit,
      scale: positive(parseDurationMs(scale, 'scale')) * unit,
      offset: offset === undefined ? 0 : parseDurationMs(offset, 'offset') * unit,
    }
  }
  if (field.type === 'scaled_float' || !NUMBERS.includes(field.type))
    throw parsingException(`field [${path}] is of type [${field.type}], but only numeric types are supported.`, {
      node: {},
      part: 'start',
    })
  const numbers = { origin: Number(origin), scale: positive(Number(scale)), offset: offset === undefined ? 0 : Number(offset) }
  if (origin === undefined || Object.values(numbers).some(Number.isNaN))
    throw illegalArgument(
      `both [scale] and [origin] must be set for numeric fields, as numbers: [${path}] is of type [${field.type}]`,
    )
  return { ...common, ...numbers }
}

function positive(scale: number): number {
  if (!(scale > 0)) throw illegalArgument(`[scale] must be > 0.0, got [${scale}]`)
  return scale
}

function dateOrigin(origin: JsonValue | undefined, field: Field, context: BindContext): number {
  if (origin === undefined) return context.now
  const format = dateFormat(field.parameters.format ?? (field.type === 'date' ? DEFAULT_DATE_FORMAT : DEFAULT_NANOS_FORMAT))
  return dateBound(typeof origin === 'object' ? printJson(origin) : String(origin), false, { format, context })
}
