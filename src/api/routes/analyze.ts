import { unreachable } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { analyze, parseAnalyzeRequest, type AnalyzeResult } from '../../index/analyze.ts'
import { requireSingleIndex } from '../../index/documents/get-documents.ts'
import type { Token } from '../../query/analysis/token.ts'
import { strings } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { NAMES_PARAMS, requestIndices, searchOptions } from '../indices/names.ts'
import { shardCounts } from './index-maintenance.ts'

export const analyzeRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/{index}/_reload_search_analyzers'],
    action: 'indices:admin/analyze',
    params: [...NAMES_PARAMS, 'resource'],
    handler: (request, context) => {
      // Analyzers are made from the settings each time those change: there is never an old one to replace.
      const indices = requestIndices(request, context, 'indices:admin/analyze', searchOptions)
      const details = indices.map(({ name }) => ({
        index: name,
        reloaded_analyzers: [],
        reloaded_node_ids: [context.node.id],
      }))
      return ok({ _shards: shardCounts(indices), reload_details: details })
    },
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_analyze', '/{index}/_analyze'],
    action: 'indices:admin/analyze',
    params: ['index', 'prefer_local', 'format', 'text', 'analyzer', 'tokenizer', 'filter', 'char_filter', 'field', 'normalizer'],
    handler: handle,
  },
]

function handle(request: ApiRequest, context: ApiContext): Answer {
  const json = { ...fromQuery(request), ...request.json() }
  const name = request.part('index') ?? request.query.text('index')
  const index =
    name === undefined ? undefined : requireSingleIndex(context.index, request.access, name, 'indices:admin/analyze').index
  return ok(print(analyze(parseAnalyzeRequest(json), index), strings(json['attributes'])))
}

function fromQuery({ query }: ApiRequest): JsonObject {
  const text = ['text', 'analyzer', 'tokenizer', 'field', 'normalizer'].flatMap((name): [string, JsonValue][] => {
    const value = query.text(name)
    return value === undefined ? [] : [[name, value]]
  })
  const lists = ['filter', 'char_filter'].flatMap((name): [string, JsonValue][] =>
    query.has(name) ? [[name, query.list(name)]] : [],
  )
  return Object.fromEntries([...text, ...lists])
}

function print(result: AnalyzeResult, attributes: readonly string[]): JsonObject {
  const detailed = (tokens: readonly Token[]): JsonObject[] => tokens.map((token) => printDetailed(token, attributes))
  switch (result.kind) {
    case 'tokens':
      return { tokens: result.tokens.map(printToken) }
    case 'analyzer':
      return { detail: { custom_analyzer: false, analyzer: { name: result.name, tokens: detailed(result.tokens) } } }
    case 'parts':
      return {
        detail: {
          custom_analyzer: true,
          charfilters: result.charFilters.map(({ name, texts }) => ({ name, filtered_text: texts })),
          tokenizer: { name: result.tokenizer.name, tokens: detailed(result.tokenizer.tokens) },
          tokenfilters: result.filters.map(({ name, tokens }) => ({ name, tokens: detailed(tokens) })),
        },
      }
    default:
      return unreachable(result)
  }
}

function printToken({ term, start, end, type, position, positionLength }: Token): JsonObject {
  return {
    token: term,
    start_offset: start,
    end_offset: end,
    type,
    position,
    ...(positionLength > 1 ? { positionLength } : {}),
  }
}

/** With the attributes that Lucene's tokens carry; `attributes` chooses among them. */
function printDetailed(token: Token, attributes: readonly string[]): JsonObject {
  const extra: JsonObject = {
    bytes: `[${[...Buffer.from(token.term, 'utf8')].map((byte) => byte.toString(16)).join(' ')}]`,
    ...(token.keyword === undefined ? {} : { keyword: token.keyword }),
    positionLength: token.positionLength,
    termFrequency: 1,
  }
  const chosen =
    attributes.length === 0 ? extra : Object.fromEntries(Object.entries(extra).filter(([name]) => attributes.includes(name)))
  return { ...printToken(token), ...chosen }
}
