import { docValueClasses } from '../classes/doc-values.ts'
import { illegalArgument } from '../../../core/errors.ts'
import { JavaError } from '../java-error.ts'
import type { DocMap } from '../values/doc-values.ts'
import { toJson } from '../values/json.ts'
import { EntryMap, type JavaMap } from '../values/maps.ts'
import type { Value } from '../values/value.ts'
import type { ScriptContext } from './script-context.ts'

/** A script of `scripted_metric`, to be run with its own parameters and those of the aggregation. */
export interface MetricScript<Bindings> {
  readonly params: Readonly<Record<string, unknown>>
  run(bindings: Bindings): Value
}

export interface StateBindings {
  readonly params: Readonly<Record<string, unknown>>
  /** What the scripts keep from document to document. */
  readonly state: JavaMap
}

export interface MapBindings extends StateBindings {
  readonly doc: DocMap
  _score: number
}

export interface ReduceBindings {
  readonly params: Readonly<Record<string, unknown>>
  readonly states: readonly Value[]
}

const VARIABLES = { params: 'java.util.Map', state: 'java.util.Map' } as const

const make = <Bindings>(
  run: (bindings: Readonly<Record<string, unknown>>) => unknown,
  params: Readonly<Record<string, unknown>>,
): MetricScript<Bindings> => ({ params, run: (bindings) => run(bindings as Readonly<Record<string, unknown>>) })

export const initContext: ScriptContext<MetricScript<StateBindings>> = {
  name: 'aggs_init',
  returns: 'void',
  variables: VARIABLES,
  make,
}

export const mapContext: ScriptContext<MetricScript<MapBindings>> = {
  name: 'aggs_map',
  returns: 'void',
  variables: { ...VARIABLES, doc: 'java.util.Map', _score: 'double' },
  classes: docValueClasses,
  make,
}

export const combineContext: ScriptContext<MetricScript<StateBindings>> = {
  name: 'aggs_combine',
  returns: 'def',
  variables: VARIABLES,
  make,
}

export const reduceContext: ScriptContext<MetricScript<ReduceBindings>> = {
  name: 'aggs_reduce',
  returns: 'def',
  variables: { params: 'java.util.Map', states: 'java.util.List' },
  make,
}

export const newState = (): JavaMap => new EntryMap()

/** What a script answered, as JSON's values. @throws ElkhornError 400 for a value that contains itself */
export function checkedAnswer(value: Value, of: string): unknown {
  try {
    return toJson(value)
  } catch (error) {
    throw error instanceof JavaError ? illegalArgument(`${error.text ?? error.className} (${of})`) : error
  }
}
