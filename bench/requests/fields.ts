import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { Random } from './random.ts'
import { NESTED_MAPPING, nestedObjects } from './nested.ts'
import { documentShape } from './shapes.ts'
import { keyword, sentence, word } from './words.ts'

/** What can be asked of a field, whatever its exact type. */
type Family =
  | 'keyword'
  | 'text'
  | 'number'
  | 'boolean'
  | 'date'
  | 'ip'
  | 'geo_point'
  | 'geo_shape'
  | 'range'
  | 'nested'
  | 'opaque'

export interface Field {
  /** The path to ask for. */
  readonly name: string
  readonly family: Family
  readonly type: string
  readonly mapping: JsonObject
  /** One value as documents hold it. */
  value(random: Random): JsonValue
  /** One value as queries ask for it, where it is not as documents hold it. */
  asked?(random: Random): JsonValue
  /** Also asks and sums up what is not indexed, or has no doc values. */
  readonly docValues: boolean
  /** Documents never have several values. */
  readonly single?: true
}

/** 2026-03-20: the days around it have a change to summer time in Europe. */
const T0 = Date.UTC(2026, 2, 20)
const MINUTE = 60_000
const DAY = 86_400_000

export const instant = (random: Random): number =>
  T0 + random.int(0, 20) * DAY + (random.chance(0.5) ? random.int(0, 24 * 60 - 1) * MINUTE : random.int(0, DAY - 1))

export function dateText(random: Random): JsonValue {
  const iso = new Date(instant(random)).toISOString()
  return random.pick([iso, iso.slice(0, 10), iso.slice(0, 16) + '+02:00', iso.slice(0, 19) + 'Z', Date.parse(iso)])
}

export const ipText = (random: Random): string =>
  random.chance(0.2) ? `2001:db8::${random.int(1, 20).toString(16)}` : `10.0.${random.int(0, 2)}.${random.int(0, 255)}`

/** Around Vienna, in steps so that cells are shared; sometimes far off. */
export const point = (random: Random): { readonly lat: number; readonly lon: number } =>
  random.chance(0.1)
    ? { lat: random.int(-80, 80), lon: random.int(-179, 179) }
    : { lat: 48 + random.int(0, 40) / 80, lon: 16 + random.int(0, 40) / 80 }

const decimal = (random: Random): number =>
  random.chance(0.3) ? random.int(-3, 12) : Math.round((random.unit() * 120 - 20) * 100) / 100

/** A range as documents hold it, its ends sometimes excluded or open. */
function between(from: number, length: number, random: Random): JsonValue {
  return {
    ...(random.chance(0.9) ? { [random.pick(['gte', 'gte', 'gt'])]: from } : {}),
    ...(random.chance(0.9) ? { [random.pick(['lte', 'lte', 'lt'])]: from + length + 2 } : {}),
  }
}

const WHOLE: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-300, 300],
  integer: [-5, 40],
  long: [-1000, 100_000],
}

type Made = Omit<Field, 'name' | 'docValues' | 'mapping'> & { readonly mapping?: JsonObject }

function numeric(random: Random, type: string): Made {
  const [from, to] = WHOLE[type] ?? [0, 0]
  const extra = { ...random.options(0.15, { null_value: 7, ignore_malformed: true }) }
  if (WHOLE[type])
    return { family: 'number', type, mapping: extra, value: (r) => (r.chance(0.1) ? `${r.int(from, to)}` : r.int(from, to)) }
  if (type === 'unsigned_long') return { family: 'number', type, value: (r) => r.int(0, 500) }
  if (type === 'scaled_float')
    return { family: 'number', type, mapping: { scaling_factor: random.pick([1, 10, 100]) }, value: decimal }
  if (type === 'half_float') return { family: 'number', type, value: (r) => r.int(-40, 200) / 4 }
  return { family: 'number', type, mapping: extra, value: decimal }
}

/** A query that a document holds: of fields that each index may have, or not. */
const storedQuery = (random: Random): JsonValue =>
  random.pick<() => JsonObject>([
    () => ({ match: { title: sentence(random, 1, 2) } }),
    () => ({ match_phrase: { message: sentence(random, 2, 2) } }),
    () => ({ term: { host: keyword(random) } }),
    () => ({ range: { level: { gte: random.int(0, 30) } } }),
    () => ({ bool: { must: [{ match: { title: word(random) } }], must_not: [{ term: { tags: keyword(random) } }] } }),
    () => ({ exists: { field: random.pick(['place', 'time', 'user.age']) } }),
    () => ({ prefix: { 'user.name': keyword(random).slice(0, 1) } }),
    () => ({ match_all: {} }),
  ])()

/** Fields by name; each index has most of them, each time somewhat differently mapped. */
const MAKERS: Readonly<Record<string, (random: Random) => Made>> = {
  host: () => ({ family: 'keyword', type: 'keyword', value: keyword }),
  tags: (random) => ({
    family: 'keyword',
    type: 'keyword',
    mapping: random.options(0.2, { ignore_above: 8, null_value: 'none', doc_values: true }),
    value: keyword,
  }),
  folded: () => ({ family: 'keyword', type: 'keyword', mapping: { normalizer: 'folded' }, value: keyword }),
  // OpenSearch takes `*` in a term for a wildcard, and finds no empty ones.
  pattern: () => ({ family: 'keyword', type: 'wildcard', value: keyword, asked: (r) => keyword(r).replaceAll('*', '') || 'a' }),
  message: (random) => ({
    family: 'text',
    type: 'text',
    mapping: {
      analyzer: random.pick(['standard', 'standard', 'english', 'simple', 'whitespace', 'stop']),
      fields: { raw: { type: 'keyword', ignore_above: 256 } },
      ...random.options(0.1, { norms: false, index_options: 'docs' }),
    },
    value: (r) => sentence(r),
  }),
  title: () => ({ family: 'text', type: 'text', value: (r) => sentence(r, 1, 4) }),
  note: () => ({ family: 'text', type: 'match_only_text', value: (r) => sentence(r, 1, 5) }),
  count: (random) => numeric(random, random.pick(['integer', 'long', 'short', 'byte'])),
  level: (random) => numeric(random, random.pick(['integer', 'byte'])),
  temperature: (random) => numeric(random, random.pick(['double', 'float', 'half_float', 'scaled_float'])),
  ratio: (random) => numeric(random, random.pick(['double', 'float'])),
  total: (random) => numeric(random, random.pick(['unsigned_long', 'long'])),
  active: (random) => ({
    family: 'boolean',
    type: 'boolean',
    mapping: random.options(0.2, { null_value: true }),
    value: (r) => r.pick([true, false, true, 'false', 'true']),
  }),
  // Aggregations that OpenSearch counts several times of a document in by the order of documents ask for this field.
  time: () => ({ family: 'date', type: 'date', value: dateText, single: true }),
  seen: (random) => ({
    family: 'date',
    type: random.pick(['date', 'date_nanos']),
    mapping: random.options(0.3, { format: 'strict_date_optional_time||epoch_millis' }),
    value: dateText,
  }),
  ip: () => ({ family: 'ip', type: 'ip', value: ipText }),
  place: () => ({
    family: 'geo_point',
    type: 'geo_point',
    value: (r) => {
      const at = point(r)
      return r.pick<JsonValue>([{ ...at }, `${at.lat},${at.lon}`, [at.lon, at.lat], `POINT (${at.lon} ${at.lat})`])
    },
  }),
  'user.name': () => ({ family: 'keyword', type: 'keyword', value: keyword }),
  'user.age': (random) => numeric(random, 'integer'),
  'user.bio': () => ({ family: 'text', type: 'text', value: (r) => sentence(r, 1, 5) }),
  group: () => ({ family: 'keyword', type: 'keyword', value: keyword, single: true }),
  window: () => ({
    family: 'range',
    type: 'integer_range',
    value: (r) => between(r.int(-5, 30), r.int(0, 12), r),
    asked: (r) => r.int(-8, 45),
  }),
  period: () => ({
    family: 'range',
    type: 'date_range',
    mapping: { format: 'strict_date_optional_time||epoch_millis' },
    value: (r) => between(instant(r), r.int(0, 5) * DAY, r),
    asked: dateText,
  }),
  parts: () => ({ family: 'nested', type: 'nested', mapping: NESTED_MAPPING, value: nestedObjects, single: true }),
  area: () => ({ family: 'geo_shape', type: 'geo_shape', value: documentShape, single: true }),
  stored: () => ({ family: 'opaque', type: 'percolator', value: storedQuery, single: true }),
  complete: () => ({
    family: 'opaque',
    type: 'completion',
    value: (r) => ({ input: [keyword(r) || 'none', ...(r.chance(0.3) ? [sentence(r, 1, 3)] : [])], weight: r.int(1, 1000) }),
    single: true,
  }),
  blob: () => ({ family: 'opaque', type: 'binary', value: () => 'AQID' }),
  unindexed: () => ({ family: 'keyword', type: 'keyword', mapping: { index: false }, value: keyword }),
  undocumented: () => ({ family: 'keyword', type: 'keyword', mapping: { doc_values: false }, value: keyword }),
}

/** Most of the fields above, mapped as chance has it. */
export function makeFields(random: Random): readonly Field[] {
  return Object.entries(MAKERS)
    .filter(([name]) => random.chance(name === 'stored' ? 0.2 : 0.85))
    .map(([name, make]) => {
      const made = make(random)
      const mapping = { type: made.type, ...made.mapping }
      return {
        ...made,
        name,
        mapping,
        docValues:
          !['text', 'range', 'nested', 'opaque', 'geo_shape'].includes(made.family) &&
          made.type !== 'wildcard' &&
          name !== 'undocumented',
      }
    })
}
