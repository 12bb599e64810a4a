import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { instant, point, type Field } from './fields.ts'
import type { Random } from './random.ts'
import { nestedQuery } from './nested.ts'
import { polygonQuery, shapeQuery } from './shapes.ts'
import { spanQuery } from './spans.ts'
import { keyword, sentence, word } from './words.ts'
import { makeDocument, type World } from './world.ts'

/** Queries of the whole DSL over the fields of a world. */
export class Queries {
  readonly #random: Random
  readonly #world: World

  constructor(random: Random, world: World) {
    this.#random = random
    this.#world = world
  }

  /** @param depth how many queries may still be inside of each other */
  query(depth = 3): JsonObject {
    const random = this.#random
    if (depth > 0 && random.chance(0.45)) return this.#compound(depth - 1)
    return random.pick(this.#leaves)()
  }

  readonly #leaves: readonly (() => JsonObject)[] = [
    () => this.#term(),
    () => this.#term(),
    () => this.#terms(),
    () => this.#range(),
    () => this.#range(),
    () => ({ exists: { field: this.#anyField().name } }),
    () => this.#pattern(),
    () => this.#fuzzy(),
    () => ({ ids: { values: this.#random.some([...this.#world.ids, 'none'], this.#random.int(0, 6)) } }),
    () => this.#match(),
    () => this.#match(),
    () => this.#phrase(),
    () => this.#multiMatch(),
    () => this.#queryString(),
    () => this.#simpleQueryString(),
    () => ({ intervals: { [this.#positions()]: this.#interval(2) } }),
    () => this.#geo(),
    () => this.#geo(),
    () => spanQuery(this.#random, this.#positions()),
    () => this.#moreLikeThis(),
    () => this.#termsSet(),
    () => this.#percolate(),
    () => this.#distanceFeature(),
    () => this.#script(),
    () => nestedQuery(this.#random),
    () => this.#rangeField(),
    () => ({ match_all: this.#random.options(0.2, { boost: 2 }) }),
    () => ({ match_none: {} }),
  ]

  #compound(depth: number): JsonObject {
    const random = this.#random
    const inner = (): JsonObject => this.query(depth)
    return random.pick<() => JsonObject>([
      () => ({
        bool: {
          ...random.options(0.5, {
            must: random.times(1, 2, inner),
            should: random.times(1, 3, inner),
            filter: random.chance(0.5) ? inner() : random.times(1, 2, inner),
            must_not: random.times(1, 2, inner),
          }),
          ...random.options(0.2, { minimum_should_match: random.pick<JsonValue>([0, 1, 2, '50%', '-1', '2<75%']), boost: 1.5 }),
        },
      }),
      () => ({ bool: { should: random.times(2, 4, inner), minimum_should_match: random.pick<JsonValue>([1, 2, '60%']) } }),
      () => ({ bool: { must: inner(), filter: [inner()] } }),
      () => ({ dis_max: { queries: random.times(1, 3, inner), ...random.options(0.5, { tie_breaker: 0.3, boost: 2 }) } }),
      () => ({ constant_score: { filter: inner(), ...random.options(0.5, { boost: 3 }) } }),
      () => ({ boosting: { positive: inner(), negative: inner(), negative_boost: 0.4 } }),
      () => this.#functionScore(inner()),
      () => ({
        script_score: {
          query: inner(),
          script: { source: `_score * 2 + ${random.int(0, 3)}` },
        },
      }),
    ])()
  }

  #fields(...families: readonly Field['family'][]): readonly Field[] {
    return this.#world.fields.filter(({ family }) => families.includes(family))
  }

  #anyField(): Field {
    return this.#random.pick(this.#fieldsOfDocuments())
  }

  /** Those of nested objects are asked for by `nested` queries. */
  #fieldsOfDocuments(): readonly Field[] {
    return this.#world.fields.filter(({ family, type }) => family !== 'nested' && type !== 'percolator')
  }

  /** A field that has doc values and can be read by a script as a number, or `undefined`. */
  #numeric(): Field | undefined {
    const fields = this.#fields('number')
    return fields.length === 0 ? undefined : this.#random.pick(fields)
  }

  #text(): string {
    const texts = this.#fields('text')
      .filter(({ type }) => type === 'text')
      .map(({ name }) => name)
    return this.#random.chance(0.05) || texts.length === 0 ? 'nowhere' : this.#random.pick(texts)
  }

  /** A field that knows the places of its words. */
  #positions(): string {
    const fields = this.#fields('text').filter(({ type, mapping }) => type === 'text' && !('index_options' in mapping))
    return fields.length === 0 ? 'nowhere' : this.#random.pick(fields).name
  }

  /** A value that documents have, mostly. */
  #valueOf(field: Field): JsonValue {
    const random = this.#random
    if (random.chance(0.02)) return random.pick<JsonValue>(['no such value', -1, true, 1.5, ''])
    if (field.family === 'text') return word(random)
    return field.asked?.(random) ?? field.value(random)
  }

  /** Ranges of documents that lie so to a range. */
  #rangeField(): JsonObject {
    const random = this.#random
    const fields = this.#fields('range')
    if (fields.length === 0) return { match_all: {} }
    const field = random.pick(fields)
    const ends = { [random.pick(['gte', 'gt'])]: this.#valueOf(field), [random.pick(['lte', 'lt'])]: this.#valueOf(field) }
    const relation = random.options(0.6, { relation: random.pick(['intersects', 'contains', 'within']) })
    return { range: { [field.name]: { ...random.options(0.85, ends), ...relation } } }
  }

  #term(): JsonObject {
    const random = this.#random
    const field = this.#anyField()
    const value = this.#valueOf(field)
    if (random.chance(0.3)) return { term: { [field.name]: value } }
    const folding = field.family === 'keyword' || field.family === 'text'
    return {
      term: { [field.name]: { value, ...random.options(0.3, { boost: 2, ...(folding ? { case_insensitive: true } : {}) }) } },
    }
  }

  #terms(): JsonObject {
    // OpenSearch scores the terms of a boolean one by one.
    const field = this.#random.pick(this.#fieldsOfDocuments().filter(({ family }) => family !== 'boolean'))
    return {
      terms: { [field.name]: this.#random.times(0, 5, () => this.#valueOf(field)), ...this.#random.options(0.1, { boost: 2 }) },
    }
  }

  #range(): JsonObject {
    const random = this.#random
    const field = random.chance(0.3)
      ? this.#anyField()
      : random.pick(this.#fieldsOfDocuments().filter(({ family, type }) => family !== 'text' && type !== 'wildcard'))
    const from = this.#valueOf(field)
    const to = this.#valueOf(field)
    const ends = random.options(0.7, { [random.pick(['gte', 'gt'])]: from, [random.pick(['lte', 'lt'])]: to })
    if (field.family === 'date' && random.chance(0.5)) {
      const day = new Date(instant(random)).toISOString().slice(0, 10)
      return {
        range: {
          [field.name]: {
            [random.pick(['gte', 'gt'])]: `${day}||${random.pick(['', '-1d', '/d', '-2d/w', '+1M/M', '/h'])}`,
            ...random.options(0.5, { [random.pick(['lt', 'lte'])]: `${day}||${random.pick(['+3d', '+1w/d', '/M'])}` }),
            ...random.options(0.3, { time_zone: random.pick(['+01:00', 'Europe/Vienna', 'America/New_York']) }),
          },
        },
      }
    }
    return { range: { [field.name]: { ...ends, ...random.options(0.1, { boost: 2 }) } } }
  }

  #pattern(): JsonObject {
    const random = this.#random
    const field = random.chance(0.1) ? this.#anyField() : random.pick([...this.#fields('keyword'), ...this.#fields('text')])
    const stem = Array.from(random.chance(0.5) ? keyword(random) : word(random))
      .slice(0, random.int(1, 4))
      .join('')
    // Without an index OpenSearch heeds the case all the same.
    const more = random.options(0.3, { ...(field.mapping['index'] === false ? {} : { case_insensitive: true }), boost: 2 })
    return random.pick<() => JsonObject>([
      () => ({ prefix: { [field.name]: { value: stem, ...more } } }),
      () => ({
        wildcard: {
          [field.name]: {
            value: random.pick([`${stem}*`, `*${stem}`, `?${stem.slice(1)}*`, `*${stem}*`, '*', `${stem}?`]),
            ...more,
          },
        },
      }),
      () => ({
        regexp: {
          [field.name]: { value: this.#regexp(stem), ...random.options(0.3, { case_insensitive: true, flags: 'NONE' }) },
        },
      }),
    ])()
  }

  #regexp(stem: string): string {
    const literal = stem.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&')
    return this.#random.pick([
      `${literal}.*`,
      `.*${literal}`,
      `[a-f]+.*`,
      `(${literal}|host-.).?`,
      `${literal}{1,2}.*`,
      '[0-9]+',
      `h?.st-<1-3>`,
      '~(a.*)',
      '.{2,4}',
    ])
  }

  #fuzzy(): JsonObject {
    const random = this.#random
    const field = random.pick(
      [...this.#fields('keyword'), ...this.#fields('text')].filter(({ type }) => type === 'text' || type === 'keyword'),
    )
    // Whole characters: half of one is no text.
    const value = Array.from(field.family === 'text' ? word(random).toLowerCase() : keyword(random))
    const at = random.int(0, value.length)
    const typo = [...value.slice(0, at), random.pick(['', 'x', 'e']), ...value.slice(at + random.int(0, 1))].join('')
    return {
      fuzzy: {
        [field.name]: {
          value: typo,
          ...random.options(0.4, {
            fuzziness: random.pick<JsonValue>([0, 1, 2, 'AUTO', 'AUTO:2,5']),
            prefix_length: 1,
            transpositions: false,
          }),
        },
      },
    }
  }

  #match(): JsonObject {
    const random = this.#random
    const field = random.chance(0.7) ? this.#text() : undefined
    const other = this.#anyField()
    const query = field === undefined ? this.#valueOf(other) : sentence(random, 1, 4)
    const name = field ?? other.name
    if (random.chance(0.15))
      return {
        match_bool_prefix: {
          [name]: {
            query: typeof query === 'string' ? query : sentence(random, 1, 3),
            ...random.options(0.2, { operator: 'and' }),
          },
        },
      }
    return {
      match: {
        [name]: {
          query,
          ...random.options(0.2, {
            operator: random.pick(['and', 'or']),
            minimum_should_match: random.pick<JsonValue>([1, 2, '50%', '-25%']),
            zero_terms_query: random.pick(['all', 'none']),
            lenient: true,
            boost: 2,
          }),
          ...(field === undefined
            ? {}
            : random.options(0.15, {
                fuzziness: random.pick<JsonValue>(['AUTO', 1]),
                analyzer: random.pick(['standard', 'whitespace', 'english']),
              })),
        },
      },
    }
  }

  #phrase(): JsonObject {
    const random = this.#random
    if (random.chance(0.3))
      return {
        match_phrase_prefix: {
          [this.#text()]: {
            query: `${sentence(random, 0, 2)} ${word(random).slice(0, 2)}`,
            ...random.options(0.3, { slop: 1, max_expansions: 10 }),
          },
        },
      }
    return {
      match_phrase: {
        [this.#text()]: { query: sentence(random, 1, 3), ...random.options(0.4, { slop: random.int(0, 4), boost: 2 }) },
      },
    }
  }

  #multiMatch(): JsonObject {
    const random = this.#random
    const fields = random.times(1, 3, () =>
      random.chance(0.85) ? this.#text() : random.pick(['host', 'user.*', 'message.raw', '*e']),
    )
    const type = random.pick(['best_fields', 'most_fields', 'cross_fields', 'phrase', 'phrase_prefix', 'bool_prefix'])
    return {
      multi_match: {
        query: sentence(random, 1, 3),
        fields: fields.map((name) => (random.chance(0.2) ? `${name}^2` : name)),
        type,
        ...random.options(0.25, {
          operator: random.pick(['and', 'or']),
          boost: 1.5,
          ...(type.includes('phrase') || type.includes('bool') ? {} : { tie_breaker: 0.3 }),
        }),
      },
    }
  }

  #queryString(): JsonObject {
    const random = this.#random
    const plain = (): string => word(random).replaceAll(/[^\p{L}\p{N}]/gu, '\\$&')
    const clause = (depth: number): string =>
      random.pick<() => string>([
        plain,
        plain,
        () => `${this.#text()}:${plain()}`,
        () => `"${sentence(random, 2, 3).replaceAll('"', '')}"${random.chance(0.3) ? '~2' : ''}`,
        () => `${plain()}${random.pick(['*', '^2'])}`,
        // Not of all fields: `match_only_text` scores as in Elasticsearch.
        () => `${this.#text()}:${plain()}${random.pick(['~', '~1'])}`,
        () => `level:[${random.int(0, 9)} TO ${random.pick(['20', '*'])}]`,
        () => `count:${random.pick(['>', '>=', '<'])}${random.int(0, 40)}`,
        () => '_exists_:host',
        () => (depth > 0 ? `(${clause(depth - 1)} ${random.pick(['AND', 'OR', 'AND NOT', ''])} ${clause(depth - 1)})` : plain()),
        () => `${random.pick(['+', '-', 'NOT '])}${plain()}`,
      ])()
    return {
      query_string: {
        query: random.times(1, 3, () => clause(2)).join(random.pick([' ', ' AND ', ' OR '])),
        ...random.options(0.3, {
          default_field: this.#text(),
          default_operator: random.pick(['AND', 'OR']),
          analyze_wildcard: true,
          lenient: true,
        }),
      },
    }
  }

  #simpleQueryString(): JsonObject {
    const random = this.#random
    const clause = (): string =>
      random.pick([
        word(random),
        `"${sentence(random, 2, 2)}"`,
        `-${word(random)}`,
        `+${word(random)}`,
        `${word(random)}*`,
        `(${word(random)} | ${word(random)})`,
        `${word(random)}~1`,
      ])
    return {
      simple_query_string: {
        query: random.times(1, 3, clause).join(' '),
        fields: random.times(1, 2, () => this.#text()),
        ...random.options(0.3, { default_operator: random.pick(['and', 'or']), minimum_should_match: 1, lenient: true }),
      },
    }
  }

  #interval(depth: number): JsonObject {
    const random = this.#random
    const inner = (): JsonObject => this.#interval(depth - 1)
    if (depth > 0 && random.chance(0.3)) {
      return random.pick<() => JsonObject>([
        () => ({
          all_of: { intervals: random.times(1, 3, inner), ...random.options(0.5, { ordered: true, max_gaps: random.int(0, 5) }) },
        }),
        () => ({ any_of: { intervals: random.times(1, 3, inner) } }),
      ])()
    }
    return random.pick<() => JsonObject>([
      () => ({ match: { query: sentence(random, 1, 3), ...random.options(0.4, { ordered: true, max_gaps: random.int(0, 3) }) } }),
      () => ({ prefix: { prefix: word(random).toLowerCase().slice(0, 2) } }),
      () => ({ wildcard: { pattern: `${word(random).toLowerCase().slice(0, 2)}*` } }),
      () => ({ fuzzy: { term: word(random).toLowerCase() } }),
    ])()
  }

  #geo(): JsonObject {
    const random = this.#random
    const { lat, lon } = point(random)
    return random.pick<() => JsonObject>([
      () => ({ geo_distance: { distance: random.pick(['5km', '20km', '300m', '10mi']), place: { lat, lon } } }),
      () => ({
        geo_bounding_box: {
          place: { top_left: { lat: lat + 0.103, lon: lon - 0.151 }, bottom_right: { lat: lat - 0.103, lon: lon + 0.151 } },
        },
      }),
      () => shapeQuery(random, 'area'),
      () => shapeQuery(random, random.pick(['area', 'place'])),
      () => polygonQuery(random, 'place'),
    ])()
  }

  #moreLikeThis(): JsonObject {
    const random = this.#random
    const { index, ids } = this.#world
    const like = (): JsonValue => (random.chance(0.5) ? sentence(random, 2, 6) : { _index: index, _id: random.pick(ids) })
    return {
      more_like_this: {
        fields: [this.#text(), ...(random.chance(0.3) ? [this.#text()] : [])],
        like: random.chance(0.5) ? like() : random.times(1, 2, like),
        min_term_freq: 1,
        min_doc_freq: random.int(1, 4),
        ...random.options(0.3, {
          unlike: sentence(random, 1, 2),
          max_query_terms: random.int(2, 8),
          minimum_should_match: random.pick<JsonValue>(['50%', 1, 2, '-1']),
          stop_words: ['the', 'a'],
          min_word_length: 3,
          max_word_length: 6,
          max_doc_freq: 40,
          include: true,
        }),
      },
    }
  }

  #termsSet(): JsonObject {
    const random = this.#random
    const field = random.pick(this.#fields('keyword'))
    const required = random.pick<JsonObject>([
      { minimum_should_match_field: 'level' },
      { minimum_should_match_script: { source: `Math.min(params.num_terms, ${random.int(1, 2)})` } },
    ])
    return { terms_set: { [field.name]: { terms: random.times(1, 5, () => this.#valueOf(field)), ...required } } }
  }

  /** Stored queries that a document would match. */
  #percolate(): JsonObject {
    const random = this.#random
    const document = (): JsonObject =>
      makeDocument(
        random,
        this.#world.fields.filter(({ type }) => type !== 'percolator'),
      )
    return {
      percolate: {
        field: 'stored',
        ...(random.chance(0.7) ? { document: document() } : { documents: random.times(1, 3, document) }),
      },
    }
  }

  #distanceFeature(): JsonObject {
    const random = this.#random
    if (random.chance(0.5))
      return { distance_feature: { field: 'place', origin: { ...point(random) }, pivot: random.pick(['1km', '10km']) } }
    return {
      distance_feature: {
        field: 'time',
        origin: new Date(instant(random)).toISOString(),
        pivot: random.pick(['1h', '3d']),
      },
    }
  }

  #script(): JsonObject {
    const random = this.#random
    const field = this.#numeric()
    if (field === undefined) return { match_all: {} }
    const doc = `doc['${field.name}']`
    const source = random.pick([
      `${doc}.size() > 0 && ${doc}.value > params.limit`,
      `${doc}.size() > 1`,
      `!${doc}.empty && ${doc}.value % 3 == 0`,
    ])
    return { script: { script: { source, params: { limit: random.int(0, 30) } } } }
  }

  #functionScore(query: JsonObject): JsonObject {
    const random = this.#random
    const field = this.#numeric()
    const one = (): JsonObject =>
      random.pick<() => JsonObject>([
        () => ({ weight: random.int(1, 4) }),
        () => ({
          field_value_factor: {
            field: field?.name ?? 'level',
            missing: 1,
            factor: 1.2,
            modifier: random.pick(['none', 'log2p', 'ln2p', 'sqrt', 'square']),
          },
          filter: { range: { [field?.name ?? 'level']: { gte: 0 } } },
        }),
        () => ({
          [random.pick(['gauss', 'linear', 'exp'])]: {
            time: { origin: '2026-03-28T00:00:00Z', scale: '4d', ...random.options(0.5, { offset: '1d', decay: 0.3 }) },
          },
        }),
        () => ({ [random.pick(['gauss', 'linear', 'exp'])]: { [field?.name ?? 'level']: { origin: 10, scale: 15 } } }),
        () => ({ filter: this.query(0), weight: 2 }),
        () => ({
          [random.pick(['gauss', 'linear', 'exp'])]: {
            place: { origin: { ...point(random) }, scale: '20km', ...random.options(0.5, { offset: '2km', decay: 0.4 }) },
            ...random.options(0.3, { multi_value_mode: random.pick(['min', 'max', 'avg', 'sum']) }),
          },
        }),
        () => ({
          [random.pick(['gauss', 'linear', 'exp'])]: {
            [field?.name ?? 'level']: { origin: 3, scale: 8, offset: 2, decay: 0.2 },
            multi_value_mode: random.pick(['min', 'max', 'avg', 'sum']),
          },
        }),
        () => ({ script_score: { script: { source: `Math.abs(${random.int(1, 4)}) + _score` } } }),
      ])()
    return {
      function_score: {
        query,
        functions: random.times(1, 3, one),
        ...random.options(0.4, {
          score_mode: random.pick(['multiply', 'sum', 'avg', 'first', 'max', 'min']),
          boost_mode: random.pick(['multiply', 'replace', 'sum', 'avg', 'max', 'min']),
          max_boost: 10,
          min_score: 0.5,
        }),
      },
    }
  }
}
