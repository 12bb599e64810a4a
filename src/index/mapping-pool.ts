import { createHash } from 'node:crypto'
import type { JsonObject } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import { printJson } from '../core/print-json.ts'
import { compileMapping, type CompiledMapping } from './mapping/compile-mapping.ts'
import { parseMapping } from './mapping/parse-mapping.ts'
import { printMapping } from './mapping/print-mapping.ts'

/** A mapping as it is kept: its JSON, and which field has which ordinal. */
export interface MappingRecord {
  readonly mapping: JsonObject
  /** Field paths by ordinal. */
  readonly paths: readonly string[]
}

/** A mapping that one or many indices have. Compiled at first use: of 3,000 daily indices few are ever touched. */
export interface PooledMapping {
  readonly key: string
  readonly compiled: CompiledMapping
}

/**
 * Mappings by content. The daily indices of a stream have the same one, so it is kept, loaded and compiled once; a
 * mapping that no index has any more is deleted.
 */
export class MappingPool {
  readonly #section: MetadataSection<MappingRecord>
  readonly #mappings = new Map<string, Entry>()

  constructor(store: MetadataStore) {
    this.#section = store.section<MappingRecord>('mappings')
  }

  /** The pool's mapping for a compiled one. `write` makes it durable, in the journal before whoever refers to it. */
  intern(compiled: CompiledMapping): PooledMapping {
    const record: MappingRecord = { mapping: printMapping(compiled.mapping), paths: compiled.paths }
    const key = createHash('sha256').update(printJson(record)).digest('base64url').slice(0, 22)
    let entry = this.#mappings.get(key)
    if (!entry) {
      entry = new Entry(key, record, compiled)
      this.#mappings.set(key, entry)
    }
    return entry
  }

  /** The mapping that an index record names. @throws Error when the store has none: the data folder is damaged */
  load(key: string): PooledMapping {
    let entry = this.#mappings.get(key)
    if (!entry) {
      const record = this.#section.get(key)
      if (!record) throw new Error(`the metadata store has no mapping [${key}]`)
      entry = new Entry(key, record, undefined)
      this.#mappings.set(key, entry)
    }
    return entry
  }

  /** One more index has this mapping. Resolves when the mapping is durable. */
  hold(mapping: PooledMapping): Promise<void> {
    const entry = this.#entry(mapping)
    entry.holders += 1
    return this.#section.has(entry.key) ? Promise.resolve() : this.#section.put(entry.key, entry.record)
  }

  /** One index less has it. Call this after the index's record was changed, so that the journal never refers to nothing. */
  release(mapping: PooledMapping): void {
    const entry = this.#entry(mapping)
    entry.holders -= 1
    if (entry.holders > 0) return
    this.#mappings.delete(entry.key)
    // Failing is harmless: what no index names is dropped at the next start.
    this.#section.delete(entry.key).catch(() => undefined)
  }

  /** Forgets what no index holds: left over from a crash between two journal entries. */
  sweep(): void {
    for (const [key] of this.#section.entries()) {
      if (!this.#mappings.has(key)) this.#section.delete(key).catch(() => undefined)
    }
  }

  #entry(mapping: PooledMapping): Entry {
    const entry = this.#mappings.get(mapping.key)
    if (entry) return entry
    const added = new Entry(
      mapping.key,
      { mapping: printMapping(mapping.compiled.mapping), paths: mapping.compiled.paths },
      mapping.compiled,
    )
    this.#mappings.set(mapping.key, added)
    return added
  }
}

class Entry implements PooledMapping {
  readonly key: string
  readonly record: MappingRecord
  holders = 0
  #compiled: CompiledMapping | undefined

  constructor(key: string, record: MappingRecord, compiled: CompiledMapping | undefined) {
    this.key = key
    this.record = record
    this.#compiled = compiled
  }

  get compiled(): CompiledMapping {
    this.#compiled ??= compileMapping(parseMapping(this.record.mapping), this.record.paths)
    return this.#compiled
  }
}
