import { Float } from '../../core/float.ts'
import { ElkhornError } from '../../core/errors.ts'
import { reasonOf } from '../../core/reason.ts'
import { parseTemplate } from '../../script/mustache/parse.ts'
import { renderTemplate } from '../../script/mustache/render.ts'
import { classNameOf } from '../../script/painless/values/value.ts'
import { isMap, type IngestDocument } from './ingest-document.ts'
import { configError } from './processor.ts'

/** A value that may hold templates, filled in for each document. */
export type Template<T> = (document: IngestDocument) => T

/** Reads the properties of one processor; what nobody asked for is refused by `finish`. */
export class ProcessorConfig {
  readonly type: string
  readonly tag: string | undefined
  readonly #values: Map<string, unknown>

  constructor(type: string, values: Readonly<Record<string, unknown>>) {
    this.type = type
    this.#values = new Map(Object.entries(values))
    const tag = this.take('tag')
    this.tag = typeof tag === 'string' ? tag : undefined
  }

  error(property: string, reason: string): ElkhornError {
    return configError(reason, this.type, this.tag, property)
  }

  /** @throws ElkhornError where properties are left */
  finish(): void {
    const left = [...this.#values.keys()]
    if (left.length === 0) return
    throw configError(
      `processor [${this.type}] doesn't support one or more provided configuration parameters [${left.join(', ')}]`,
      this.type,
      this.tag,
      undefined,
    )
  }

  /** `undefined` where it is missing or null. */
  take(property: string): unknown {
    const value = this.#values.get(property)
    this.#values.delete(property)
    return value ?? undefined
  }

  required(property: string): unknown {
    const value = this.take(property)
    if (value === undefined) throw this.error(property, 'required property is missing')
    return value
  }

  optionalText(property: string): string | undefined {
    const value = this.take(property)
    return value === undefined ? undefined : this.#text(property, value)
  }

  text(property: string, fallback?: string): string {
    const value = this.optionalText(property)
    if (value !== undefined) return value
    if (fallback !== undefined) return fallback
    throw this.error(property, 'required property is missing')
  }

  #text(property: string, value: unknown): string {
    if (typeof value === 'string') return value
    throw this.error(property, `property isn't a string, but of type [${classNameOf(value)}]`)
  }

  flag(property: string, fallback: boolean): boolean {
    const value = this.take(property)
    if (value === undefined) return fallback
    if (typeof value === 'boolean') return value
    throw this.error(property, `property isn't a boolean, but of type [${classNameOf(value)}]`)
  }

  integer(property: string, fallback?: number): number {
    const value = this.take(property) ?? fallback
    if (value === undefined) throw this.error(property, 'required property is missing')
    const number = value instanceof Float ? value.value : Number(value)
    if (Number.isInteger(number)) return number
    throw this.error(property, `property cannot be converted to an int [${String(value)}]`)
  }

  number(property: string): number {
    const value = this.required(property)
    const number = value instanceof Float ? value.value : Number(value)
    if (Number.isFinite(number)) return number
    throw this.error(property, `property cannot be converted to a double [${String(value)}]`)
  }

  choice<const Name extends string>(property: string, names: readonly Name[], fallback: Name): Name {
    const value = this.optionalText(property) ?? fallback
    const found = names.find((name) => name === value.toLowerCase())
    if (found === undefined) throw this.error(property, `[${value}] is not one of [${names.join(', ')}]`)
    return found
  }

  optionalList(property: string): readonly unknown[] | undefined {
    const value = this.take(property)
    if (value === undefined) return undefined
    if (Array.isArray(value)) return value
    throw this.error(property, `property isn't a list, but of type [${classNameOf(value)}]`)
  }

  /** One text or a list of them. */
  texts(property: string, fallback?: readonly string[]): readonly string[] {
    const value = this.take(property)
    if (value === undefined) {
      if (fallback === undefined) throw this.error(property, 'required property is missing')
      return fallback
    }
    return Array.isArray(value) ? value.map((one) => this.#text(property, one)) : [this.#text(property, value)]
  }

  optionalMap(property: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.take(property)
    if (value === undefined) return undefined
    if (isMap(value)) return value
    throw this.error(property, `property isn't a map, but of type [${classNameOf(value)}]`)
  }

  /** A text that may hold `{{fields}}`. */
  template(property: string, fallback?: string): Template<string> {
    return this.templateOf(property, this.text(property, fallback))
  }

  templateOf(property: string, text: string): Template<string> {
    if (!text.includes('{{')) return () => text
    try {
      const nodes = parseTemplate(text)
      return (document) => renderTemplate(nodes, document.model(), 'json')
    } catch (error) {
      const cause = error instanceof ElkhornError ? (error.causedBy ?? error) : error
      throw this.error(property, reasonOf(cause))
    }
  }

  /** Any value, whose texts (and keys) may hold templates; each document gets a copy of its own. */
  valueTemplate(property: string, value: unknown): Template<unknown> {
    if (typeof value === 'string') return this.templateOf(property, value)
    if (Array.isArray(value)) {
      const items = value.map((one) => this.valueTemplate(property, one))
      return (document) => items.map((item) => item(document))
    }
    if (isMap(value)) {
      const members = Object.entries(value).map(
        ([key, one]) => [this.templateOf(property, key), this.valueTemplate(property, one)] as const,
      )
      return (document) => Object.fromEntries(members.map(([key, one]) => [key(document), one(document)]))
    }
    return () => value
  }
}
