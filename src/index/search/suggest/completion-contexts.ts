import { illegalArgument } from '../../../core/errors.ts'
import { parseGeoPoint, type LatLon } from '../../../core/geo-point.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { geohashOf } from '../../../query/geo-grid.ts'
import { valuesAt } from '../../../core/values-at.ts'
import { printJson } from '../../../core/print-json.ts'
import { geohashLength, type CompletionContext } from '../../mapping/completion.ts'

/** One word or place that an entry may have as its context. */
export interface ContextQuery {
  readonly name: string
  readonly boost: number
  readonly matches: (value: string | LatLon) => boolean
}

/** @throws ElkhornError `illegal_argument_exception` where the field needs contexts and none, or unknown ones, are asked for */
export function readContextQuery(
  asked: JsonValue | undefined,
  contexts: readonly CompletionContext[],
  field: string,
): readonly ContextQuery[] {
  if (contexts.length === 0) {
    if (isJsonObject(asked) && Object.keys(asked).length > 0)
      throw illegalArgument(`suggester [completion] doesn't expect any context for the field [${field}]`)
    return []
  }
  const given = isJsonObject(asked) ? Object.entries(asked) : []
  const queries = given.flatMap(([name, value]) => {
    const context = contexts.find((one) => one.name === name)
    if (!context)
      throw illegalArgument(`Unknown context name [${name}], must exist in [${contexts.map((one) => one.name).join(', ')}]`)
    return listOf(value).map((one) => (context.type === 'geo' ? placeQuery(one, context) : wordQuery(one, context)))
  })
  if (queries.length === 0) throw illegalArgument('Missing mandatory contexts in context query')
  return queries
}

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) && typeof value[0] !== 'number' ? value : [value ?? null]

function wordQuery(value: JsonValue, { name }: CompletionContext): ContextQuery {
  const json = isJsonObject(value) ? value : { context: value }
  const word = json['context']
  if (word === undefined || word === null || typeof word === 'object')
    throw illegalArgument(`category context [${name}] must be a string, number or boolean, or an object with [context]`)
  const text = String(word)
  const prefix = json['prefix'] === true
  return {
    name,
    boost: boostOf(json),
    matches: (own) => typeof own === 'string' && (prefix ? own.startsWith(text) : own === text),
  }
}

/** A place stands for its cell and, at the precision of the field, for those around it. */
function placeQuery(value: JsonValue, { name, precision }: CompletionContext): ContextQuery {
  const json = isJsonObject(value) && value['context'] !== undefined ? value : { context: value }
  const point = pointOf(json['context'] ?? null, name)
  const asked = json['precision'] === undefined ? precision : Math.min(precision, geohashLength(json['precision'], name))
  const near = asked === precision ? neighbourhood(point, asked) : new Set([geohashOf(point, asked)])
  for (const level of Array.isArray(json['neighbours']) ? json['neighbours'] : []) {
    for (const cell of neighbourhood(point, Math.min(precision, geohashLength(level as JsonValue, name)))) near.add(cell)
  }
  const lengths = [...new Set([...near].map((cell) => cell.length))]
  return {
    name,
    boost: boostOf(json),
    matches: (own) => typeof own !== 'string' && lengths.some((length) => near.has(geohashOf(own, length))),
  }
}

function boostOf(json: JsonObject): number {
  const boost = Number(json['boost'] ?? 1)
  if (!(boost > 0)) throw illegalArgument(`boost must be greater than 0, got [${printJson(json['boost'])}]`)
  return boost
}

function pointOf(value: JsonValue, name: string): LatLon {
  try {
    return parseGeoPoint(value)
  } catch (error) {
    throw illegalArgument(`geo context [${name}]: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The geohash cell of a point and the eight around it. */
function neighbourhood({ lat, lon }: LatLon, length: number): Set<string> {
  const bits = length * 5
  const height = 180 / 2 ** Math.floor(bits / 2)
  const width = 360 / 2 ** Math.ceil(bits / 2)
  const cells = new Set<string>()
  for (const north of [-1, 0, 1]) {
    for (const east of [-1, 0, 1]) {
      const y = Math.min(90, Math.max(-90, lat + north * height))
      const x = ((((lon + east * width + 180) % 360) + 360) % 360) - 180
      cells.add(geohashOf({ lat: y, lon: x }, length))
    }
  }
  return cells
}

/** The heaviest context asked for that an entry has; `undefined` where it has none of them. */
export function matchContexts(
  asked: readonly ContextQuery[],
  contexts: readonly CompletionContext[],
  own: JsonObject | undefined,
  document: JsonObject,
): { readonly boost: number; readonly contexts: JsonObject } | undefined {
  if (contexts.length === 0) return { boost: 1, contexts: {} }
  let boost: number | undefined
  const matched: Record<string, JsonValue> = {}
  for (const context of contexts) {
    const values = valuesOf(context, own, document)
    for (const query of asked) {
      if (query.name !== context.name || !values.some(({ value }) => query.matches(value))) continue
      boost = Math.max(boost ?? 0, query.boost)
    }
    if (values.length > 0) matched[context.name] = values.map(({ printed }) => printed)
  }
  return boost === undefined ? undefined : { boost, contexts: matched }
}

interface Own {
  readonly value: string | LatLon
  readonly printed: string
}

function valuesOf(
  { name, type, path, precision }: CompletionContext,
  own: JsonObject | undefined,
  document: JsonObject,
): readonly Own[] {
  const given = [own?.[name], ...(path === undefined ? [] : valuesAt(document, path))].filter(
    (value) => value !== undefined && value !== null,
  )
  return given
    .flatMap((value) => listOf(value))
    .flatMap((value): Own[] => {
      if (type === 'category') return [{ value: String(value), printed: String(value) }]
      try {
        const point = parseGeoPoint(value)
        return [{ value: point, printed: geohashOf(point, precision) }]
      } catch {
        // A place that cannot be read is no context: the field it comes from has refused it already.
        return []
      }
    })
}
