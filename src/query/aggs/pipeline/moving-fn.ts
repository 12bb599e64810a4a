import { illegalArgument } from '../../../core/errors.ts'
import { movingFunctionContext } from '../../../script/painless/contexts/buckets.ts'
import { parseScriptReference } from '../../../script/script-request.ts'
import { computedFields } from '../../bind/context.ts'
import { int, raw, readObject } from '../../dsl/reading.ts'
import { onePath, pipelineMembers, simpleValue, valueIn } from './buckets-path.ts'
import type { PipelineDefinition } from './definition.ts'

/** A function of the values of the last few buckets. */
export const movingFn: PipelineDefinition = {
  name: 'moving_fn',
  parse(json, at, own) {
    const read = readObject(json, at, { ...pipelineMembers, window: int, shift: int, script: raw }, 'object')
    const path = onePath(read.buckets_path, own)
    const { window, shift = 0 } = read
    if (window === undefined) throw illegalArgument(`Required [window] in [${own}]`)
    if (window <= 0) throw illegalArgument('[window] must be a positive, non-zero integer.')
    if (read.script === undefined) throw illegalArgument(`Required [script] in [${own}]`)
    const reference = parseScriptReference(read.script)
    return {
      placement: 'parent',
      typedKey: 'simple_value',
      paths: [path],
      bind: ({ indices: [first] }) => {
        const compute = first && computedFields(first).compile(reference, movingFunctionContext)
        return (name, buckets) => {
          if (!compute) return buckets
          const values = buckets.map((bucket) => valueIn(bucket, path, read.gap_policy ?? 'skip') ?? NaN)
          const known = values.filter((value) => !Number.isNaN(value))
          const within = (at: number): number => Math.max(0, Math.min(known.length, at))
          let seen = 0
          for (const [at, bucket] of buckets.entries()) {
            if (Number.isNaN(values[at])) continue
            const last = known.slice(within(seen + shift - window), within(seen + shift))
            bucket.children.set(name, simpleValue(compute(last), read.format))
            seen += 1
          }
          return buckets
        }
      },
    }
  },
}
