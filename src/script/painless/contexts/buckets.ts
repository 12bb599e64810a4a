import { boxDouble, numberOf, type Value } from '../values/value.ts'
import { movingFunctions } from '../classes/moving-functions.ts'
import { JavaArray } from '../values/collections.ts'
import type { ScriptContext } from './script-context.ts'

/** Values of a bucket by the names that the script gives them; `undefined` for a gap. */
type BucketValues = ReadonlyMap<string, number | undefined>

function withValues(params: Readonly<Record<string, unknown>>, values: BucketValues): Record<string, Value> {
  const all: Record<string, Value> = { ...params }
  for (const [name, value] of values) all[name] = boxDouble(value ?? NaN)
  return all
}

/** `bucket_script`: a number, or nothing. */
export const bucketScriptContext: ScriptContext<(values: BucketValues) => number | undefined> = {
  name: 'bucket_aggregation',
  returns: 'def',
  variables: { params: 'java.util.Map' },
  make: (run, params) => (values) => {
    const made = run({ params: withValues(params, values) })
    return made === null ? undefined : numberOf(made)
  },
}

/** `bucket_selector`: whether the bucket is kept. */
export const bucketSelectorContext: ScriptContext<(values: BucketValues) => boolean> = {
  name: 'aggregation_selector',
  returns: 'boolean',
  variables: { params: 'java.util.Map' },
  make: (run, params) => (values) => run({ params: withValues(params, values) }) === true,
}

/** `moving_fn`: a number made of those of the last few buckets. */
export const movingFunctionContext: ScriptContext<(values: readonly number[]) => number> = {
  name: 'moving-function',
  returns: 'double',
  variables: { params: 'java.util.Map', values: 'double[]' },
  takes: ['params', 'values'],
  classes: [movingFunctions],
  make: (run, params) => (values) => Number(run({ params, values: new JavaArray('double', [...values]) })),
}
