import type { Principal } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import { printJson } from '../../core/print-json.ts'
import { getMember, setMember } from '../../script/painless/values/maps.ts'
import { classNameOf } from '../../script/painless/values/value.ts'

/** Where a document goes: members of a document's context beside its fields. */
export const METADATA_FIELDS = [
  '_index',
  '_type',
  '_id',
  '_routing',
  '_version',
  '_version_type',
  '_if_seq_no',
  '_if_primary_term',
  '_dynamic_templates',
] as const

type Fields = Record<string, unknown>

/**
 * A document on its way through ingest pipelines: its fields and where it goes in one object, as pipelines and scripts see
 * it, and what the pipelines say of themselves (`_ingest`). Numbers are as `parseEventJson` reads them.
 */
export class IngestDocument {
  /** Fields and metadata. */
  context: Fields
  /** `_ingest.timestamp`, `_ingest.pipeline`, `_ingest.on_failure_message`, … */
  readonly ingest: Fields
  /** Set by `drop`. */
  dropped = false
  /** Set by `terminate` and `reroute`: no further processor of the pipelines around. */
  ended = false
  /** Pipelines that it is in, the outermost first. */
  readonly pipelines: string[] = []
  /** Ids of all pipelines that it came through, each time it did. */
  readonly executed: string[] = []
  /** Told of each processor, where somebody wants to see them all. */
  observe: ((report: never) => void) | undefined

  /** Who sent it, where that is known. */
  readonly principal: Principal | undefined

  constructor(context: Fields, ingest: Fields, principal?: Principal) {
    this.context = context
    this.ingest = ingest
    this.principal = principal
  }

  /** What templates and scripts see: the context, and `_ingest` and `_source` in it. */
  model(): Fields {
    return { ...this.context, _ingest: this.ingest, _source: this.context }
  }

  has(path: string): boolean {
    const { root, keys } = this.#resolve(path)
    let value: unknown = root
    for (const key of keys) {
      if (Array.isArray(value)) {
        if (!/^\d+$/.test(key) || Number(key) >= value.length) return false
        value = value[Number(key)]
      } else if (isMap(value) && Object.hasOwn(value, key)) value = value[key]
      else return false
    }
    return true
  }

  /** @throws ElkhornError `illegal_argument_exception` where the path leads nowhere */
  get(path: string): unknown {
    const { root, keys } = this.#resolve(path)
    return keys.reduce<unknown>((value, key) => child(value, key, path), root)
  }

  /** `undefined` where the path leads nowhere. */
  find(path: string): unknown {
    return this.has(path) ? this.get(path) : undefined
  }

  /** A field that has to be a text. @throws ElkhornError */
  text(path: string): string {
    const value = this.get(path)
    if (typeof value !== 'string') throw wrongType(path, value, 'java.lang.String')
    return value
  }

  /** Objects on the way are made. @throws ElkhornError where something else stands there */
  set(path: string, value: unknown): void {
    const { root, keys } = this.#resolve(path)
    let parent: unknown = root
    for (const key of keys.slice(0, -1)) {
      if (isMap(parent)) {
        if (!Object.hasOwn(parent, key)) setMember(parent, key, {})
        parent = parent[key]
      } else parent = child(parent, key, path)
    }
    const last = keys[keys.length - 1] ?? ''
    if (isMap(parent)) setMember(parent, last, value)
    else if (Array.isArray(parent)) parent[listIndex(parent, last, path)] = value
    else if (parent === null) throw illegalArgument(`cannot set [${last}] with null parent as part of path [${path}]`)
    else {
      throw illegalArgument(`cannot set [${last}] with parent object of type [${classNameOf(parent)}] as part of path [${path}]`)
    }
  }

  /** Adds values to a list; what stands there alone becomes the first of a list. */
  append(path: string, values: readonly unknown[], allowDuplicates = true): void {
    const before = this.find(path)
    const list: unknown[] = before === undefined || before === null ? [] : Array.isArray(before) ? before : [before]
    for (const value of values) if (allowDuplicates || !list.some((one) => same(one, value))) list.push(value)
    this.set(path, list)
  }

  /** @throws ElkhornError where there is nothing */
  remove(path: string): void {
    const { root, keys } = this.#resolve(path)
    const last = keys[keys.length - 1] ?? ''
    const parent = keys.slice(0, -1).reduce<unknown>((value, key) => child(value, key, path), root)
    if (isMap(parent)) {
      if (!Object.hasOwn(parent, last)) throw notPresent(last, path)
      delete parent[last]
    } else if (Array.isArray(parent)) parent.splice(listIndex(parent, last, path), 1)
    else if (parent === null) throw illegalArgument(`cannot remove [${last}] from null as part of path [${path}]`)
    else throw illegalArgument(`cannot remove [${last}] from object of type [${classNameOf(parent)}] as part of path [${path}]`)
  }

  #resolve(path: string): { readonly root: unknown; readonly keys: readonly string[] } {
    if (path === '') throw illegalArgument('path cannot be null nor empty')
    if (path.startsWith('_ingest.')) return { root: this.ingest, keys: split(path.slice(8), path) }
    if (path.startsWith('_source.')) return { root: this.context, keys: split(path.slice(8), path) }
    return { root: this.context, keys: split(path, path) }
  }
}

function split(text: string, path: string): readonly string[] {
  const keys = text.split('.')
  if (text === '' || keys.every((key) => key === '')) throw illegalArgument(`path [${path}] is not valid`)
  return keys
}

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && classNameOf(value) === 'java.util.HashMap'
}

function child(value: unknown, key: string, path: string): unknown {
  if (isMap(value)) {
    if (!Object.hasOwn(value, key)) throw notPresent(key, path)
    return getMember(value, key)
  }
  if (Array.isArray(value)) return value[listIndex(value, key, path)]
  if (value === null || value === undefined) throw illegalArgument(`cannot resolve [${key}] from null as part of path [${path}]`)
  throw illegalArgument(`cannot resolve [${key}] from object of type [${classNameOf(value)}] as part of path [${path}]`)
}

function listIndex(list: readonly unknown[], key: string, path: string): number {
  if (!/^-?\d+$/.test(key)) {
    throw illegalArgument(`[${key}] is not an integer, cannot be used as an index as part of path [${path}]`)
  }
  const index = Number(key)
  if (index < 0 || index >= list.length) {
    throw illegalArgument(`[${key}] is out of bounds for array with length [${list.length}] as part of path [${path}]`)
  }
  return index
}

const notPresent = (key: string, path: string): Error => illegalArgument(`field [${key}] not present as part of path [${path}]`)

export function wrongType(path: string, value: unknown, wanted: string): Error {
  if (value === null || value === undefined) return illegalArgument(`field [${path}] is null, cannot be cast to [${wanted}]`)
  return illegalArgument(`field [${path}] of type [${classNameOf(value)}] cannot be cast to [${wanted}]`)
}

/** Whether two values of documents are equal. */
export function same(a: unknown, b: unknown): boolean {
  return printJson(a) === printJson(b)
}
