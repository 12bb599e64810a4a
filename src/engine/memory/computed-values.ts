import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type ComputeValues, docValueOrder, type DocumentValues } from '../../query/computed/computation.ts'
import { isMetadata, metadataValues } from '../../query/computed/metadata-values.ts'
import type { FieldValue } from '../../query/field.ts'
import type { SearchTarget } from '../engine.ts'
import type { MemoryDocument } from './document.ts'

/** Documents with the values that scripts make of them, each made when it is first asked for. */
export function withComputed(documents: readonly MemoryDocument[], target: SearchTarget): readonly MemoryDocument[] {
  const { computed } = target
  if (!computed) return documents
  const running = new Map<string, ComputeValues>()
  const valuesOf = (document: MemoryDocument): ComputedValues => new ComputedValues(document, computed, running)
  return documents.map((document) => {
    const seen = new Map<MemoryDocument, MemoryDocument>()
    /** An object is among those of its document and of what it lies within, and is one and the same. */
    const withValues = (one: MemoryDocument): MemoryDocument => {
      const known = seen.get(one)
      if (known) return known
      const objects = new Map<string, readonly MemoryDocument[]>()
      const object = one.object && { ...one.object, around: one.object.around.map((outer) => seen.get(outer) ?? outer) }
      const made = { ...one, values: valuesOf(one), objects, ...(object && { object }) }
      seen.set(one, made)
      for (const [path, inside] of one.objects) objects.set(path, inside.map(withValues))
      return made
    }
    return withValues(document)
  })
}

/** A document's values, computed ones included. */
export class ComputedValues extends Map<string, readonly FieldValue[]> {
  readonly #view: DocumentValues
  readonly #fields: NonNullable<SearchTarget['computed']>
  readonly #running: Map<string, ComputeValues>
  /** What its query gives the document. */
  score = 0

  constructor(document: MemoryDocument, fields: NonNullable<SearchTarget['computed']>, running: Map<string, ComputeValues>) {
    super(document.values)
    this.#view = documentView({ ...document, values: this })
    this.#fields = fields
    this.#running = running
  }

  isComputed(path: string): boolean {
    return this.#fields.computed(path) !== undefined
  }

  /** What a script makes of the score of a query. */
  scored(path: string, score: number): number {
    const compute = this.#compute(path)
    return compute ? Number(compute({ ...this.#view, score })[0] ?? 0) : 0
  }

  #compute(path: string): ComputeValues | undefined {
    let compute = this.#running.get(path)
    const computation = this.#fields.computed(path)?.computation
    if (!compute && computation) this.#running.set(path, (compute = computation.open()))
    return compute
  }

  override get(path: string): readonly FieldValue[] | undefined {
    if (super.has(path)) return super.get(path)
    const compute = this.#compute(path)
    if (!compute) return undefined
    const values = compute({ ...this.#view, score: this.score })
    super.set(path, values)
    return values.length > 0 ? values : undefined
  }

  override has(path: string): boolean {
    return this.isComputed(path) ? (this.get(path)?.length ?? 0) > 0 : super.has(path)
  }
}

/** What scripts see of a document, but for its score. */
export function documentView(document: MemoryDocument): DocumentValues {
  return {
    values: (field) =>
      isMetadata(field) ? metadataValues(field, document) : docValueOrder(document.values.get(field.path) ?? []),
    score: 0,
    source: () => sourceOf(document),
  }
}

function sourceOf({ source }: MemoryDocument): JsonObject {
  const parsed = JSON.parse(Buffer.from(source).toString('utf8')) as JsonValue
  return isJsonObject(parsed) ? parsed : {}
}
