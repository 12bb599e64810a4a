import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { makeFields, type Field } from './fields.ts'
import type { Random } from './random.ts'
import type { GeneratedRequest } from './requests.ts'
import { keyword, sentence } from './words.ts'

/** An index with its documents, as both sides are given it. */
export interface World {
  readonly index: string
  readonly fields: readonly Field[]
  /** Body of the request that creates the index. */
  readonly creation: { readonly settings: JsonObject; readonly mappings: JsonObject; readonly aliases: JsonObject }
  /** Lines of the bulk request that fills it. */
  readonly bulk: readonly JsonValue[]
  readonly ids: readonly string[]
}

export function makeWorld(random: Random, index: string): World {
  const fields = makeFields(random)
  const ids = random.times(20, 140, (at) => `${at}`)
  const properties: Record<string, JsonValue> = {}
  for (const { name, mapping } of fields) put(properties, name.split('.').join('.properties.').split('.'), mapping)
  if (fields.some(({ name }) => name === 'count')) properties['amount'] = { type: 'alias', path: 'count' }
  // Tells documents apart that are sorted alike.
  properties['seq'] = { type: 'integer' }
  return {
    index,
    fields,
    ids,
    creation: {
      settings: {
        number_of_shards: 1,
        number_of_replicas: 0,
        // A percolator has fields of its own on the other side, which all fields are not to be.
        ...(fields.some(({ type }) => type === 'percolator')
          ? {
              'index.query.default_field': fields
                .filter(({ family }) => family === 'text' || family === 'keyword')
                .map(({ name }) => name),
            }
          : {}),
        analysis: { normalizer: { folded: { type: 'custom', filter: ['lowercase', 'asciifolding'] } } },
      },
      mappings: { properties },
      aliases: { [`${index}-all`]: {}, [`${index}-some`]: { filter: { range: { seq: { lt: 30 } } } } },
    },
    bulk: ids.flatMap((id, at) => [{ index: { _index: index, _id: id } }, { ...makeDocument(random, fields), seq: at }]),
  }
}

/** A document with some of the fields: lists, empty lists, nulls, a wrong value here and there, names that nobody mapped. */
export function makeDocument(random: Random, fields: readonly Field[]): JsonObject {
  const document: Record<string, JsonValue> = {}
  for (const field of fields) {
    if (random.chance(0.2)) continue
    put(document, field.name.split('.'), fieldValue(random, field))
  }
  if (random.chance(0.1)) document['dynamic'] = random.pick<JsonValue>([sentence(random), keyword(random)])
  if (random.chance(0.1)) document['guessed'] = random.int(0, 9)
  return document
}

function fieldValue(random: Random, field: Field): JsonValue {
  if (random.chance(0.04)) return null
  if (random.chance(0.005)) return random.pick<JsonValue>(['not-a-value', { no: 'object' }, [[]], true])
  // A list of two numbers would be read as one point.
  if (random.chance(0.2) && field.family !== 'geo_point' && !field.single) return random.times(0, 4, () => field.value(random))
  return field.value(random)
}

/** Sets a value under a path of objects, which are made where they are not there. */
function put(target: Record<string, JsonValue>, [head = '', ...rest]: readonly string[], value: JsonValue): void {
  if (rest.length === 0) {
    target[head] = value
    return
  }
  const inner = { ...(target[head] as Record<string, JsonValue> | undefined) }
  put(inner, rest, value)
  target[head] = inner
}

/**
 * The requests that put the documents in: first one with the fields that nobody mapped, alone, because learning a field
 * in the middle of a bulk request stirs up the order of documents on the other side.
 */
export function filling({ index, bulk }: World): readonly GeneratedRequest[] {
  return [
    { kind: 'write', method: 'PUT', path: `/${index}/_doc/first?refresh=true`, body: { dynamic: 'first', guessed: 1 } },
    { kind: 'write', method: 'POST', path: '/_bulk?refresh=true', lines: bulk },
    // Phrases are suggested by how many terms there are, which is not known of several segments.
    { kind: 'write', method: 'POST', path: `/${index}/_forcemerge?max_num_segments=1` },
  ]
}
