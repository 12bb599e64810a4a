import { isFields, setOwn, type Event, type FieldValue, type Fields } from './event.ts'

/** References kept compiled; references made from event values beyond that are compiled each time. */
const MAX_CACHED_PATHS = 10_000
const MAX_CACHED_LENGTH = 512

/** The event does not have the shape that a reference asks for: `[a][b]` where `a` is a string. */
export class FieldPathError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FieldPathError'
  }
}

/**
 * A reference to a field: `name`, `[name]`, `[outer][inner]`, `[list][0]`, `[@metadata][name]`.
 *
 * A dotted name without brackets in between (`device.id`, `[device.id]`) is first the field of that very name; where
 * there is none, it is the nested path. Writing follows reading: it changes the nested value when only that exists, and
 * otherwise makes the flat field, which indexing expands.
 */
export class FieldPath {
  /** As it was written. */
  readonly text: string
  /** Names from the outside in, without `@metadata`. Empty for `[@metadata]` itself. */
  readonly keys: readonly string[]
  readonly scope: 'fields' | 'metadata'
  /** The nested path that a dotted name falls back to. */
  readonly nested: FieldPath | undefined
  readonly #first: string
  /** Some name is one that plain objects inherit: only own properties count. */
  readonly #guarded: boolean

  constructor(text: string, keys: readonly string[], scope: 'fields' | 'metadata', nested: FieldPath | undefined) {
    this.text = text
    this.keys = keys
    this.scope = scope
    this.nested = nested
    this.#first = keys[0] ?? ''
    this.#guarded = keys.some((key) => key in Object.prototype)
  }

  get(event: Event): FieldValue | undefined {
    const root = this.scope === 'fields' ? event.fields : event.metadata
    if (this.keys.length === 1 && !this.#guarded) {
      const value = root[this.#first]
      return value === undefined && this.nested !== undefined ? this.nested.get(event) : value
    }
    let value: FieldValue | undefined = root
    for (const key of this.keys) {
      value = child(value, key)
      if (value === undefined) return this.nested?.get(event)
    }
    return value
  }

  has(event: Event): boolean {
    return this.get(event) !== undefined
  }

  /** Makes the objects in between. @throws FieldPathError when something else is in the way. */
  set(event: Event, value: FieldValue): void {
    const root = this.scope === 'fields' ? event.fields : event.metadata
    if (this.nested !== undefined && !this.#hasFlat(event) && this.nested.has(event)) {
      this.nested.set(event, value)
      return
    }
    if (this.keys.length === 1) {
      setOwn(root, this.#first, value)
      return
    }
    if (this.keys.length === 0) {
      if (!isFields(value)) throw new FieldPathError(`[@metadata] must be an object, not ${describe(value)}`)
      event.metadata = value
      return
    }
    let target: FieldValue = root
    for (let i = 0; i < this.keys.length - 1; i++) {
      const key = this.keys[i] ?? ''
      const next: FieldValue | undefined = child(target, key)
      if (next === undefined || next === null) {
        const made: Fields = {}
        this.#put(target, key, made)
        target = made
      } else target = next
    }
    this.#put(target, this.keys.at(-1) ?? '', value)
  }

  /** Takes the field out of the event. Answers what it held. */
  remove(event: Event): FieldValue | undefined {
    const root = this.scope === 'fields' ? event.fields : event.metadata
    if (this.keys.length === 0) {
      const all = event.metadata
      event.metadata = {}
      return all
    }
    let parent: FieldValue | undefined = root
    for (let i = 0; i < this.keys.length - 1; i++) {
      parent = child(parent, this.keys[i] ?? '')
      if (parent === undefined) return this.nested?.remove(event)
    }
    const key = this.keys.at(-1) ?? ''
    const value = child(parent, key)
    if (value === undefined) return this.nested?.remove(event)
    if (Array.isArray(parent)) parent.splice(arrayIndex(parent, key) ?? 0, 1)
    else if (isFields(parent)) delete parent[key]
    return value
  }

  toString(): string {
    return this.text
  }

  #hasFlat(event: Event): boolean {
    return child(this.scope === 'fields' ? event.fields : event.metadata, this.#first) !== undefined
  }

  #put(target: FieldValue, key: string, value: FieldValue): void {
    if (Array.isArray(target)) {
      const index = arrayIndex(target, key) ?? (/^\d+$/.test(key) && Number(key) === target.length ? target.length : undefined)
      if (index === undefined)
        throw new FieldPathError(`field [${this.text}]: an array of ${target.length} has no place [${key}]`)
      target[index] = value
    } else if (isFields(target)) setOwn(target, key, value)
    else throw new FieldPathError(`field [${this.text}]: [${key}] cannot be set within ${describe(target)}`)
  }
}

const cache = new Map<string, FieldPath>()

/** Compiles a reference. Text that is no well-formed reference is a field of that very name, as in Logstash. */
export function fieldPath(reference: string): FieldPath {
  const known = cache.get(reference)
  if (known !== undefined) return known
  const path = compile(reference)
  if (cache.size < MAX_CACHED_PATHS && reference.length <= MAX_CACHED_LENGTH) cache.set(reference, path)
  return path
}

function compile(reference: string): FieldPath {
  const keys = splitReference(reference) ?? [reference]
  if (keys[0] === '@metadata') return new FieldPath(reference, keys.slice(1), 'metadata', undefined)
  return new FieldPath(reference, keys, 'fields', nestedPath(reference, keys))
}

/** `[a.b][c]` may mean `[a][b][c]`: only where each part between the dots has a name. */
function nestedPath(reference: string, keys: readonly string[]): FieldPath | undefined {
  if (!keys.some((key) => key.includes('.'))) return undefined
  const parts = keys.flatMap((key) => key.split('.'))
  return parts.every((part) => part !== '') ? new FieldPath(reference, parts, 'fields', undefined) : undefined
}

/** The names between the brackets; `undefined` when the text is not made of brackets alone. */
export function splitReference(reference: string): string[] | undefined {
  if (!reference.startsWith('[')) return undefined
  const keys: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < reference.length; i++) {
    const char = reference[i]
    if (char === '[') {
      if (depth === 0) start = i + 1
      depth += 1
    } else if (char === ']') {
      depth -= 1
      if (depth < 0) return undefined
      if (depth === 0) keys.push(reference.slice(start, i))
    } else if (depth === 0) return undefined
  }
  return depth === 0 ? keys : undefined
}

function child(value: FieldValue | undefined, key: string): FieldValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    const index = arrayIndex(value, key)
    return index === undefined ? undefined : value[index]
  }
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** Negative places count from the end. */
function arrayIndex(list: readonly FieldValue[], key: string): number | undefined {
  if (!/^-?\d{1,9}$/.test(key)) return undefined
  const index = Number(key) < 0 ? list.length + Number(key) : Number(key)
  return index >= 0 && index < list.length ? index : undefined
}

function describe(value: FieldValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
