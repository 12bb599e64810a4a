import { DecimalLiteral, parseJsonLiterals } from '../../core/parse-json.ts'
import { printJson } from '../../core/print-json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { SourceOptions } from '../mapping/mapping.ts'
import { pickMembers } from './pick-members.ts'

/** Which parts of a document are shown. Patterns of full paths; `*` also stands for dots. No includes: everything. */
export interface SourceFilter {
  readonly includes: readonly string[]
  readonly excludes: readonly string[]
}

/** Field-level security: leaves are shown where it says so, by full path. */
export interface FieldGrant {
  readonly allows: (path: string) => boolean
}

/** `false`: the document is not shown at all; `true`: whole. */
export type SourceSelection = boolean | SourceFilter | FieldGrant

/** What a mapping's `_source` keeps of documents: it is stored whole here, and shown so. */
export function mappedSelection(options: SourceOptions | undefined): SourceSelection {
  if (options?.enabled === false || options?.mode === 'disabled') return false
  const { includes = [], excludes = [] } = options ?? {}
  return includes.length === 0 && excludes.length === 0 ? true : { includes, excludes }
}

/**
 * The JSON text of a document as far as all selections show it: byte for byte where nothing is filtered, with its numbers
 * as they were written where something is. `undefined` where a selection shows nothing.
 */
export function showSource(source: Uint8Array, selections: readonly SourceSelection[]): string | undefined {
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8')
  if (selections.some((selection) => selection === false)) return undefined
  const filters = selections.filter((selection) => typeof selection === 'object')
  if (filters.length === 0) return text
  const [only] = filters
  if (
    filters.length === 1 &&
    only !== undefined &&
    'includes' in only &&
    only.includes.length > 0 &&
    only.excludes.length === 0
  ) {
    const picked = pickMembers(text, only.includes)
    if (picked !== undefined) return picked
  }
  let value = parseJsonLiterals(text)
  for (const filter of filters) value = 'allows' in filter ? filterGranted(value, '', filter) : filterSource(value, filter)
  return printJson(value ?? {})
}

/** `undefined`: nothing of it may be seen. Objects that nothing is left of are left out. */
function filterGranted(value: unknown, path: string, grant: FieldGrant): unknown {
  if (isPlainObject(value)) {
    const kept: [string, unknown][] = []
    for (const [name, member] of Object.entries(value)) {
      const below = filterGranted(member, path === '' ? name : `${path}.${name}`, grant)
      if (below !== undefined) kept.push([name, below])
    }
    return kept.length > 0 || path === '' ? Object.fromEntries(kept) : undefined
  }
  if (Array.isArray(value)) {
    const kept = value.map((element: unknown) => filterGranted(element, path, grant)).filter((element) => element !== undefined)
    return kept.length > 0 || (value.length === 0 && grant.allows(path)) ? kept : undefined
  }
  return grant.allows(path) ? value : undefined
}

/** The parts of a parsed document that a filter lets through. */
export function filterSource(value: unknown, filter: SourceFilter): unknown {
  return isPlainObject(value) ? filterObject(value, '', filter.includes.length === 0, filter) : value
}

type PlainObject = Readonly<Record<string, unknown>>

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof DecimalLiteral)
}

function filterObject(object: PlainObject, path: string, included: boolean, filter: SourceFilter): PlainObject {
  const kept: [string, unknown][] = []
  for (const [name, value] of Object.entries(object)) {
    const full = path === '' ? name : `${path}.${name}`
    if (filter.excludes.some((pattern) => covers(pattern, full))) continue
    const isIncluded = included || filter.includes.some((pattern) => covers(pattern, full))
    const below = filterValue(value, full, isIncluded, filter)
    if (below !== undefined) kept.push([name, below])
  }
  return Object.fromEntries(kept)
}

/** `undefined`: nothing of it is wanted. */
function filterValue(value: unknown, path: string, included: boolean, filter: SourceFilter): unknown {
  if (isPlainObject(value)) {
    const below = filterObject(value, path, included, filter)
    return included || Object.keys(below).length > 0 ? below : undefined
  }
  if (Array.isArray(value)) {
    const kept = value
      .map((element: unknown) => filterValue(element, path, included, filter))
      .filter((element) => element !== undefined)
    return included || kept.length > 0 ? kept : undefined
  }
  return included ? value : undefined
}

/** What is below a match is decided by the match: `filterObject` passes it on. */
function covers(pattern: string, path: string): boolean {
  return matchesWildcard(pattern, path)
}
