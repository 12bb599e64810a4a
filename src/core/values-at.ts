import { isJsonObject, type JsonValue } from './json.ts'

export interface ValuesOptions {
  /** Nulls are values, too. */
  readonly nulls?: boolean
  /** Whether an array at the path is one value, and not several: a point of two numbers. */
  readonly isOne?: (array: readonly JsonValue[]) => boolean
}

/** All values at a path of a document: through arrays and objects, and under names that hold dots. */
export function valuesAt(document: JsonValue | undefined, path: string, options: ValuesOptions = {}): JsonValue[] {
  const values: JsonValue[] = []
  const walk = (value: JsonValue | undefined, rest: string): void => {
    if (value === undefined) return
    if (value === null) {
      if (rest === '' && options.nulls === true) values.push(null)
    } else if (Array.isArray(value)) {
      if (rest === '' && options.isOne?.(value) === true) values.push(value)
      else for (const element of value as readonly JsonValue[]) walk(element, rest)
    } else if (rest === '') values.push(value)
    else if (isJsonObject(value)) {
      for (const [name, below] of Object.entries(value)) {
        if (name === rest) walk(below, '')
        else if (rest.startsWith(`${name}.`)) walk(below, rest.slice(name.length + 1))
      }
    }
  }
  walk(document, path)
  return values
}
