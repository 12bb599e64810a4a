import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts'
import type { Outcome } from './compare.ts'
import { smaller } from './minimize.ts'

/** How often the two sides may be asked for one request. */
const MAX_ATTEMPTS = 150

/**
 * Whether a request holds several mistakes that both sides know, so that only the order differs in which they are found:
 * of each error there is a simpler request that both sides refuse with it.
 */
export async function isOrderOfErrors(
  body: JsonObject,
  [ours, theirs]: readonly [Outcome, Outcome],
  ask: (body: JsonObject) => Promise<readonly [Outcome, Outcome]>,
): Promise<boolean> {
  if (ours.status !== 400 || theirs.status !== 400) return false
  const left = new Set([ours.type, theirs.type])
  let attempts = 0
  for (const candidate of simpler(body)) {
    if (++attempts > MAX_ATTEMPTS) return false
    const [one, other] = await ask(candidate as JsonObject)
    if (one.status === 400 && other.status === 400 && one.type === other.type) left.delete(one.type)
    if (left.size === 0) return true
  }
  return false
}

function* simpler(body: JsonValue): Generator<JsonValue> {
  yield* smaller(body)
  yield* withoutOneQuery(body)
}

/** A clause gives way to one that nothing is wrong with. */
function* withoutOneQuery(value: JsonValue): Generator<JsonValue> {
  if (Array.isArray(value)) {
    for (const [at, inner] of value.entries()) for (const less of withoutOneQuery(inner)) yield value.with(at, less)
  } else if (isJsonObject(value)) {
    if (Object.keys(value).length === 1) yield { match_all: {} }
    for (const [name, inner] of Object.entries(value)) {
      if (inner !== undefined) for (const less of withoutOneQuery(inner)) yield { ...value, [name]: less }
    }
  }
}
