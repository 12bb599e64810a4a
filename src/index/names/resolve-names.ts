import { allowsAction, unauthorizedOnIndices, type IndexAccess } from '../../core/access.ts'
import type { IndexAction } from '../../core/actions.ts'
import { ElkhornError } from '../../core/errors.ts'
import type { EpochMillis } from '../../core/time.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { Catalog } from '../catalog.ts'
import type { AliasRecord, IndexState } from '../index-state.ts'
import { invalidIndexName } from './index-name.ts'
import { resolveDateMathName } from './date-math-name.ts'

/** How a request's names are read: `ignore_unavailable`, `allow_no_indices`, `expand_wildcards`. */
export interface IndicesOptions {
  /** Names that do not exist (or are closed, where that matters) are passed over. */
  readonly ignoreUnavailable: boolean
  /** Wildcards, or everything together, may come to nothing. */
  readonly allowNoIndices: boolean
  readonly expandOpen: boolean
  readonly expandClosed: boolean
  readonly expandHidden: boolean
  /** A closed index that was named is an error (or passed over, with `ignoreUnavailable`). */
  readonly forbidClosed: boolean
}

/** Searches: open indices, and a name must exist. */
export const searchOptions: IndicesOptions = {
  ignoreUnavailable: false,
  allowNoIndices: true,
  expandOpen: true,
  expandClosed: false,
  expandHidden: false,
  forbidClosed: true,
}

/** Reading and changing an index's metadata: closed ones as well. */
export const metadataOptions: IndicesOptions = { ...searchOptions, expandClosed: true, forbidClosed: false }

/** What the names of a request mean to one principal at one moment. */
export interface NameContext {
  readonly catalog: Catalog
  readonly access: IndexAccess
  readonly action: IndexAction
  readonly now: EpochMillis
}

/** A concrete index, and the names through which it was reached: their filters and routings apply. */
export interface ResolvedIndex {
  readonly index: IndexState
  /** Aliases on the way; empty when it was also named itself, because then no filter applies. */
  readonly aliases: readonly { readonly name: string; readonly record: AliasRecord }[]
}

/**
 * The indices that a request's names stand for, each once, in the order of their names in the catalog's terms: as written,
 * wildcards by name.
 * @throws ElkhornError `index_not_found_exception` (404), `index_closed_exception` (400), `security_exception` (403)
 */
export function resolveIndices(
  context: NameContext,
  names: readonly string[],
  options: IndicesOptions,
): readonly ResolvedIndex[] {
  const found = new Map<string, { index: IndexState; direct: boolean; aliases: Map<string, AliasRecord> }>()
  const add = (index: IndexState, alias: { readonly name: string; readonly record: AliasRecord } | undefined): void => {
    let entry = found.get(index.name)
    if (!entry) {
      entry = { index, direct: false, aliases: new Map() }
      found.set(index.name, entry)
    }
    if (alias) entry.aliases.set(alias.name, alias.record)
    else entry.direct = true
  }
  for (const name of resolveAbstractions(context, names, options)) {
    const isNamed = !name.fromWildcard
    for (const { index, alias } of concreteIndices(context.catalog, name.name)) {
      if (index.closed && options.forbidClosed) {
        if (!options.ignoreUnavailable && (isNamed || options.expandClosed)) throw indexClosed(index)
        continue
      }
      if (name.fromWildcard && !(index.closed ? options.expandClosed : options.expandOpen)) continue
      add(index, alias)
    }
  }
  if (found.size === 0 && !options.allowNoIndices) throw indexNotFound(names.length === 0 ? '_all' : names.join(','))
  return [...found.values()].map(({ index, direct, aliases }) => ({
    index,
    aliases: direct ? [] : [...aliases].map(([name, record]) => ({ name, record })),
  }))
}

/** An index, an alias or a data stream that a request's names stand for. */
export interface ResolvedName {
  readonly name: string
  readonly fromWildcard: boolean
}

/** As `resolveIndices`, but aliases and data streams stay what they are. */
export function resolveAbstractions(
  context: NameContext,
  names: readonly string[],
  options: IndicesOptions,
): readonly ResolvedName[] {
  const { catalog } = context
  const found = new Map<string, boolean>()
  const isAll = names.length === 0 || (names.length === 1 && (names[0] === '_all' || names[0] === '*'))
  if (isAll) {
    for (const name of expandWildcard(context, '*', options)) found.set(name, true)
    if (found.size === 0 && !options.allowNoIndices) throw indexNotFound('_all')
    return toList(found)
  }
  let sawWildcard = false
  for (const raw of names) {
    const excludes = sawWildcard && raw.startsWith('-')
    const [asked, selector] = splitSelector(excludes ? raw.slice(1) : raw)
    const name = resolveDateMathName(asked, context.now)
    if (selector === 'failures') {
      sawWildcard ||= name.includes('*')
      for (const failures of failureIndices(context, name, raw, options)) {
        if (excludes) found.delete(failures)
        else found.set(failures, name.includes('*'))
      }
      continue
    }
    const isWildcard = name.includes('*') || name === '_all'
    if (excludes) {
      const pattern = name === '_all' ? '*' : name
      for (const known of found.keys()) if (matchesWildcard(pattern, known)) found.delete(known)
      continue
    }
    if (isWildcard) {
      sawWildcard = true
      const matches = expandWildcard(context, name === '_all' ? '*' : name, options)
      if (matches.length === 0 && !options.allowNoIndices) throw indexNotFound(raw)
      for (const match of matches) if (!found.has(match)) found.set(match, true)
      continue
    }
    if (!catalog.has(name)) {
      checkPlausible(name)
      // Whether it exists is nobody's business who may not see it.
      if (!allowsAction(context.access, context.action, name)) {
        if (options.ignoreUnavailable) continue
        throw unauthorizedOnIndices(context.access.principal, context.action, [name])
      }
      if (options.ignoreUnavailable) continue
      throw indexNotFound(name)
    }
    if (!mayUse(context, name)) {
      if (options.ignoreUnavailable) continue
      throw unauthorizedOnIndices(context.access.principal, context.action, [name])
    }
    found.set(name, false)
  }
  return toList(found)
}

/** `logs-x::failures`: what the data stream refused, instead of what it holds (`::data`, as without a selector). */
function splitSelector(text: string): readonly [name: string, selector: 'data' | 'failures'] {
  const at = text.lastIndexOf('::')
  if (at < 0) return [text, 'data']
  const selector = text.slice(at + 2)
  if (selector !== 'data' && selector !== 'failures')
    throw new ElkhornError(
      'invalid_index_name_exception',
      400,
      `Invalid index name [${text}], invalid usage of :: separator, [${selector}] is not a recognized selector`,
    )
  return [text.slice(0, at), selector]
}

/**
 * The indices of the failure stores of data streams. They hold whole documents, whatever a role shows of the stream: who may
 * use them has a privilege for their own names (`.fs-…`).
 */
function failureIndices(context: NameContext, name: string, raw: string, options: IndicesOptions): readonly string[] {
  const { catalog, access, action } = context
  const isWildcard = name.includes('*') || name === '_all'
  const pattern = name === '_all' ? '*' : name
  const streams = isWildcard
    ? [...catalog.dataStreams].flatMap(([known, stream]) => (matchesWildcard(pattern, known) ? [stream] : []))
    : [catalog.findDataStream(name) ?? []].flat()
  if (streams.length === 0 && !isWildcard && !options.ignoreUnavailable) throw indexNotFound(raw)
  return streams.flatMap((stream) => {
    const own = (stream.failureIndices ?? []).filter((index) => catalog.findIndex(index) !== undefined)
    const refused = own.filter((index) => !allowsAction(access, action, index))
    if (refused.length > 0 && !isWildcard && !options.ignoreUnavailable)
      throw unauthorizedOnIndices(access.principal, action, refused)
    return own.filter((index) => !refused.includes(index))
  })
}

const toList = (found: ReadonlyMap<string, boolean>): ResolvedName[] =>
  [...found].map(([name, fromWildcard]) => ({ name, fromWildcard }))

/** The indices behind a name, with the alias that leads to each. */
function concreteIndices(
  catalog: Catalog,
  name: string,
): readonly {
  readonly index: IndexState
  readonly alias: { readonly name: string; readonly record: AliasRecord } | undefined
}[] {
  const index = catalog.findIndex(name)
  if (index) return [{ index, alias: undefined }]
  const backing = (stream: string): IndexState[] =>
    (catalog.findDataStream(stream)?.indices ?? [])
      .map((backingName) => catalog.findIndex(backingName))
      .filter((state) => state !== undefined)
  if (catalog.findDataStream(name)) return backing(name).map((state) => ({ index: state, alias: undefined }))
  const targets = catalog.findAlias(name)
  if (!targets) return []
  const result: { index: IndexState; alias: { name: string; record: AliasRecord } }[] = []
  for (const [target, record] of [...targets.indices].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const state = catalog.findIndex(target)
    if (state) result.push({ index: state, alias: { name, record } })
  }
  for (const [stream, record] of targets.dataStreams) {
    for (const state of backing(stream)) result.push({ index: state, alias: { name, record } })
  }
  return result
}

/** Names that a wildcard stands for: sorted, hidden ones only where asked for, and only what the principal may use. */
function expandWildcard(context: NameContext, pattern: string, options: IndicesOptions): readonly string[] {
  if (!options.expandOpen && !options.expandClosed) return []
  const { catalog } = context
  const matches: string[] = []
  const consider = (name: string, hidden: boolean): void => {
    if (!matchesWildcard(pattern, name)) return
    if (hidden && !options.expandHidden && !(pattern.startsWith('.') && name.startsWith('.'))) return
    if (mayUse(context, name)) matches.push(name)
  }
  for (const [name, index] of catalog.indices) {
    if (index.closed ? !options.expandClosed : !options.expandOpen) continue
    consider(name, index.hidden)
  }
  for (const name of catalog.aliasNames) consider(name, isHiddenAlias(catalog, name))
  for (const [name, stream] of catalog.dataStreams) consider(name, stream.hidden)
  return matches.sort()
}

function isHiddenAlias(catalog: Catalog, name: string): boolean {
  const targets = catalog.findAlias(name)
  return [...(targets?.indices.values() ?? [])].some((record) => record.is_hidden === true)
}

/** A backing index may be used by whoever may use its data stream; an alias grants nothing on the indices behind it. */
function mayUse({ catalog, access, action }: NameContext, name: string): boolean {
  if (allowsAction(access, action, name)) return true
  const stream = catalog.findIndex(name)?.dataStream
  return stream !== undefined && allowsAction(access, action, stream)
}

/** Names that no index could have are an error of their own. */
function checkPlausible(name: string): void {
  if (name.startsWith('_')) throw invalidIndexName(name, "must not start with '_', '-', or '+'")
  if (name === '') throw indexNotFound('')
}

export function indexNotFound(name: string): ElkhornError {
  return new ElkhornError('index_not_found_exception', 404, `no such index [${name}]`, {
    details: { 'resource.type': 'index_or_alias', 'resource.id': name, index_uuid: '_na_', index: name },
  })
}

export function indexClosed(index: IndexState): ElkhornError {
  return new ElkhornError('index_closed_exception', 400, 'closed', { details: { index_uuid: index.uuid, index: index.name } })
}
