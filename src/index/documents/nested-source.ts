import type { JsonObject } from '../../core/json.ts'
import { DecimalLiteral, parseJsonLiterals } from '../../core/parse-json.ts'
import { printJson } from '../../core/print-json.ts'
import type { NestedPlace } from '../../query/aggregation.ts'
import type { NestedObjects } from '../../query/nested-objects.ts'
import { showSource, type SourceSelection } from './source-filter.ts'

/** A nested object as its document's source has it, with numbers as they were written. */
export interface NestedSource {
  /** `_nested` of a hit: fields and offsets from the document inward. */
  readonly place: JsonObject
  /** A document of nothing but this object, at its full path: what reads documents by full paths reads the object. */
  readonly document: Uint8Array
  /** As far as all selections, whose paths are full, show it. `undefined` where one shows nothing. */
  show(selections: readonly SourceSelection[]): string | undefined
}

type PlainObject = Readonly<Record<string, unknown>>

/** `undefined` for an object that the source does not have. */
export function nestedSource(
  source: Uint8Array,
  { path, number }: NestedPlace,
  nested: readonly NestedObjects[],
): NestedSource | undefined {
  const parsed = parseJsonLiterals(Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8'))
  const found = isPlainObject(parsed) ? findObject(parsed, path, number, new Set(nested.map((one) => one.path))) : undefined
  if (found === undefined) return undefined
  const names = path.split('.')
  const document = Buffer.from(printJson(names.reduceRight<unknown>((value, name) => ({ [name]: value }), found.object)))
  return {
    place: placeOf(found.places),
    document,
    show(selections) {
      const text = showSource(document, selections)
      if (text === undefined) return undefined
      const shown = names.reduce<unknown>(
        (value, name) => (isPlainObject(value) ? value[name] : undefined),
        parseJsonLiterals(text),
      )
      return printJson(shown ?? {})
    },
  }
}

interface Place {
  readonly field: string
  readonly offset: number
}

function placeOf([first, ...rest]: readonly Place[]): JsonObject {
  if (first === undefined) return {}
  return { ...first, ...(rest.length > 0 && { _nested: placeOf(rest) }) }
}

interface Found {
  readonly object: PlainObject
  readonly places: readonly Place[]
}

/** The object of a path that is the given one in the order of the document: they are numbered as when it was stored. */
function findObject(document: PlainObject, path: string, number: number, nested: ReadonlySet<string>): Found | undefined {
  let before = 0
  const within = (holder: PlainObject, holderPath: string, places: readonly Place[]): Found | undefined => {
    const offsets = new Map<string, number>()
    const walk = (value: unknown, at: string): Found | undefined => {
      if (Array.isArray(value)) {
        for (const element of value as readonly unknown[]) {
          const found = walk(element, at)
          if (found) return found
        }
        return undefined
      }
      if (!isPlainObject(value)) return undefined
      if (!nested.has(at) || value === holder) return members(value, at)
      const offset = offsets.get(at) ?? 0
      offsets.set(at, offset + 1)
      const field = holderPath === '' ? at : at.slice(holderPath.length + 1)
      const inner = [...places, { field, offset }]
      if (at !== path) return within(value, at, inner)
      return before++ === number ? { object: value, places: inner } : undefined
    }
    const members = (object: PlainObject, at: string): Found | undefined => {
      for (const [name, value] of Object.entries(object)) {
        const full = at === '' ? name : `${at}.${name}`
        if (full !== path && !path.startsWith(`${full}.`)) continue
        const found = walk(value, full)
        if (found) return found
      }
      return undefined
    }
    return members(holder, holderPath)
  }
  return within(document, '', [])
}

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof DecimalLiteral)
}
