import { internalAccess, type IndexAccess } from '../../core/access.ts'
import type { BulkOperation } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { parseEventJson, printFields } from '../../core/event-json.ts'
import type { Fields, FieldValue } from '../../core/event.ts'
import type { JsonObject } from '../../core/json.ts'
import type { MetadataSection } from '../../core/metadata-store.ts'
import type { EnrichTable } from '../../core/enrich-table.ts'
import type { StoredDocument } from '../../core/stored-document.ts'
import { parseQuery } from '../../query/dsl/parse-query.ts'
import { isRangeType, type RangeType } from '../../query/range-field.ts'
import { frozen, scan } from '../by-query/scan.ts'
import { writeDocuments } from '../documents/write-documents.ts'
import type { IndexContext } from '../index-context.ts'
import { resolveIndices, searchOptions } from '../names/resolve-names.ts'
import { deleteIndices } from '../operations/change-index.ts'
import { createIndex } from '../operations/create-index.ts'
import { allShardsFailed } from '../search/search-failure.ts'
import { bindTargets, openTargets } from '../search/targets.ts'
import type { EnrichPolicy } from './enrich-policy.ts'
import { matchTable, rangeTable, shapeTable, type EnrichEntry } from './enrich-table.ts'

/** A policy as it is kept, and what its last execution made. */
export interface StoredEnrichPolicy {
  readonly policy: EnrichPolicy
  readonly executed?: {
    /** Holds the documents: tables are made of it again at each start. */
    readonly index: string
    readonly range?: { readonly type: RangeType; readonly format?: string }
  }
}

/** Tables are in memory, so policies have bounds. */
const MAX_DOCUMENTS = 500_000
const MAX_BYTES = 128 * 1024 * 1024
const BATCH = 1_000
const TIMEOUT_MS = 10 * 60_000

/** The policies, and the tables that processors look documents up in. */
export class EnrichPolicies {
  readonly #stored: MetadataSection<StoredEnrichPolicy>
  readonly #tables = new Map<string, EnrichTable>()
  readonly #executing = new Set<string>()

  constructor(stored: MetadataSection<StoredEnrichPolicy>) {
    this.#stored = stored
  }

  /** What the processor asks; `undefined` for a policy that was never executed. */
  table(name: string): EnrichTable | undefined {
    return this.#tables.get(name)
  }

  /** Names of policies that are executed at the moment. */
  get executing(): readonly string[] {
    return [...this.#executing].toSorted()
  }

  /** Documents that are in memory to be looked up. */
  get documents(): number {
    return [...this.#tables.values()].reduce((sum, { size }) => sum + size, 0)
  }

  entries(): readonly (readonly [string, StoredEnrichPolicy])[] {
    return [...this.#stored.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1))
  }

  /** @throws ElkhornError `resource_already_exists_exception`, `index_not_found_exception`, `parsing_exception` */
  async put(context: IndexContext, access: IndexAccess, name: string, policy: EnrichPolicy): Promise<void> {
    if (!/^[^A-Z\\/*?"<>| ,#:]+$/.test(name) || name.startsWith('_') || name.startsWith('-'))
      throw illegalArgument(`Invalid policy name [${name}], must be lowercase and hold none of \\/*?"<>| ,#:`)
    if (this.#stored.has(name))
      throw new ElkhornError('resource_already_exists_exception', 400, `policy [${name}] already exists`)
    if (policy.query !== undefined) parseQuery(policy.query)
    const where = { catalog: context.catalog, access, action: 'indices:data/read/search' as const, now: context.clock.now() }
    resolveIndices(where, policy.indices, searchOptions)
    await this.#stored.put(name, { policy })
  }

  /** @throws ElkhornError 404; 409 while a pipeline uses it or it is executed */
  async delete(context: IndexContext, name: string): Promise<void> {
    const stored = this.#require(name)
    if (this.#executing.has(name)) throw conflict(`Could not delete policy [${name}] because it is being executed`)
    const users = context.ingest.list(['*']).filter((id) => usesPolicy(context.ingest.get(id), name))
    if (users.length > 0)
      throw conflict(`Could not delete policy [${name}] because a pipeline is referencing it [${users.join(', ')}]`)
    await this.#stored.delete(name)
    this.#tables.delete(name)
    await dropIndex(context, stored.executed?.index)
  }

  /** Gathers the documents of a policy and makes its table. What runs meanwhile uses the table before. */
  async execute(context: IndexContext, access: IndexAccess, name: string, signal: AbortSignal): Promise<void> {
    const { policy, executed: before } = this.#require(name)
    if (this.#executing.has(name)) throw conflict(`policy [${name}] is being executed already`)
    this.#executing.add(name)
    try {
      const range = policy.type === 'range' ? rangeOf(context, access, policy) : undefined
      const entries = await gather(context, access, name, policy, signal)
      const index = await keep(context, name, policy, entries)
      this.#tables.set(name, tableOf(policy, entries, range))
      await this.#stored.put(name, { policy, executed: { index, ...(range && { range }) } })
      await dropIndex(context, before?.index)
    } finally {
      this.#executing.delete(name)
    }
  }

  /** Makes the tables again at a start. A policy whose documents are gone has none, and its pipelines say so. */
  async load(context: IndexContext): Promise<void> {
    for (const [name, { policy, executed }] of this.entries()) {
      if (executed === undefined || context.catalog.findIndex(executed.index) === undefined) continue
      try {
        const own: EnrichPolicy = { ...policy, indices: [executed.index] }
        const { query: _query, ...whole } = own
        const entries = await gather(context, internalAccess, name, whole, AbortSignal.timeout(TIMEOUT_MS))
        this.#tables.set(name, tableOf(policy, entries, executed.range))
      } catch (error) {
        context.log.error({ policy: name, error: String(error) }, 'an enrich policy has no table: execute it again')
      }
    }
  }

  #require(name: string): StoredEnrichPolicy {
    const stored = this.#stored.get(name)
    if (stored === undefined) throw new ElkhornError('resource_not_found_exception', 404, `policy [${name}] not found`)
    return stored
  }
}

function tableOf(
  { type }: EnrichPolicy,
  entries: readonly EnrichEntry[],
  range: { readonly type: RangeType; readonly format?: string } | undefined,
): EnrichTable {
  if (type === 'geo_match') return shapeTable(entries)
  return range === undefined ? matchTable(entries) : rangeTable(entries, range.type, range.format)
}

/** How the ranges of a policy are mapped. @throws ElkhornError where they are no ranges, or of several kinds */
function rangeOf(context: IndexContext, access: IndexAccess, { indices, matchField }: EnrichPolicy) {
  const where = { catalog: context.catalog, access, action: 'indices:data/read/search' as const, now: context.clock.now() }
  const found = new Map<string, { readonly type: RangeType; readonly format?: string }>()
  for (const { index } of resolveIndices(where, indices, searchOptions)) {
    const field = index.fields.find(matchField)
    if (field === undefined || !isRangeType(field.type))
      throw illegalArgument(
        `Field '${matchField}' has type [${field?.type ?? 'none'}] which doesn't appear to be a range type (indices: [${index.name}])`,
      )
    const { format } = field.parameters
    found.set(`${field.type} ${format ?? ''}`, { type: field.type, ...(format !== undefined && { format }) })
  }
  const [only, ...more] = found.values()
  if (only === undefined || more.length > 0)
    throw illegalArgument(`Multiple distinct date format specified for match field '${matchField}', or no index at all`)
  return only
}

/** The documents of a policy, each with its keys and what is handed over. */
async function gather(
  context: IndexContext,
  access: IndexAccess,
  name: string,
  { indices, query, matchField, enrichFields }: EnrichPolicy,
  signal: AbortSignal,
): Promise<readonly EnrichEntry[]> {
  const where = { names: indices, options: searchOptions, action: 'indices:data/read/search' as const }
  for (const { index } of resolveIndices(
    { catalog: context.catalog, access, action: where.action, now: context.clock.now() },
    indices,
    searchOptions,
  ))
    await context.engine.refresh([index.uuid])
  const opened = await openTargets(context, access, where, context.clock.now())
  const { targets, bound, failures } = bindTargets(opened.searched, query === undefined ? undefined : parseQuery(query))
  const all = [...opened.failures, ...failures]
  if (all.length > 0) throw allShardsFailed(all, '')
  const still = await frozen(context, targets)
  const entries: EnrichEntry[] = []
  let bytes = 0
  const options = { size: BATCH, sort: [], timeoutMs: TIMEOUT_MS, signal }
  for await (const batch of scan(
    context,
    still,
    bound.map(({ index }) => index),
    options,
  )) {
    for (const { source } of batch) {
      const entry = entryOf(source, matchField, enrichFields)
      if (entry === undefined) continue
      entries.push(entry)
      bytes += source.length
    }
    if (entries.length > MAX_DOCUMENTS || bytes > MAX_BYTES)
      throw illegalArgument(`enrich policy [${name}] finds more than [${MAX_DOCUMENTS}] documents or [${MAX_BYTES}] bytes`)
  }
  return entries
}

/** `undefined` for a document without the match field. */
function entryOf(source: StoredDocument['source'], matchField: string, enrichFields: readonly string[]): EnrichEntry | undefined {
  const document = parseEventJson(Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8')) as Fields
  const match = valueAt(document, matchField)
  if (match === undefined || match === null) return undefined
  const fields: Fields = {}
  for (const path of [matchField, ...enrichFields]) {
    const value = valueAt(document, path)
    if (value !== undefined) put(fields, path, value)
  }
  return { keys: Array.isArray(match) ? match : [match], fields }
}

/** A member by its path, whether its name holds the dots or objects lie in each other. */
function valueAt(object: Fields, path: string): FieldValue | undefined {
  if (Object.hasOwn(object, path)) return object[path]
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inner = object[path.slice(0, dot)]
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) continue
    const value = valueAt(inner as Fields, path.slice(dot + 1))
    if (value !== undefined) return value
  }
  return undefined
}

function put(fields: Fields, path: string, value: FieldValue): void {
  const keys = path.split('.')
  let at = fields
  for (const key of keys.slice(0, -1)) {
    const inner = Object.hasOwn(at, key) ? at[key] : undefined
    const next = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Fields) : {}
    Object.defineProperty(at, key, { value: next, enumerable: true, configurable: true, writable: true })
    at = next
  }
  Object.defineProperty(at, keys.at(-1) ?? path, { value, enumerable: true, configurable: true, writable: true })
}

/** Writes the documents to an index of their own, through the same road as all others. */
async function keep(context: IndexContext, name: string, policy: EnrichPolicy, entries: readonly EnrichEntry[]): Promise<string> {
  const index = `.enrich-${name}-${context.clock.now()}-${context
    .newUuid()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')}`
  const mappings: JsonObject = {
    dynamic: false,
    _meta: { enrich_policy_name: name, enrich_policy_type: policy.type, enrich_match_field: policy.matchField },
  }
  const settings = { 'index.hidden': 'true', 'index.number_of_replicas': '0' }
  await createIndex(context, { name: index, settings, mappings, withoutTemplates: true })
  for (let at = 0; at < entries.length; at += BATCH) {
    const operations: BulkOperation[] = entries.slice(at, at + BATCH).map(({ fields }) => ({
      action: 'index',
      target: index,
      source: Buffer.from(printFields(fields), 'utf8'),
      pipeline: '_none',
    }))
    const outcomes = await writeDocuments(context, internalAccess, operations, { refresh: 'false' })
    const failed = outcomes.find(({ result }) => result === 'failed')
    if (failed !== undefined && 'error' in failed) throw failed.error
  }
  return index
}

async function dropIndex(context: IndexContext, name: string | undefined): Promise<void> {
  const index = name === undefined ? undefined : context.catalog.findIndex(name)
  if (index !== undefined) await deleteIndices(context, [index])
}

function usesPolicy(value: unknown, name: string): boolean {
  if (Array.isArray(value)) return value.some((one) => usesPolicy(one, name))
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([key, member]) =>
      (key === 'enrich' && (member as { readonly policy_name?: unknown } | null)?.policy_name === name) ||
      usesPolicy(member, name),
  )
}

const conflict = (reason: string): ElkhornError => new ElkhornError('status_exception', 409, reason)
