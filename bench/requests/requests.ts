import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { analysis } from './analyses.ts'
import type { Random } from './random.ts'
import { Searches } from './searches.ts'
import { makeDocument, type World } from './world.ts'

/** What a request is about: differences are counted by it. */
type RequestKind =
  | 'hits'
  | 'aggregations'
  | 'count'
  | 'msearch'
  | 'validate'
  | 'get'
  | 'write'
  | 'field_caps'
  | 'explain'
  | 'mapping'
  | 'pages'
  | 'analyze'

export interface GeneratedRequest {
  readonly kind: RequestKind
  readonly method: string
  readonly path: string
  readonly body?: JsonObject
  /** NDJSON instead of a body. */
  readonly lines?: readonly JsonValue[]
  /** All pages are asked for, by a scroll or behind the last hit of each. */
  readonly follow?: 'scroll' | 'search_after'
}

/** Requests to a world that is there: mostly searches, now and then a write. */
export class Requests {
  readonly #random: Random
  readonly #world: World
  readonly #searches: Searches

  constructor(random: Random, world: World) {
    this.#random = random
    this.#world = world
    this.#searches = new Searches(random, world)
  }

  next(): GeneratedRequest {
    const random = this.#random
    const { index } = this.#world
    const roll = random.unit()
    if (roll < 0.02)
      return {
        kind: 'analyze',
        method: 'POST',
        path: `/${index}/_analyze`,
        body: analysis(
          random,
          this.#world.fields.map(({ name }) => name),
        ),
      }
    if (roll < 0.4) return { kind: 'hits', method: 'POST', path: `/${this.#names()}/_search`, body: this.#searches.hits() }
    if (roll < 0.78)
      return { kind: 'aggregations', method: 'POST', path: `/${this.#names()}/_search`, body: this.#searches.aggregations() }
    if (roll < 0.8) return this.#pages()
    if (roll < 0.83)
      return { kind: 'count', method: 'POST', path: `/${this.#names()}/_count`, body: { query: this.#searches.query() } }
    if (roll < 0.85)
      return {
        kind: 'explain',
        method: 'POST',
        path: `/${index}/_explain/${this.#id()}`,
        body: { query: this.#searches.query(1) },
      }
    if (roll < 0.88)
      return {
        kind: 'msearch',
        method: 'POST',
        path: '/_msearch',
        lines: random
          .times(1, 3, () => [{ index: random.chance(0.9) ? index : `${index}-nowhere` }, this.#searches.hits()])
          .flat(),
      }
    if (roll < 0.9)
      return { kind: 'validate', method: 'POST', path: `/${index}/_validate/query`, body: { query: this.#searches.query(1) } }
    if (roll < 0.92) return this.#read()
    if (roll < 0.93)
      return {
        kind: 'field_caps',
        method: 'GET',
        path: `/${index}/_field_caps?fields=${random.pick(['*', 'user.*', 'message*,count', 'level,nowhere'])}`,
      }
    return this.#write()
  }

  /** All documents, to see what writes have made of them. */
  everything(): GeneratedRequest {
    const body = { query: { match_all: {} }, size: 1000, version: true }
    return { kind: 'hits', method: 'POST', path: `/${this.#world.index}/_search`, body }
  }

  /** The index, or what leads to it. */
  #names(): string {
    const { index } = this.#world
    return this.#random.chance(0.8)
      ? index
      : this.#random.pick([`${index}*`, `${index}-all`, `${index}-some`, `${index},-none-*`])
  }

  #pages(): GeneratedRequest {
    const follow = this.#random.pick(['scroll', 'search_after'] as const)
    const path = `/${this.#names()}/_search${follow === 'scroll' ? '?scroll=1m' : ''}`
    return { kind: 'pages', method: 'POST', path, body: this.#searches.page(), follow }
  }

  #id(): string {
    return this.#random.chance(0.9) ? this.#random.pick(this.#world.ids) : `new-${this.#random.int(0, 5)}`
  }

  #read(): GeneratedRequest {
    const random = this.#random
    const { index } = this.#world
    const path = random.pick([
      `/${index}/_doc/${this.#id()}`,
      `/${index}/_source/${this.#id()}?_source_includes=host,us*`,
      `/${index}/_doc/${this.#id()}?_source=false`,
    ])
    if (random.chance(0.2))
      return { kind: 'get', method: 'POST', path: `/${index}/_mget`, body: { ids: random.times(1, 3, () => this.#id()) } }
    if (random.chance(0.3))
      return {
        kind: 'get',
        method: 'POST',
        path: `/_mget?_source_excludes=t*`,
        body: { docs: random.times(1, 3, () => this.#asked()) },
      }
    return { kind: 'get', method: 'GET', path }
  }

  /** One of several documents, with what is to be shown of it. */
  #asked(): JsonObject {
    const random = this.#random
    return {
      _index: random.chance(0.9) ? this.#world.index : `${this.#world.index}-nowhere`,
      _id: this.#id(),
      ...random.options(0.3, {
        _source: random.pick<JsonValue>([false, ['host', 'us*'], { includes: ['t*'], excludes: ['title'] }]),
        routing: 'r',
        stored_fields: ['host'],
      }),
    }
  }

  /** Visible to the next search on both sides. */
  #write(): GeneratedRequest {
    const random = this.#random
    const { index, fields } = this.#world
    const document = makeDocument(random, fields)
    const write = (method: string, path: string, body?: JsonObject): GeneratedRequest => ({
      kind: 'write',
      method,
      path: `/${index}/${path}${path.includes('?') ? '&' : '?'}refresh=true`,
      ...(body === undefined ? {} : { body }),
    })
    return random.pick<() => GeneratedRequest>([
      () => write('PUT', `_doc/${this.#id()}`, document),
      () => write('PUT', `_create/${this.#id()}`, document),
      () => write('PUT', `_doc/${this.#id()}?if_seq_no=${random.int(0, 5)}&if_primary_term=1`, document),
      () =>
        write(
          'PUT',
          `_doc/${this.#id()}?version=${random.int(1, 8)}&version_type=${random.pick(['external', 'external_gte'])}`,
          document,
        ),
      () => write('DELETE', `_doc/${this.#id()}?version=${random.int(1, 8)}&version_type=external`),
      () =>
        write('POST', `_update/${this.#id()}?_source=host,level&if_seq_no=${random.int(0, 90)}&if_primary_term=1`, {
          doc: document,
        }),
      () =>
        write('POST', `_update/${this.#id()}`, {
          scripted_upsert: true,
          script: { source: 'ctx._source.level = 5' },
          upsert: {},
        }),
      () => write('DELETE', `_doc/${this.#id()}`),
      () =>
        write('POST', `_update/${this.#id()}`, {
          doc: document,
          ...random.options(0.3, { doc_as_upsert: true, detect_noop: false, _source: true }),
        }),
      () =>
        write('POST', `_update/${this.#id()}`, {
          script: {
            source: "ctx._source.level = params.n; if (params.n > 8) { ctx.op = 'none' }",
            params: { n: random.int(0, 10) },
          },
          ...random.options(0.4, { upsert: { level: 1 } }),
        }),
      () =>
        write('POST', `_update_by_query?conflicts=proceed`, {
          query: this.#searches.query(0),
          script: { source: 'ctx._source.seen_again = true' },
          max_docs: 5,
        }),
      () => write('POST', `_delete_by_query`, { query: { ids: { values: [this.#id()] } } }),
      () => ({
        kind: 'write',
        method: 'POST',
        path: '/_bulk?refresh=true',
        lines: random.times(1, 4, () => this.#bulkItem()).flat(),
      }),
    ])()
  }

  #bulkItem(): readonly JsonValue[] {
    const random = this.#random
    const { index, fields } = this.#world
    const target = { _index: index, _id: this.#id() }
    return random.pick<() => readonly JsonValue[]>([
      () => [{ index: target }, makeDocument(random, fields)],
      () => [{ index: { ...target, version: random.int(1, 8), version_type: 'external' } }, makeDocument(random, fields)],
      () => [{ index: { ...target, if_seq_no: random.int(0, 90), if_primary_term: 1 } }, makeDocument(random, fields)],
      () => [{ update: { ...target, _source: true, retry_on_conflict: 2 } }, { doc: { level: 4 }, detect_noop: true }],
      () => [{ create: { _index: `${index}-nowhere`, _id: 'x', require_alias: true } }, {}],
      () => [{ create: target }, makeDocument(random, fields)],
      () => [{ update: target }, { doc: { host: 'changed' } }],
      () => [{ delete: target }],
      () => [{ update: target }, { doc: { level: random.int(0, 9) }, doc_as_upsert: true }],
      () => [{ update: target }, { script: { source: 'ctx._source.level = 3' }, upsert: { host: 'new' } }],
      () => [{ update: target }, { script: { source: "ctx.op = 'delete'" } }],
    ])()
  }
}
