import { isJsonObject } from '../../core/json.ts'
import { DecimalLiteral } from '../../core/parse-json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'

/** Which parts of an answer are wanted: patterns of names between dots; `*` within a name, `**` for any names. */
export interface PathFilter {
  readonly includes: readonly Pattern[]
  readonly excludes: readonly Pattern[]
}

type Pattern = readonly string[]

/** `filter_path=hits.hits._id,-hits.hits._score`. `undefined` when everything is wanted. */
export function parsePathFilter(texts: readonly string[]): PathFilter | undefined {
  const patterns = texts.map((text) => text.trim()).filter((text) => text !== '')
  if (patterns.length === 0) return undefined
  return {
    includes: patterns.filter((text) => !text.startsWith('-')).map(splitPattern),
    excludes: patterns.filter((text) => text.startsWith('-')).map((text) => splitPattern(text.slice(1))),
  }
}

/** Names between dots; a backslash keeps a dot in a name. */
function splitPattern(text: string): Pattern {
  return text
    .replaceAll('\\.', '\u0000')
    .split('.')
    .map((part) => part.replaceAll('\u0000', '.'))
}

/** The wanted parts of a value; objects that nothing is left of are left out, and so are empty ones within arrays. */
export function filterJson(value: unknown, filter: PathFilter): unknown {
  const included = filter.includes.length === 0 ? value : include(value, filter.includes)
  if (included === undefined) return {}
  return filter.excludes.length === 0 ? included : (exclude(included, filter.excludes) ?? {})
}

/** Whether a leaf of this path would be kept. */
export function keepsPath(filter: PathFilter, path: readonly string[]): boolean {
  const covers = (patterns: readonly Pattern[]): boolean => {
    let states = patterns
    for (const name of path) {
      states = step(states, name)
      if (states.some(isDone)) return true
    }
    return false
  }
  return (filter.includes.length === 0 || covers(filter.includes)) && !covers(filter.excludes)
}

function include(value: unknown, patterns: readonly Pattern[]): unknown {
  if (patterns.some(isDone)) return value
  if (Array.isArray(value)) {
    const kept = value.map((element: unknown) => include(element, patterns)).filter((element) => element !== undefined)
    return kept.length > 0 ? kept : undefined
  }
  if (!isJsonObject(value) || value instanceof DecimalLiteral) return undefined
  const kept: [string, unknown][] = []
  for (const [name, member] of Object.entries(value)) {
    const below = include(member, step(patterns, name))
    if (below !== undefined) kept.push([name, below])
  }
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

function exclude(value: unknown, patterns: readonly Pattern[]): unknown {
  if (patterns.some(isDone)) return undefined
  if (patterns.length === 0) return value
  if (Array.isArray(value)) {
    const kept = value.map((element: unknown) => exclude(element, patterns)).filter((element) => element !== undefined)
    return kept.length > 0 || value.length === 0 ? kept : undefined
  }
  if (!isJsonObject(value) || value instanceof DecimalLiteral) return value
  const entries = Object.entries(value)
  const kept: [string, unknown][] = []
  for (const [name, member] of entries) {
    const below = exclude(member, step(patterns, name))
    if (below !== undefined) kept.push([name, below])
  }
  return kept.length > 0 || entries.length === 0 ? Object.fromEntries(kept) : undefined
}

const isDone = (pattern: Pattern): boolean => pattern.every((part) => part === '**')

/** What is left of the patterns after one name. */
function step(patterns: readonly Pattern[], name: string): readonly Pattern[] {
  const next: Pattern[] = []
  for (const pattern of patterns) {
    const [first, ...rest] = pattern
    if (first === undefined) continue
    if (first === '**') {
      next.push(pattern)
      for (const below of step([rest], name)) next.push(below)
    } else if (matchesWildcard(first, name)) next.push(rest)
  }
  return next
}
