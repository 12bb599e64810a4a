import { isJsonObject, type JsonValue } from '../../src/core/json.ts'

/** How often the two sides may be asked for one request. */
const MAX_ATTEMPTS = 120

/** The smallest body found, by taking parts away, that `fails` still. */
export async function minimize<T extends JsonValue>(body: T, fails: (body: T) => Promise<boolean>): Promise<T> {
  let smallest = body
  let attempts = 0
  for (let progress = true; progress;) {
    progress = false
    for (const candidate of smaller(smallest)) {
      if (++attempts > MAX_ATTEMPTS) return smallest
      if (!(await fails(candidate as T))) continue
      smallest = candidate as T
      progress = true
      break
    }
  }
  return smallest
}

/** All values with one part less: a member, an element, or a level of nesting. Big steps come first. */
export function* smaller(value: JsonValue): Generator<JsonValue> {
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) yield value.toSpliced(at, 1)
    for (const [at, inner] of value.entries()) for (const less of smaller(inner)) yield value.with(at, less)
  } else if (isJsonObject(value)) {
    const entries = Object.entries(value)
    for (const [name] of entries) yield Object.fromEntries(entries.filter(([other]) => other !== name)) as JsonValue
    for (const [name, inner] of entries) {
      if (inner === undefined) continue
      for (const inside of within(inner)) yield { ...value, [name]: inside }
      for (const less of smaller(inner)) yield { ...value, [name]: less }
    }
  }
}

/** Objects inside of an object, which may stand in its place: a query of a compound one. */
function* within(value: JsonValue, depth = 0): Generator<JsonValue> {
  if (depth > 2 || typeof value !== 'object' || value === null) return
  for (const inner of Object.values(value) as JsonValue[]) {
    if (isJsonObject(inner) && depth > 0) yield inner
    yield* within(inner, depth + 1)
  }
}
