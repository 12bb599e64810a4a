import { illegalArgument } from '../../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { int, raw, readObject } from '../../dsl/reading.ts'
import { onePath, pipelineMembers, simpleValue, valueIn } from './buckets-path.ts'
import type { PipelineDefinition } from './definition.ts'
import * as functions from './moving-functions.ts'

type Params = JsonObject
type Argument = number | boolean
type Call = (values: readonly number[]) => number

/** A function of the values of the last few buckets. */
export const movingFn: PipelineDefinition = {
  name: 'moving_fn',
  parse(json, at, own) {
    const read = readObject(json, at, { ...pipelineMembers, window: int, shift: int, script: raw }, 'object')
    const path = onePath(read.buckets_path, own)
    const { window, shift = 0 } = read
    if (window === undefined) throw illegalArgument(`Required [window] in [${own}]`)
    if (window <= 0) throw illegalArgument('[window] must be a positive, non-zero integer.')
    const compute = readScript(read.script, own)
    return {
      placement: 'parent',
      typedKey: 'simple_value',
      paths: [path],
      run(name, buckets) {
        const values: number[] = []
        for (const bucket of buckets) values.push(valueIn(bucket, path, read.gap_policy ?? 'skip') ?? NaN)
        const known = values.filter((value) => !Number.isNaN(value))
        let seen = 0
        for (const [at, bucket] of buckets.entries()) {
          if (Number.isNaN(values[at])) continue
          const end = Math.max(0, Math.min(known.length, seen + shift))
          const start = Math.max(0, Math.min(known.length, seen + shift - window))
          bucket.children.set(name, simpleValue(compute(known.slice(start, end)), read.format))
          seen += 1
        }
        return buckets
      },
    }
  },
}

/** @throws ElkhornError (400) for what is no call of a moving function */
function readScript(script: JsonValue | undefined, own: string): Call {
  const source = isJsonObject(script) ? script['source'] : script
  const given = isJsonObject(script) && isJsonObject(script['params']) ? script['params'] : {}
  if (typeof source !== 'string') throw illegalArgument(`Required [script] in [${own}]`)
  const guarded = GUARD.exec(source)
  const call = readCall(expressionOf(guarded?.[3] ?? source), given)
  if (call && guarded) {
    const least = (guarded[2] ?? '').split('*').reduce((product, factor) => product * Number(factor), 1)
    const isEnough = (count: number): boolean => (guarded[1] === '>' ? count > least : count >= least)
    // Painless returns zero where a script of doubles returns nothing.
    return (values) => (isEnough(values.length) ? call(values) : 0)
  }
  if (call) return call
  throw illegalArgument(
    `[script] of [${own}] must call one of [${Object.keys(FUNCTIONS).join(', ')}] as in [MovingFunctions.max(values)], but was [${source}]`,
  )
}

/** `if (values.length > 5*2) { … }`: what needs more than one period is asked only where there are so many values. */
const GUARD = /^\s*if\s*\(\s*values\.length\s*(>=?)\s*(\d+(?:\s*\*\s*\d+)*)\s*\)\s*\{([\s\S]*)\}\s*$/

const expressionOf = (source: string): string =>
  source
    .trim()
    .replace(/^return\s+/, '')
    .replace(/;\s*$/, '')

/** How each function takes what stands behind `values`. */
const FUNCTIONS: Readonly<Record<string, (values: readonly number[], ...more: readonly Argument[]) => number>> = {
  max: functions.max,
  min: functions.min,
  sum: functions.sum,
  unweightedAvg: functions.unweightedAvg,
  linearWeightedAvg: functions.linearWeightedAvg,
  stdDev: (values, average) => functions.stdDev(values, Number(average)),
  ewma: (values, alpha) => functions.ewma(values, Number(alpha)),
  holt: (values, alpha, beta) => functions.holt(values, Number(alpha), Number(beta)),
  holtWinters: (values, alpha, beta, gamma, period, multiplicative) =>
    functions.holtWinters(values, {
      alpha: Number(alpha),
      beta: Number(beta),
      gamma: Number(gamma),
      period: Number(period),
      multiplicative: multiplicative === true,
    }),
}

function readCall(source: string, params: Params): Call | undefined {
  const match = /^MovingFunctions\.(\w+)\(\s*values\s*(?:,([\s\S]*))?\)$/.exec(source.trim())
  const name = match?.[1] ?? ''
  const compute = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (!compute) return undefined
  const list = splitArguments(match?.[2] ?? '').map((argument) => readArgument(argument.trim(), params))
  if (list.some((argument) => argument === undefined)) return undefined
  return (values) =>
    compute(values, ...list.map((argument) => (typeof argument === 'function' ? argument(values) : (argument ?? 0))))
}

function readArgument(text: string, params: Params): Argument | Call | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^-?\d+(?:\.\d+)?[dfDF]?$/.test(text)) return Number.parseFloat(text)
  const param = /^params\.(\w+)$/.exec(text)
  const value = param ? params[param[1] ?? ''] : undefined
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return readCall(text, params)
}

/** Commas within inner calls separate nothing. */
function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const char of text) {
    if (char === ',' && depth === 0) {
      parts.push(part)
      part = ''
      continue
    }
    if (char === '(') depth += 1
    if (char === ')') depth -= 1
    part += char
  }
  return part.trim() === '' ? parts : [...parts, part]
}
