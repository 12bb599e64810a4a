import { illegalArgument } from '../java-error.ts'
import { isList, listOf } from '../values/collections.ts'
import { JavaMap, mapOf } from '../values/maps.ts'
import { isPlainMap, type Value } from '../values/value.ts'

/**
 * What a path of keys and indexes leads to within lists and maps: `a.b.0`.
 * @throws JavaError `illegal_argument_exception` where it leads nowhere and nothing stands in for it
 */
export function pathValue(root: Value, path: string, fallback?: { readonly missing: Value }): Value {
  if (path === '') throw illegalArgument('Missing path')
  let value = root
  for (const key of path.split('.')) {
    if (isPlainMap(value) || value instanceof JavaMap) {
      const map = mapOf(value)
      if (!map.has(key)) return absent(path, fallback)
      value = map.get(key)
    } else if (isList(value)) {
      if (!/^\d+$/.test(key)) {
        if (fallback) return fallback.missing
        throw illegalArgument(`Could not parse [${key}] as a int index into list at path [${path}] `)
      }
      const { items } = listOf(value)
      if (Number(key) >= items.length) return absent(path, fallback)
      value = items[Number(key)] ?? null
    } else return absent(path, fallback)
  }
  return value
}

function absent(path: string, fallback: { readonly missing: Value } | undefined): Value {
  if (fallback) return fallback.missing
  throw illegalArgument(`Could not find value at path [${path}]`)
}
