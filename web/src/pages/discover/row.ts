import { isJsonObject } from '../../../../src/core/json.ts'
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts'
import { parseJsonExact } from '../../../../src/core/parse-json.ts'
import type { Hit } from '../../../../src/ui-api/wire/query.ts'
import { valuesAt } from '../../../../src/ui-api/wire/values-at.ts'

/** A document in a table. Its text is read only when it comes into sight: most of 100,000 never do. */
export class Row {
  readonly index: string
  readonly id: string
  readonly source: string
  readonly sort: Hit['sort']
  /** Epoch milliseconds; `NaN` where it has no readable time. */
  readonly time: number
  #document: JsonObject | undefined

  constructor({ _index: index, _id: id, _source: source, sort }: Hit, timeField: string, timeIsFirstSort: boolean) {
    this.index = index
    this.id = id
    this.source = source
    this.sort = sort
    const sorted = timeIsFirstSort ? sort?.[0] : undefined
    this.time = typeof sorted === 'number' ? sorted : timeOf(this.values(timeField)[0])
  }

  /** Unique among all documents. */
  get key(): string {
    return `${this.index}/${this.id}`
  }

  get document(): JsonObject {
    if (this.#document === undefined) {
      const value = parseJsonExact(this.source)
      this.#document = isJsonObject(value) ? value : {}
    }
    return this.#document
  }

  values(field: string): JsonValue[] {
    return valuesAt(this.document, field)
  }
}

function timeOf(value: JsonValue | undefined): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}

/** A value as a reader sees it: text as it is, objects as JSON, whole numbers beyond 2^53 with all their digits. */
export function valueText(value: JsonValue): string {
  if (value === null) return 'null'
  if (typeof value === 'object')
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
  return String(value)
}

/**
 * All leaves of a document by their full path, arrays kept together, in the document's own order.
 *
 * @param isWhole whether what lies at a path is one value even if it is an object: a point on the map
 */
export function flatten(document: JsonObject, isWhole: (path: string) => boolean = () => false): Map<string, JsonValue[]> {
  const found = new Map<string, JsonValue[]>()
  const visit = (value: JsonValue | undefined, path: string): void => {
    if (value === undefined) return
    if (Array.isArray(value) && value.some(isJsonObject)) {
      for (const element of value as readonly JsonValue[]) visit(element, path)
    } else if (isJsonObject(value) && !isWhole(path)) {
      const entries = Object.entries(value)
      if (entries.length === 0) add(path, value)
      for (const [name, member] of entries) visit(member, path === '' ? name : `${path}.${name}`)
    } else {
      for (const element of Array.isArray(value) ? (value as readonly JsonValue[]) : [value]) add(path, element)
    }
  }
  const add = (path: string, value: JsonValue): void => {
    const values = found.get(path)
    if (values === undefined) found.set(path, [value])
    else values.push(value)
  }
  visit(document, '')
  return found
}
