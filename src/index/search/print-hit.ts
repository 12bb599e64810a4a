import type { IndexAccess } from '../../core/access.ts'
import { printFloat32 } from '../../core/double.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { EngineHit } from '../../engine/engine.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import type { HighlightRequest } from '../../query/highlight/highlight-request.ts'
import type { FieldRequest, SourceFilter } from '../../query/search-request.ts'
import { fieldsAnywhere, findAnywhere, withinNested } from '../../query/bind/context.ts'
import type { PercolateQuery } from '../../query/dsl/percolate.ts'
import type { FieldLookup } from '../../query/field.ts'
import type { ScopePath } from '../../query/nested-objects.ts'
import { printSortValue, type SortKey } from '../../query/sort.ts'
import { nestedSource } from '../documents/nested-source.ts'
import { mappedSelection, showSource, type SourceSelection } from '../documents/source-filter.ts'
import { storedFields } from '../documents/stored-fields.ts'
import { parseDocumentExactly } from '../documents/parse-document.ts'
import { docValueFetchers, fieldFetchers } from './fetch-fields.ts'
import type { FieldFetcher } from './field-fetcher.ts'
import { highlighterOf, type Highlighter } from './highlight.ts'
import { percolatedHighlighter, slotFetchers } from './percolate/percolations.ts'
import { type ScriptField, scriptFetchers } from './script-fields.ts'
import type { SearchedIndex } from './targets.ts'
import type { Explanation } from './explain.ts'

/** What a hit shows. */
export interface HitOptions {
  readonly source: SourceFilter
  readonly fields: readonly FieldRequest[]
  readonly docvalueFields: readonly FieldRequest[]
  readonly storedFields: readonly string[] | undefined
  readonly version: boolean
  readonly seqNoPrimaryTerm: boolean
  readonly scriptFields?: readonly ScriptField[]
  readonly sort: readonly SortKey[]
  /** Fields to show with what the query matched in them. */
  readonly highlight?: {
    readonly request: HighlightRequest
    readonly query: UnboundQuery | undefined
    /** What the query is about: documents (absent), or the nested objects of this path. */
    readonly scope?: ScopePath
  }
  /** Stored queries that were asked about documents: each hit says which ones its own query matches. */
  readonly percolations?: readonly PercolateQuery[]
  /** Sources as JSON strings instead of JSON: whoever reads the answer gets their bytes, whatever its parser does to numbers. */
  readonly sourceAsText?: boolean
}

/** Text that stands in JSON as it is. */
const PLAIN = /^[\w.:@+/=-]*$/
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

/** Prints hits as Elasticsearch does; what the request asks is worked out once per index. */
export class HitPrinter {
  readonly #options: HitOptions
  readonly #searched: readonly SearchedIndex[]
  readonly #access: IndexAccess
  /** By target and scope. */
  readonly #perIndex = new Map<string, PerIndex>()

  constructor(searched: readonly SearchedIndex[], options: HitOptions, access: IndexAccess) {
    this.#options = options
    this.#searched = searched
    this.#access = access
  }

  /** Whether hits have to carry their source. */
  get needsSource(): boolean {
    const { source, fields, docvalueFields, storedFields: stored } = this.#options
    if (this.#options.percolations?.length) return true
    if (fields.length > 0 || docvalueFields.length > 0 || this.#options.scriptFields !== undefined || this.#options.highlight)
      return true
    if (stored?.includes('_none_')) return false
    return source.kind !== 'none' || stored !== undefined
  }

  /** @throws ElkhornError 400 for fields that cannot be fetched, also when there are no hits */
  prepare(): void {
    for (const target of this.#searched.keys()) this.#forIndex(target)
  }

  /** `more`: members of `fields` and `inner_hits`, as JSON text, that the hit has beside its own. */
  print(
    hit: EngineHit,
    more?: {
      readonly fields?: string | undefined
      readonly innerHits?: string | undefined
      readonly matchedQueries?: string | undefined
    },
    explained?: { readonly node: string; readonly explanation: Explanation },
  ): string {
    const { version, seqNoPrimaryTerm, sort, sourceAsText } = this.#options
    const own = this.#forIndex(hit.target, hit.object?.path)
    const { nested } = own.searched.index
    const object = hit.object && hit.source ? nestedSource(hit.source, hit.object, nested) : undefined
    const shard = explained ? `"_shard":${quoted(`[${own.searched.index.name}][0]`)},"_node":${quoted(explained.node)},` : ''
    let text = `{${shard}"_index":${own.index},"_id":${quoted(hit.id)}`
    if (object) text += `,"_nested":${printJson(object.place)}`
    if (version) text += `,"_version":${hit.version}`
    if (seqNoPrimaryTerm) text += `,"_seq_no":${hit.seqNo},"_primary_term":1`
    text += `,"_score":${printScore(hit.score)}`
    if (hit.routing !== undefined) text += `,"_routing":${quoted(hit.routing)}`
    const bytes = object?.document ?? hit.source
    const shown = (from: Uint8Array): string | undefined =>
      object ? object.show(own.selections) : showSource(from, own.selections)
    const source = bytes && own.showsSource ? shown(bytes) : undefined
    if (source !== undefined) text += `,"_source":${sourceAsText === true ? JSON.stringify(source) : source}`
    const fields = joinObjects(bytes ? own.fetch(bytes, hit) : undefined, more?.fields)
    if (fields !== undefined) text += `,"fields":${fields}`
    const highlight = bytes ? own.highlight?.(parseDocumentExactly(bytes)) : undefined
    if (highlight !== undefined) text += `,"highlight":${printJson(highlight)}`
    if (sort.length > 0) text += `,"sort":${printJson(this.#sortValues(hit, own))}`
    if (more?.matchedQueries !== undefined) text += `,"matched_queries":${more.matchedQueries}`
    if (more?.innerHits !== undefined) text += `,"inner_hits":${more.innerHits}`
    if (explained) text += `,"_explanation":${JSON.stringify(explained.explanation)}`
    return `${text}}`
  }

  #sortValues(hit: EngineHit, own: PerIndex): readonly JsonValue[] {
    return this.#options.sort.map((key, i) =>
      printSortValue(hit.sort[i] ?? null, key, findAnywhere(key.field, own.searched.bind)),
    )
  }

  #forIndex(target: number, scope: ScopePath = ''): PerIndex {
    const key = `${target} ${scope}`
    let own = this.#perIndex.get(key)
    if (!own) {
      const searched = this.#searched[target]
      if (!searched) throw new Error(`a hit names target ${target}, of ${this.#searched.length}`)
      own = prepareIndex(searched, this.#options, this.#access, scope)
      this.#perIndex.set(key, own)
    }
    return own
  }
}

/** Two JSON objects as one text. */
export function joinObjects(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || b === undefined ? (a ?? b) : `${a.slice(0, -1)},${b.slice(1)}`
}

interface PerIndex {
  readonly searched: SearchedIndex
  /** The name, quoted. */
  readonly index: string
  readonly showsSource: boolean
  readonly selections: readonly SourceSelection[]
  /** `fields` of a hit as text; `undefined` when there are none. */
  readonly fetch: (source: Uint8Array, hit: EngineHit) => string | undefined
  readonly highlight: Highlighter | undefined
}

/** `scope`: whose hits they are. */
function prepareIndex(given: SearchedIndex, options: HitOptions, access: IndexAccess, scope: ScopePath): PerIndex {
  const { index } = given
  const bind = scope === '' ? given.bind : withinNested(given.bind, scope)
  const searched = { ...given, bind }
  const shown = scope === '' ? fieldsAnywhere(bind) : bind.fields
  const { source, storedFields: stored, percolations = [] } = options
  const selections: SourceSelection[] = [mappedSelection(index.mapping.mapping.options.source)]
  const granted = access.fields(index.dataStream ?? index.name)
  if (granted) selections.push({ allows: granted })
  if (source.kind === 'some') selections.push(source)
  // Asking for stored or scripted fields leaves the source out unless it is asked for as well.
  const isOnlyFields = stored === undefined ? options.scriptFields !== undefined : !stored.includes('_source')
  const showsSource = source.kind === 'some' || (source.kind === 'all' && (source.asked === true || !isOnlyFields))
  const fetchers: FieldFetcher[] = [
    ...docValueFetchers(index, bind.fields, options.docvalueFields),
    ...fieldFetchers(index, shown, options.fields),
    ...slotFetchers(given, percolations),
    ...scriptFetchers(index, bind.computed, options.scriptFields ?? []),
  ]
  const names = stored?.filter((name) => !name.startsWith('_')) ?? []
  if (names.length > 0) {
    fetchers.push((document, into) => {
      for (const [path, values] of Object.entries(storedFields(index.mapping, document, names))) into.set(path, values)
    })
  }
  return {
    searched,
    index: quoted(index.name),
    highlight: options.highlight && highlightersOf(given, options.highlight, shown, percolations),
    showsSource,
    selections,
    fetch: (bytes, hit) => {
      if (fetchers.length === 0) return undefined
      const document: JsonObject = parseDocumentExactly(bytes)
      const into = new Map<string, JsonValue[]>()
      for (const fetch of fetchers) fetch(document, into, hit)
      return into.size > 0 ? printJson(Object.fromEntries(into)) : undefined
    },
  }
}

function highlightersOf(
  searched: SearchedIndex,
  highlight: NonNullable<HitOptions['highlight']>,
  shown: FieldLookup,
  percolations: readonly PercolateQuery[],
): Highlighter {
  const own = highlighterOf(searched, highlight, shown)
  if (percolations.length === 0) return own
  const percolated = percolatedHighlighter(searched, percolations, highlight.request)
  return (document) => {
    const [a, b] = [own(document), percolated(document)]
    return a && b ? { ...a, ...b } : (a ?? b)
  }
}

/** Scores are single-precision numbers: the shortest text that means the same one. */
export function printScore(score: number | null): string {
  if (score === null) return 'null'
  // JSON has no such numbers: Elasticsearch prints them as texts.
  return Number.isFinite(Math.fround(score)) ? printFloat32(Math.fround(score)) : `"${Math.fround(score)}"`
}
