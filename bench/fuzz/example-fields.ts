import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { REFERENCE_FIELDS } from '../../src/query/reference-fields.ts'
import type { Random } from '../requests/random.ts'
import { keyword, sentence } from '../requests/words.ts'

const JOINED = ['site', 'machine', 'part'] as const
/** How many documents have ids of their own: `0` is the first. */
export const EXAMPLE_DOCUMENTS = 60
/** Stored synonyms that a field is analyzed by. */
export const SYNONYM_SET = 'fuzz'

/** Fields that no example is about, for what else queries and aggregations can be asked of. */
const MORE_FIELDS: JsonObject = {
  vector: { type: 'dense_vector', dims: 3, similarity: 'cosine' },
  labels: { type: 'flattened' },
  complete: { type: 'completion', contexts: [{ name: 'line', type: 'category' }] },
  typed: { type: 'search_as_you_type' },
  spread: { type: 'histogram' },
  summary: { type: 'aggregate_metric_double', metrics: ['min', 'max', 'sum', 'value_count'], default_metric: 'max' },
  period: { type: 'date_range' },
  network: { type: 'ip_range' },
  weights: { type: 'rank_features' },
  release: { type: 'version' },
  nanos: { type: 'date_nanos' },
  unsigned: { type: 'unsigned_long' },
  scaled: { type: 'scaled_float', scaling_factor: 100 },
  fixed: { type: 'constant_keyword', value: 'one' },
  wild: { type: 'wildcard' },
  plan: { type: 'shape' },
  spot: { type: 'point' },
  blob: { type: 'binary' },
  same: {
    type: 'text',
    analyzer: 'standard',
    search_analyzer: 'same',
    fields: { length: { type: 'token_count', analyzer: 'standard' } },
  },
  late: { type: 'long', script: { source: "emit(doc['count'].size() == 0 ? 0 : doc['count'].value * 2)" } },
}

/** Fields of the examples by their paths, to exchange one for the other. */
export const EXAMPLE_FIELDS: readonly string[] = [
  ...Object.keys(REFERENCE_FIELDS),
  ...Object.keys(MORE_FIELDS),
  'parts.name',
  'parts.hours',
  'labels.a',
  'same.length',
  'typed._2gram',
  '_id',
  '_index',
  '_seq_no',
  '_score',
]

export const EXAMPLE_MAPPING: JsonObject = { properties: { ...REFERENCE_FIELDS, ...MORE_FIELDS } }

/** A document with most of the fields, but no stored query. */
export function exampleDocument(random: Random): JsonObject {
  const joined = random.pick(JOINED)
  const degrees = (): number => random.int(-500, 500) / 10
  const [lat, lon] = [degrees(), degrees()]
  return random.options(0.8, {
    '@timestamp': new Date(Date.UTC(2026, 2, random.int(1, 28), random.int(0, 23))).toISOString(),
    device: keyword(random),
    line: random.pick(['press', 'mill', 'test']),
    tags: random.times(0, 3, () => keyword(random)),
    required: random.int(0, 3),
    ok: random.chance(0.5),
    temperature: degrees(),
    count: random.int(-5, 100),
    title: sentence(random, 1, 4),
    message: sentence(random),
    ip: `10.0.${random.int(0, 3)}.${random.int(0, 255)}`,
    location: { lat, lon },
    area: random.pick<JsonValue>([
      `POLYGON ((${lon} ${lat}, ${lon + 5} ${lat}, ${lon + 5} ${lat + 5}, ${lon} ${lat}))`,
      {
        type: 'linestring',
        coordinates: [
          [lon, lat],
          [lon + 1, lat + 2],
        ],
      },
      {
        type: 'envelope',
        coordinates: [
          [lon, lat + 3],
          [lon + 3, lat],
        ],
      },
      `GEOMETRYCOLLECTION (POINT (${lon} ${lat}), LINESTRING (0 0, ${lon} ${lat}))`,
    ]),
    importance: random.int(1, 20),
    relation: joined === 'site' ? joined : { name: joined, parent: `${random.int(0, EXAMPLE_DOCUMENTS - 1)}` },
    parts: random.times(0, 3, () => ({ name: keyword(random), hours: random.int(0, 2000) })),
    vector: [random.unit(), random.unit(), 0.1],
    labels: { a: keyword(random), b: { c: random.int(0, 3) } },
    complete: { input: [sentence(random, 1, 2)], weight: random.int(0, 5), contexts: { line: ['press'] } },
    typed: sentence(random, 1, 4),
    spread: { values: [1, random.int(2, 4), 9.5], counts: [random.int(0, 5), 1, 2] },
    summary: { min: 1, max: random.int(1, 9), sum: 12, value_count: 3 },
    period: { gte: '2026-03-01', lt: `2026-03-${random.int(10, 28)}` },
    network: `10.0.${random.int(0, 3)}.0/24`,
    weights: { a: random.int(1, 5), b: 2 },
    release: `${random.int(0, 3)}.${random.int(0, 20)}.0-beta.1`,
    nanos: `2026-03-0${random.int(1, 9)}T00:00:00.123456789Z`,
    unsigned: random.int(0, 2 ** 40),
    scaled: degrees(),
    wild: keyword(random),
    plan: 'POLYGON ((0 0, 10 0, 10 10, 0 0))',
    spot: { x: lat, y: lon },
    blob: 'AQID',
    same: sentence(random, 1, 5),
  })
}
