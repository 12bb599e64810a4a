import { illegalArgument } from '../../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../../core/json.ts'
import { bucketScriptContext, bucketSelectorContext } from '../../../script/painless/contexts/buckets.ts'
import { parseScriptReference } from '../../../script/script-request.ts'
import { computedFields } from '../../bind/context.ts'
import { oneOf, raw, readObject, text } from '../../dsl/reading.ts'
import type { ShapedBucket } from '../shaped.ts'
import { type GapPolicy, simpleValue, valueIn } from './buckets-path.ts'
import type { PipelineDefinition } from './definition.ts'

const members = {
  buckets_path: raw,
  gap_policy: oneOf('skip', 'insert_zeros', 'keep_values'),
  format: text,
  script: raw,
} as const

type Paths = ReadonlyMap<string, string>

/** A number that a script makes of the values of a bucket. */
export const bucketScript: PipelineDefinition = {
  name: 'bucket_script',
  parse(json, at, own) {
    const read = readObject(json, at, members, 'object')
    const paths = readPaths(read.buckets_path, own)
    const reference = readScript(read.script, own)
    const { gap_policy: gaps = 'skip', format } = read
    return {
      placement: 'parent',
      typedKey: 'simple_value',
      paths: [...paths.values()],
      bind: ({ indices: [first] }) => {
        const compute = first && computedFields(first).compile(reference, bucketScriptContext)
        return (name, buckets) => {
          for (const bucket of buckets) {
            const values = valuesOf(bucket, paths, gaps)
            const isGap = [...values.values()].some((value) => value === undefined)
            const made = isGap ? undefined : compute?.(values)
            if (made !== undefined) bucket.children.set(name, simpleValue(made, format))
          }
          return buckets
        }
      },
    }
  },
}

/** Leaves out the buckets for whose values a script says no. */
export const bucketSelector: PipelineDefinition = {
  name: 'bucket_selector',
  parse(json, at, own) {
    const read = readObject(json, at, members, 'object')
    const paths = readPaths(read.buckets_path, own)
    const reference = readScript(read.script, own)
    const { gap_policy: gaps = 'skip' } = read
    return {
      placement: 'parent',
      typedKey: 'bucket_selector',
      paths: [...paths.values()],
      bind: ({ indices: [first] }) => {
        const keeps = first && computedFields(first).compile(reference, bucketSelectorContext)
        return (_, buckets) => (keeps ? buckets.filter((bucket) => keeps(valuesOf(bucket, paths, gaps))) : buckets)
      },
    }
  },
}

function readScript(script: JsonValue | undefined, own: string): ReturnType<typeof parseScriptReference> {
  if (script === undefined) throw illegalArgument(`Required [script] in [${own}]`)
  return parseScriptReference(script)
}

/** What scripts know each value as: `_value` where the request gives one path without a name. */
function readPaths(json: JsonValue | undefined, own: string): Paths {
  if (typeof json === 'string') return new Map([['_value', json]])
  if (Array.isArray(json)) return new Map((json as readonly JsonValue[]).map((path, i) => [`_value${i}`, String(path)]))
  if (!isJsonObject(json)) throw illegalArgument(`Missing required field [buckets_path] for [${own}] aggregation`)
  return new Map(
    Object.entries(json).map(([name, path]) => {
      if (typeof path !== 'string') throw illegalArgument(`[buckets_path] of [${own}]: the path of [${name}] must be a string`)
      return [name, path]
    }),
  )
}

function valuesOf(bucket: ShapedBucket, paths: Paths, gaps: GapPolicy): ReadonlyMap<string, number | undefined> {
  return new Map([...paths].map(([name, path]) => [name, valueIn(bucket, path, gaps)]))
}
