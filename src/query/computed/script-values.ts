import { Float } from '../../core/float.ts'
import { parseIp } from '../../core/ip.ts'
import { illegalArgument } from '../../core/errors.ts'
import { BigInteger } from '../../script/painless/values/big-integer.ts'
import { collectionOf, JavaCollection } from '../../script/painless/values/collections.ts'
import { GeoPointValue } from '../../script/painless/values/doc-values.ts'
import { JavaError } from '../../script/painless/java-error.ts'
import { toJson } from '../../script/painless/values/json.ts'
import { Moment } from '../../script/painless/values/temporal.ts'
import { textOf } from '../../script/painless/values/text.ts'
import { kindOf, LONG, NOT_A_NUMBER_CLASS, numberOf, type Value } from '../../script/painless/values/value.ts'
import type { FieldType, FieldValue } from '../field.ts'

/**
 * What a script returned as values of a field: none for null, several for a list.
 * @throws ElkhornError `aggregation_execution_exception`-like (400) for what the type cannot hold
 */
export function fieldValuesOf(returned: Value, type: FieldType): readonly FieldValue[] {
  if (returned === null || returned === undefined) return []
  if (Array.isArray(returned) || returned instanceof JavaCollection) {
    checkFinite(returned, type)
    return collectionOf(returned)
      .snapshot()
      .flatMap((one) => fieldValuesOf(one, type))
  }
  switch (type) {
    case 'double':
      return [numberValue(returned)]
    case 'long':
    case 'date': {
      if (returned instanceof Moment) return [returned.epochMilli]
      if (kindOf(returned) === LONG && typeof returned === 'bigint') return [returned]
      return [Math.trunc(numberValue(returned))]
    }
    case 'boolean':
      if (typeof returned === 'boolean') return [returned]
      return [textOf(returned) === 'true']
    case 'ip': {
      const bytes = parseIp(textOf(returned))
      if (!bytes) throw illegalArgument(`'${textOf(returned)}' is not an IP string literal.`)
      return [bytes]
    }
    case 'geo_point':
      if (returned instanceof GeoPointValue) return [{ lat: returned.lat, lon: returned.lon }]
      return typeof returned === 'object' && 'lat' in returned && 'lon' in returned
        ? [{ lat: Number(returned.lat), lon: Number(returned.lon) }]
        : []
    default:
      checkFinite(returned, type)
      return [textOf(returned)]
  }
}

function numberValue(value: Value): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Moment) return value.epochMilli
  if (value instanceof BigInteger) return Number(value.value)
  if (typeof value === 'number' || value instanceof Float || kindOf(value) !== NOT_A_NUMBER_CLASS) return numberOf(value)
  throw illegalArgument(`Unsupported script value [${textOf(value)}], expected a number, date, or boolean`)
}

/** @throws ElkhornError 400 for a list or map that contains itself */
function checkFinite(value: Value, type: FieldType): void {
  if (typeof value !== 'object' || value === null) return
  try {
    toJson(value)
  } catch (error) {
    const holder = type === 'double' ? 'ScriptDoubleValues' : type === 'keyword' ? 'ScriptBytesValues' : 'ScriptLongValues'
    throw error instanceof JavaError ? illegalArgument(`${error.text ?? error.className} (${holder} value)`) : error
  }
}
