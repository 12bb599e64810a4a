import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseQuery } from '../dsl/parse-query.ts'
import { parsingException } from '../dsl/errors.ts'
import {
  bool,
  int,
  listOf,
  oneOf,
  raw,
  readAsField,
  readObject,
  text,
  valuePlace,
  type Member,
  type Read,
} from '../dsl/reading.ts'
import type { UnboundQuery } from '../dsl/unbound.ts'

/** What of a hit is shown with its matches marked. */
export interface HighlightRequest {
  /** In the order of the request. */
  readonly fields: readonly HighlightedField[]
  readonly html: boolean
}

export interface HighlightedField {
  /** A path, also with `*`. */
  readonly pattern: string
  readonly type: 'unified' | 'plain' | 'fvh'
  readonly preTags: readonly string[]
  readonly postTags: readonly string[]
  /** Characters of a fragment, about. */
  readonly fragmentSize: number
  /** 0 for the whole text. */
  readonly fragments: number
  /** Only what the query asks of this very field. */
  readonly requireFieldMatch: boolean
  /** Characters of the beginning that are shown where nothing matches. */
  readonly noMatchSize: number
  readonly byScore: boolean
  /** Where passages of the unified highlighter begin and end. */
  readonly boundaries: 'sentence' | 'word'
  /** Whether fragments of the plain highlighter may end just before the end of the text. */
  readonly fragmenter: 'simple' | 'span'
  /** Marks this instead of the search's own query. */
  readonly query: UnboundQuery | undefined
}

const options = {
  type: text,
  pre_tags: listOf(text),
  post_tags: listOf(text),
  fragment_size: int,
  number_of_fragments: int,
  require_field_match: bool,
  no_match_size: int,
  order: text,
  highlight_query: (value) => parseQuery(value),
  tags_schema: text,
  encoder: text,
  // About how the text is looked through; it is the same here whatever they say.
  boundary_chars: raw,
  boundary_max_scan: raw,
  boundary_scanner: oneOf('chars', 'sentence', 'word'),
  boundary_scanner_locale: raw,
  force_source: raw,
  fragment_offset: raw,
  fragmenter: oneOf('simple', 'span'),
  matched_fields: raw,
  max_analyzed_offset: raw,
  max_analyzer_offset: raw,
  max_fragment_length: raw,
  options: raw,
  phrase_limit: raw,
} as const satisfies Readonly<Record<string, Read<unknown>>>

type Options = { readonly [K in keyof typeof options]: ReturnType<(typeof options)[K]> | undefined }

/** `tags_schema: styled` */
const STYLED = Array.from({ length: 10 }, (_, i) => `<em class="hlt${i + 1}">`)

/** @throws ElkhornError `x_content_parse_exception`, `illegal_argument_exception` (400) */
export function parseHighlight(json: JsonValue): HighlightRequest {
  const at: Member = { node: {}, key: 'highlight', owner: 'highlight' }
  const { fields, ...own } = readObject(json, at, { ...options, fields: raw }, 'object')
  checkTags(own, at)
  const html = own.encoder === 'html'
  return { fields: entriesOf(fields).map(([pattern, given]) => highlightedField(pattern, given, own, at)), html }
}

function checkTags({ pre_tags, post_tags }: Options, at: Member): void {
  if (pre_tags && !post_tags) throw parsingException('pre_tags are set but post_tags are not set', valuePlace(at))
}

function entriesOf(fields: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  if (fields === undefined) return []
  if (Array.isArray(fields)) return (fields as readonly JsonValue[]).flatMap((entry) => entriesOf(entry))
  if (isJsonObject(fields)) return Object.entries(fields).map(([name, value]) => [name, value ?? null])
  throw illegalArgument('[fields] of [highlight] is an object of field names, or a list of such objects')
}

function ownOptions(given: JsonObject, at: Member): Options {
  const read = readObject(given, { ...at, owner: 'highlight_field' }, options, 'object')
  checkTags(read, at)
  return read
}

function highlightedField(pattern: string, json: JsonValue, own: Options, at: Member): HighlightedField {
  const given: JsonObject = isJsonObject(json) ? json : {}
  const read = readAsField(
    () => readAsField(() => ownOptions(given, at), given, { ...at, owner: 'fields', key: pattern }),
    given,
    { ...at, key: 'fields' },
  )
  const type = read.type ?? own.type ?? 'unified'
  if (type !== 'unified' && type !== 'plain' && type !== 'fvh') {
    throw illegalArgument(`unknown highlighter type [${type}] for the field [${pattern}]`)
  }
  const isStyled = (read.tags_schema ?? own.tags_schema) === 'styled'
  return {
    pattern,
    type,
    preTags: read.pre_tags ?? own.pre_tags ?? (isStyled ? STYLED : ['<em>']),
    postTags: read.post_tags ?? own.post_tags ?? ['</em>'],
    fragmentSize: read.fragment_size ?? own.fragment_size ?? 100,
    fragments: read.number_of_fragments ?? own.number_of_fragments ?? 5,
    requireFieldMatch: read.require_field_match ?? own.require_field_match ?? true,
    noMatchSize: read.no_match_size ?? own.no_match_size ?? 0,
    boundaries: (read.boundary_scanner ?? own.boundary_scanner) === 'word' ? 'word' : 'sentence',
    fragmenter: read.fragmenter ?? own.fragmenter ?? 'span',
    byScore: (read.order ?? own.order) === 'score',
    query: read.highlight_query ?? own.highlight_query,
  }
}
